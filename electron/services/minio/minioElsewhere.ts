import type { MinioInput } from '../../../shared/minio.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { caFileOf, wayOf } from '../../../shared/servers.ts';
import type { CommandLine, StepPlan } from '../../../shared/setup.ts';
import { say, type Text } from '../../../shared/text.ts';
import { minioKeyFile } from '../../clients/kes/forStack.ts';
import { readRoot } from '../../clients/s3/forStack.ts';
import { mcAlias, mcAliasCommands } from '../../clients/s3/mcCommands.ts';
import { trustOf } from '../../clients/trust.ts';
import { type Handover, type HandoverFile, handoverFolder, waitForHost, writeHandover } from '../../jobs/handover.ts';
import type { StepContext } from '../../jobs/step.ts';
import { kesOf } from '../../jobs/ways.ts';
import { writeEnvironment } from './environment.ts';
import { commandsByApi, commandsHandedOver, unitFor } from './handedCommands.ts';
import { restartAndMeasure } from './restart.ts';
import { beforeRestart, type Deps, waitReady } from './run.ts';
import { ensureRoot, environmentOf, handedFiles, hostFolderOf, minioUrl } from './settings.ts';
import { awayCodes, type Standing, standingOf } from './standing.ts';

const placeholders = { user: `\${MINIO_ROOT_USER}`, password: `\${MINIO_ROOT_PASSWORD}` };

/** MinIO by API or handed over: what its keeper gets, where it belongs, and which restart takes it in. */
export async function planElsewhere(context: StepContext, input: MinioInput): Promise<StepPlan> {
  const api = wayOf(context.stack, 'minio') === 'api';
  // A plan must come without an answer, too; then everything is laid out.
  const standing = await standingOf(context, input).catch((error: unknown): Standing | undefined => {
    if (isAppError(error) && !['minioKmsOther', 'minioKesUnknown'].includes(error.code)) return undefined;
    throw error;
  });
  const mc: CommandLine[] = [...mcAliasCommands(context), { line: `mc admin kms key status ${mcAlias} ${input.defaultKey}` }];
  if (standing?.there && standing.lines.size === 0)
    return { changes: [say('minioPlanWorks', { key: input.defaultKey })], warnings: [], commands: mc, files: [], seconds: 2 };
  const folder = hostFolderOf(context, input) ?? '';
  const here = context.folder.path(handoverFolder('minio'));
  const files = await filesFor(context, input, api ? linesOf(standing, context, input) : environmentOf(context, input, placeholders));
  return {
    changes: [
      api ? say('minioPlanLines', { count: linesOf(standing, context, input).size, here }) : say('minioPlanHandOver', { here, folder }),
      ...(api ? [whereText(standing)] : []),
      waitText(context, input, standing),
    ],
    warnings: [
      say('minioWarnSwitchOff'),
      ...(files.some(({ mode }) => mode === 0o600) ? [say('handoverWarnSecret', { folder: here })] : []),
      ...(api && (await ownKey(context)) === undefined ? [say('minioWarnOwnIdentity', { folder })] : []),
      ...(input.restart ? [say('minioWarnRestart'), say('minioWarnRestartBlind')] : []),
      ...(input.autoEncryption ? [say('minioWarnAutomatic')] : []),
    ],
    commands: [...commandsFor(context, input, standing?.configFile), ...mc],
    files: files.map(({ path, mode, content, why }) => ({
      path: `${here}/${path}`,
      mode: mode.toString(8).padStart(4, '0'),
      content: path.endsWith('.key') ? '$' + '{PRIVATE_KEY}' : content,
      why,
    })),
    seconds: 60,
  };
}

/**
 * Lays out what is missing on MinIO's host and waits until the running server shows it. With `restart` its keeper says
 * that everything is in place, and the restart goes through the admin API where that takes effect (minio.md 2.7).
 */
export async function applyElsewhere(context: StepContext, input: MinioInput, deps: Deps): Promise<void> {
  const api = wayOf(context.stack, 'minio') === 'api';
  if (!api && (await ensureRoot(context)).made) await context.journal(say('minioDidCredential'));
  const standing = await standingOf(context, input);
  if (standing.lines.size > 0) {
    const root = readRoot(context) ?? placeholders;
    const environment = api ? standing.lines : environmentOf(context, input, root);
    const handover: Handover = {
      kind: 'minio',
      files: await filesFor(context, input, environment),
      commands: commandsFor(context, input, standing.configFile),
    };
    if (await writeHandover(context, handover))
      await context.journal(say('minioDidHandOver', { folder: context.folder.path(handoverFolder('minio')) }));
    if (input.restart && standing.there && standing.configFile !== undefined) await restartForLines(context, input, deps);
    const settled = async (): Promise<boolean> => {
      const now = await standingOf(context, input).catch((error: unknown) => {
        // Its keeper restarts it just now.
        if (isAppError(error) && awayCodes.includes(error.code)) return undefined;
        throw error;
      });
      return now?.there === true && now.lines.size === 0;
    };
    await waitForHost(context, minioUrl(context), settled, waitText(context, input, standing));
  }
  await waitReady(context);
}

