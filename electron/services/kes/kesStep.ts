import { type KesInput, kesInput } from '../../../shared/kes.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { wayOf } from '../../../shared/servers.ts';
import type { Evidence, StepPlan } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { seen } from '../../jobs/evidence.ts';
import { inFileTurn, sharedFiles } from '../../jobs/fileTurns.ts';
import type { Step, StepContext } from '../../jobs/step.ts';
import { kesOf } from '../../jobs/ways.ts';
import { shellWord } from '../../platform/shellWord.ts';
import { checkAccess } from './access.ts';
import { kesEnvironment } from './commands.ts';
import { checkForeignKes } from './foreign.ts';
import { kesYaml } from './kesConfig.ts';
import { handedConfig, handOver, planForeign, planHandedOver } from './kesElsewhere.ts';
import { canLogIn, clusterOf, configValues, environmentLines, nodeUrl, previewOf, writesStore } from './kesValues.ts';
import { startKes } from './start.ts';
import { explained } from './stores/failure.ts';

const file = sharedFiles.kes;
/** How long a KES that others run may keep a key is not told by any answer: its own default, which is the guide's, too. */
const unseenCache = { cacheAny: '5m', cacheUnused: '30s' } as const;

export interface KesStepDeps {
  /** A client certificate that no server knows, made in memory. */
  makeStranger(): Promise<{ cert: string; key: Secret }>;
}

/** KES with its configuration and policies, here, handed over, or looked at by API. */
export function kesStep({ makeStranger }: KesStepDeps): Step<'kes'> {
  return {
    id: 'kes',

    async skips({ stack, folder }) {
      if (!kesOf(stack)) return say('kesSkipNone');
      return wayOf(stack, 'kes') === 'here' && (await folder.read('kes-move/move.json')) !== undefined ? say('kesSkipMoved') : undefined;
    },

    async propose(context) {
      const { key } = context.inputs.place;
      const standard = kesInput.parse(wayOf(context.stack, 'kes') === 'api' ? unseenCache : {});
      // The default key must be among the keys that MinIO may use.
      const keyPrefix = key.startsWith(standard.keyPrefix) ? standard.keyPrefix : (/^[A-Za-z0-9_]+-/.exec(key)?.[0] ?? key).slice(0, 41);
      return { ...standard, keyPrefix };
    },

    async plan(context, input) {
      const way = wayOf(context.stack, 'kes');
      if (way === 'api') return planForeign(context, input);
      return way === 'handedOver' ? planHandedOver(context, input) : planHere(context, input);
    },

    async apply(context, input) {
      const way = wayOf(context.stack, 'kes');
      if (way === 'here') return inFileTurn(context.folder, 'kes', () => applyHere(context, input));
      await remember(context, input);
      if (way === 'handedOver') await handOver(context, input);
    },

    async check(context, input) {
      const wanted = { prefix: input.keyPrefix, key: context.inputs.place.key, makeStranger };
      const way = wayOf(context.stack, 'kes');
      if (way === 'api') return checkForeignKes(context, wanted);
      const evidence = await explained(context, () => checkAccess(context, wanted));
      const written = way === 'here' ? file : handedConfig;
      const content = await context.folder.read(written);
      // What was carried over may be deleted here, since it holds secrets.
      if (content === undefined && way === 'handedOver') return evidence;
      // A KES that is logged in works on for a while with credentials that Vault has destroyed meanwhile.
      if (content !== kesYaml(await configValues(context, input), content))
        throw new AppError('kesConfigDiffers', { path: context.folder.path(written) });
      return (await context.folder.mode(written)) === 0o600 ? [...evidence, seenMode()] : evidence;
    },
  };
}

async function planHere(context: StepContext, input: KesInput): Promise<StepPlan> {
  const cluster = clusterOf(context);
  const pattern = `${input.keyPrefix}*`;
  const current = await context.folder.read(file);
  const preview = await previewOf(context, input, current);
  const { write, why, warnings } = writesStore(context, input.policy, pattern);
  const same = canLogIn(context) && current === kesYaml(await configValues(context, input), current);
  const running = (await context.servers.status('kes')).state === 'running';
  const certificate = context.stack.identities.find(({ purpose }) => purpose === 'minio')?.certFile ?? 'certs/minio-client.crt';
  return {
    changes: [
      same ? say('kesPlanKeep') : write,
      ...(running && !same ? [say('kesPlanRestart')] : []),
      ...(running ? [] : [say('kesPlanStart', { url: nodeUrl(cluster) })]),
    ],
    warnings: [...warnings, ...(running && !same ? [say('kesPlanRestartWarning')] : [])],
    commands: [
      ...environmentLines(context),
      { comment: say('kesCommandStart'), line: `kes server --config ${shellWord(context.folder.path(file))}` },
      { comment: say('kesCommandIdentity'), line: `kes identity of ${shellWord(context.folder.path(certificate))}` },
      ...kesEnvironment(context),
      { comment: say('kesCommandStatus'), line: 'kes status' },
    ],
    files: [{ path: context.folder.path(file), mode: '0600', content: preview, why }],
    seconds: 5,
  };
}

async function applyHere(context: StepContext, input: KesInput): Promise<void> {
  // The document as it is now: whoever had the turn before may have given MinIO another identity.
  await context.update((stack) => stack);
  await writeHere(context, input);
  await remember(context, input);
  const { started } = await startKes(context);
  if (started) await context.journal(say('kesJournalStarted', { url: nodeUrl(clusterOf(context)) }));
}

async function writeHere(context: StepContext, input: KesInput): Promise<void> {
  const current = await context.folder.read(file);
  const yaml = kesYaml(await configValues(context, input), current);
  if (current === yaml) return;
  // Stopped before the file changes: after a kill in between, a KES that runs always runs with the file on disk.
  await context.servers.stop('kes');
  await context.folder.makeFolder('kes', 0o700);
  await context.folder.write(file, yaml, 0o600);
  await context.journal(say('kesJournalConfig', { policy: input.policy, pattern: `${input.keyPrefix}*` }));
}

async function remember(context: StepContext, input: KesInput): Promise<void> {
  const cluster = clusterOf(context);
  const policy = { name: input.policy, pattern: `${input.keyPrefix}*` };
  const cache = { any: input.cacheAny, unused: input.cacheUnused };
  if (JSON.stringify([cluster.policy, cluster.cache]) === JSON.stringify([policy, cache])) return;
  await context.update((stack) => ({
    ...stack,
    kesClusters: stack.kesClusters.map((one) => (one.id === cluster.id ? { ...one, policy, cache } : one)),
  }));
}

function seenMode(): Evidence {
  return seen('disk', say('kesFileMode'), '0600');
}
