import type { MinioInput } from '../../../shared/minio.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { wayOf } from '../../../shared/servers.ts';
import type { StepPlan } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { automaticEncryption } from '../../clients/minioAdmin/automaticEncryption.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import { readRoot } from '../../clients/s3/forStack.ts';
import { mcAlias, mcAliasCommands } from '../../clients/s3/mcCommands.ts';
import type { StackAccess, Step, StepContext } from '../../jobs/step.ts';
import { kesOf, minioIdle } from '../../jobs/ways.ts';
import { shellWord } from '../../platform/shellWord.ts';
import { writeEnvironment } from './environment.ts';
import { checkMinio } from './minioCheck.ts';
import { applyElsewhere, planElsewhere } from './minioElsewhere.ts';
import { beforeRestart, bringUp, type Change, changeNeeded, type Deps } from './run.ts';
import { ensureRoot, environmentFile, environmentOf, launchSpec, minioUrl } from './settings.ts';

export interface MinioDeps extends Deps {
  kesKeyExists(access: StackAccess, name: string): Promise<boolean>;
}

/** MinIO with KES as its key manager: environment file, start or restart, and what MinIO itself says of its key. */
export function createMinioStep(deps: MinioDeps): Step<'minio'> {
  return {
    id: 'minio',

    skips: async ({ stack }) => minioIdle(stack),

    async propose(context) {
      const { inputs } = context;
      const theirs = wayOf(context.stack, 'minio') === 'api' ? await settingsThere(context) : {};
      return { defaultKey: inputs.key?.name ?? inputs.place.key, autoEncryption: false, ...theirs };
    },
    plan: (context, input) => (wayOf(context.stack, 'minio') === 'here' ? planHere(context, input) : planElsewhere(context, input)),

    async apply(context, input) {
      // MinIO would make a missing default key itself, so a typing mistake has to be found before it starts.
      if (kesOf(context.stack) && !(await deps.kesKeyExists(context, input.defaultKey)))
        throw new AppError('minioKeyMissing', { key: input.defaultKey });
      if (wayOf(context.stack, 'minio') === 'here') return applyHere(context, input, deps);
      await remember(context, input);
      await applyElsewhere(context, input, deps);
    },

    check: checkMinio,
  };
}

/** What a MinIO that others set up works with already: nothing of it is to be changed unless somebody asks for it. */
async function settingsThere(context: StepContext): Promise<Partial<MinioInput>> {
  try {
    return await withMinioAdmin(context, async (admin) => {
      const { defaultKey } = await admin.kmsStatus();
      const autoEncryption = await automaticEncryption(admin);
      return { ...(defaultKey === '' ? {} : { defaultKey }), ...(autoEncryption === undefined ? {} : { autoEncryption }) };
    });
  } catch (error) {
    if (isAppError(error)) return {};
    throw error;
  }
}

async function applyHere(context: StepContext, input: MinioInput, deps: Deps): Promise<void> {
  const root = await ensureRoot(context);
  if (root.made) await context.journal(say('minioDidCredential'));
  const wanted = environmentOf(context, input, root);
  const { change, sameKes } = await changeNeeded(context, wanted);
  if (change === 'restart' || change === 'stopStart') await beforeRestart(context, input, deps, sameKes);
  const content = writeEnvironment(wanted);
  if ((await context.folder.read(environmentFile)) !== content || ((await context.folder.mode(environmentFile)) ?? 0o600) !== 0o600) {
    await context.folder.write(environmentFile, content, 0o600);
    await context.journal(say('minioDidEnvironment', { path: context.folder.path(environmentFile) }));
  }
  await context.folder.makeFolder('minio/data', 0o700);
  await remember(context, input);
  await bringUp(context, change);
}

async function remember(context: StepContext, { defaultKey }: MinioInput): Promise<void> {
  if (context.stack.minioClusters[0]?.defaultKey === defaultKey) return;
  await context.update((stack) => ({
    ...stack,
    minioClusters: stack.minioClusters.map((cluster, index) => (index === 0 ? { ...cluster, defaultKey } : cluster)),
  }));
}

async function planHere(context: StepContext, input: MinioInput): Promise<StepPlan> {
  const placeholders = { user: `\${MINIO_ROOT_USER}`, password: `\${MINIO_ROOT_PASSWORD}` };
  const preview = [...environmentOf(context, input, placeholders)].map(([name, value]) => `${name}=${value}`).join('\n');
  const root = readRoot(context);
  const wanted = environmentOf(context, input, root ?? placeholders);
  const { change } = await changeNeeded(context, wanted);
  const path = context.folder.path(environmentFile);
  const url = minioUrl(context);
  const same = root !== undefined && (await context.folder.read(environmentFile)) === writeEnvironment(wanted);
  const { args } = launchSpec(context);
  return {
    changes: [
      ...(root ? [] : [say('minioChangeCredential')]),
      ...(same ? [] : [say('minioChangeEnvironment', { path })]),
      changeText(change, url),
    ],
    warnings: [
      say('minioWarnSwitchOff'),
      ...(change === 'restart' || change === 'stopStart' ? [say('minioWarnRestart')] : []),
      ...(input.autoEncryption ? [say('minioWarnAutomatic')] : []),
    ],
    commands: [
      { comment: say('minioCommandStart'), line: `MINIO_CONFIG_ENV_FILE=${shellWord(path)} minio ${args.map(shellWord).join(' ')}` },
      ...mcAliasCommands(context),
      ...(change === 'restart' ? [{ line: `mc admin service restart ${mcAlias}` }] : []),
      { line: `mc admin kms key status ${mcAlias} ${input.defaultKey}` },
    ],
    files: [{ path, mode: '0600', content: `${preview}\n`, why: say('minioWhyEnvironment') }],
    seconds: change === 'none' ? 1 : 5,
  };
}

function changeText(change: Change, url: string) {
  if (change === 'none') return say('minioChangeNone');
  if (change === 'restart') return say('minioChangeRestart');
  return change === 'start' ? say('minioChangeStart', { url }) : say('minioChangeStopStart');
}