/** Throws `minioLinesNotRead` when the server came back without them: they do not stand where it reads. */
async function restartForLines(context: StepContext, input: MinioInput, deps: Deps): Promise<void> {
  await beforeRestart(context, input, deps, true);
  const { downMs } = await restartAndMeasure(context, context.report, context.signal);
  await context.journal(say('minioDidRestartFor', { ms: downMs }));
  const { lines, configFile } = await standingOf(context, input);
  if (lines.size > 0) throw new AppError('minioLinesNotRead', { names: [...lines.keys()].join(', '), file: configFile ?? '-' });
}

function linesOf(standing: Standing | undefined, context: StepContext, input: MinioInput) {
  return standing?.lines ?? withoutRoot(environmentOf(context, input, placeholders));
}

function withoutRoot(environment: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...environment].filter(([name]) => !name.startsWith('MINIO_ROOT_')));
}

async function filesFor(context: StepContext, input: MinioInput, environment: ReadonlyMap<string, string>): Promise<HandoverFile[]> {
  const api = wayOf(context.stack, 'minio') === 'api';
  const folder = hostFolderOf(context, input) ?? '';
  const lines = api ? withoutRoot(environment) : environment;
  const uses = (name: string): boolean => lines.has(name);
  const kes = kesOf(context.stack);
  const certFile = context.stack.identities.find(({ purpose }) => purpose === 'minio')?.certFile;
  const key = await ownKey(context);
  const cert = certFile === undefined ? undefined : await context.folder.read(certFile);
  const files: HandoverFile[] = [
    {
      path: handedFiles.environment,
      mode: api ? 0o644 : 0o600,
      content: api ? writeEnvironment(lines) : readable(lines),
      why: api ? say('minioWhyLines') : say('minioWhyEnvironment'),
    },
  ];
  if (uses('MINIO_KMS_KES_KEY_FILE') && key !== undefined && cert !== undefined)
    files.push(
      { path: handedFiles.cert, mode: 0o644, content: cert, why: say('minioWhyIdentity') },
      { path: handedFiles.key, mode: 0o600, content: key, why: say('minioWhyIdentityKey') },
    );
  if (uses('MINIO_KMS_KES_CAPATH') && kes && caFileOf(context.stack, kes.ca) !== undefined)
    files.push({ path: handedFiles.kesCa, mode: 0o644, content: (await trustOf(context, kes.ca)).join('\n'), why: say('minioWhyKesCa') });
  if (api) return files;
  const server = async (name: string): Promise<string> => {
    const content = await context.folder.read(`minio/certs/${name}`);
    if (content === undefined) throw new AppError('certificateMissing', { file: `minio/certs/${name}` });
    return content;
  };
  return [
    ...files,
    { path: 'certs/public.crt', mode: 0o644, content: await server('public.crt'), why: say('minioWhyCertificate') },
    { path: 'certs/private.key', mode: 0o600, content: await server('private.key'), why: say('minioWhyCertificateKey') },
    { path: 'minio.service', mode: 0o644, content: unitFor(minioUrl(context), folder), why: say('minioWhyUnit') },
  ];
}

/** With place holders in it, as in a plan, it is shown as it stands. */
function readable(lines: ReadonlyMap<string, string>): string {
  return writeEnvironment(lines).replace(/"(\$\{\w+\})"/g, '$1');
}

async function ownKey(context: StepContext): Promise<string | undefined> {
  return context.stack.identities.some(({ purpose }) => purpose === 'minio') ? context.folder.read(minioKeyFile) : undefined;
}

function commandsFor(context: StepContext, input: MinioInput, configFile: string | undefined): CommandLine[] {
  const folder = hostFolderOf(context, input) ?? '';
  return wayOf(context.stack, 'minio') === 'api' ? commandsByApi(folder, configFile) : commandsHandedOver(minioUrl(context), folder);
}

function whereText(standing: Standing | undefined): Text {
  return standing?.configFile === undefined ? say('minioPlanLinesService') : say('minioPlanLinesFile', { file: standing.configFile });
}

function waitText(context: StepContext, input: MinioInput, standing: Standing | undefined): Text {
  const url = minioUrl(context);
  if (standing?.there !== true && wayOf(context.stack, 'minio') === 'handedOver') return say('minioWaitHost', { url });
  if (standing?.configFile === undefined) return say('minioWaitService', { url });
  return input.restart ? say('minioWaitLines', { file: standing.configFile }) : say('minioWaitKeeper', { file: standing.configFile });
}
