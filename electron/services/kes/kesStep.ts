import { type KesInput, kesInput } from '../../../shared/kes.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { wayOf } from '../../../shared/servers.ts';
import type { Evidence, StepPlan } from '../../../shared/setup.ts';
import { say, type Text } from '../../../shared/text.ts';
import { configFor, kesFile, kesHere, vaultUrlFor } from '../../clients/kes/nodeFiles.ts';
import { seen } from '../../jobs/evidence.ts';
import { inFileTurn } from '../../jobs/fileTurns.ts';
import type { Step, StepContext } from '../../jobs/step.ts';
import { kesOf } from '../../jobs/ways.ts';
import { shellWord } from '../../platform/shellWord.ts';
import { checkAccess, type Wanted } from './access.ts';
import { kesEnvironment } from './commands.ts';
import { checkForeignKes } from './foreign.ts';
import { kesYaml } from './kesConfig.ts';
import { handedConfig, handOver, planForeign, planHandedOver } from './kesElsewhere.ts';
import { canLogIn, clusterOf, configValues, environmentLines, previewOf, writesStore } from './kesValues.ts';
import { startNode } from './start.ts';
import { explained } from './stores/failure.ts';

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
      const written = way === 'here' ? kesFile : handedConfig;
      const content = await context.folder.read(written);
      // What was carried over may be deleted here, since it holds secrets.
      if (content === undefined && way === 'handedOver') return evidence;
      // A KES that is logged in works on for a while with credentials that Vault has destroyed meanwhile.
      if (content !== kesYaml(await configValues(context, input), content))
        throw new AppError('kesConfigDiffers', { path: context.folder.path(written) });
      evidence.push(...(await checkOthers(context, wanted, content)));
      return (await context.folder.mode(written)) === 0o600 ? [...evidence, seenMode()] : evidence;
    },
  };
}

async function planHere(context: StepContext, input: KesInput): Promise<StepPlan> {
  const { stack, folder, servers } = context;
  const pattern = `${input.keyPrefix}*`;
  const current = await folder.read(kesFile);
  const preview = await previewOf(context, input, current);
  const { write, why, warnings } = writesStore(context, input.policy, pattern);
  const wanted = canLogIn(context) ? kesYaml(await configValues(context, input), current) : undefined;
  const nodes = await Promise.all(
    kesHere(stack).map(async ({ node, file }) => ({
      node,
      file,
      same: wanted !== undefined && (await folder.read(file)) === configFor(stack, node, wanted),
      running: (await servers.status('kes', node.id)).state === 'running',
    })),
  );
  const restarts = nodes.some(({ same, running }) => running && !same);
  const certificate = stack.identities.find(({ purpose }) => purpose === 'minio')?.certFile ?? 'certs/minio-client.crt';
  return {
    changes: [
      nodes.every(({ same }) => same) ? say('kesPlanKeep') : write,
      ...(restarts ? [say('kesPlanRestart')] : []),
      ...nodes.flatMap(({ node, running }) => (running ? [] : [say('kesPlanStart', { url: node.url })])),
    ],
    warnings: [...warnings, ...outages(context), ...(restarts && nodes.length === 1 ? [say('kesPlanRestartWarning')] : [])],
    commands: [
      ...environmentLines(context),
      ...nodes.map(({ file }, at) => ({
        ...(at === 0 ? { comment: say('kesCommandStart') } : {}),
        line: `kes server --config ${shellWord(folder.path(file))}`,
      })),
      { comment: say('kesCommandIdentity'), line: `kes identity of ${shellWord(folder.path(certificate))}` },
      ...kesEnvironment(context),
      { comment: say('kesCommandStatus'), line: 'kes status' },
    ],
    files: nodes.map(({ node, file }) => ({ path: folder.path(file), mode: '0600', content: configFor(stack, node, preview), why })),
    seconds: 5 * nodes.length,
  };
}

/** What stops writes of a cluster that was added beside others, said before it is made. */
function outages({ stack }: StepContext): Text[] {
  const { nodes, placeInStore } = clusterOf({ stack });
  const [first, second] = nodes.map(({ id, url }) => ({ url, vault: vaultUrlFor(stack, id) ?? '-' }));
  if (placeInStore === undefined || first === undefined) return [];
  if (second === undefined) return [say('kesPlanOneNode', { url: first.url, vault: first.vault })];
  return [
    first.vault === second.vault
      ? say('kesPlanOneVault', { vault: first.vault })
      : say('kesPlanTwoNodes', { first: first.url, firstVault: first.vault, second: second.url, secondVault: second.vault }),
  ];
}

/** One node after the other, so that MinIO goes on with another meanwhile. */
async function applyHere(context: StepContext, input: KesInput): Promise<void> {
  // The document as it is now: whoever had the turn before may have given MinIO another identity.
  await context.update((stack) => stack);
  // What is written is checked first: a key outside the policy changes nothing.
  const first = kesYaml(await configValues(context, input), await context.folder.read(kesFile));
  await remember(context, input);
  for (const one of kesHere(context.stack)) {
    const { node, file } = one;
    const wanted = configFor(context.stack, node, first);
    if ((await context.folder.read(file)) !== wanted) {
      // Stopped before the file changes: after a kill in between, a KES that runs always runs with the file on disk.
      await context.servers.stop('kes', node.id);
      await context.folder.makeFolder('kes', 0o700);
      await context.folder.write(file, wanted, 0o600);
      await context.journal(say('kesJournalConfig', { policy: input.policy, pattern: `${input.keyPrefix}*` }));
    }
    if (await startNode(context, one)) await context.journal(say('kesJournalStarted', { url: node.url }));
  }
}

/** The further nodes of the cluster let in and keep out as the first does, with the same configuration. */
async function checkOthers(context: StepContext, wanted: Wanted, first: string | undefined): Promise<Evidence[]> {
  const evidence: Evidence[] = [];
  for (const { node, file } of kesHere(context.stack).slice(1)) {
    await explained(context, () => checkAccess(context, wanted, node.id));
    if (first !== undefined && (await context.folder.read(file)) !== configFor(context.stack, node, first))
      throw new AppError('kesConfigDiffers', { path: context.folder.path(file) });
    evidence.push(seen('kes', say('kesNodeSame', { url: node.url, vault: vaultUrlFor(context.stack, node.id) ?? '-' }), '200'));
  }
  return evidence;
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
