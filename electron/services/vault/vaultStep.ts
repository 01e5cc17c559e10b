import type { MemoryLock } from '../../../shared/lab.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { wayOf } from '../../../shared/servers.ts';
import type { Evidence, StepPlan } from '../../../shared/setup.ts';
import { vaultStorage } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import type { VaultInput } from '../../../shared/vault.ts';
import { vaultInput } from '../../../shared/vault.ts';
import { keyStoreOf, vaultFor } from '../../clients/vault/forStack.ts';
import { commented, environmentLines, programOf } from '../../clients/vault/vaultCommands.ts';
import { seen } from '../../jobs/evidence.ts';
import { inFileTurn } from '../../jobs/fileTurns.ts';
import type { Step, StepContext } from '../../jobs/step.ts';
import { vaultIdle } from '../../jobs/ways.ts';
import { shellWord } from '../../platform/shellWord.ts';
import { configPath, configurationOf, dataPath } from './configuration.ts';
import { productName } from './productName.ts';
import { applyElsewhere, planElsewhere } from './vaultElsewhere.ts';
import { ownNode, startVault } from './waiting.ts';

export interface VaultStepDeps {
  /** Whether a binary may lock its memory; without it the answer is no. */
  memoryLock?: (binary: string) => Promise<MemoryLock>;
}

/** Vault started here, looked at by API, or handed over to another host. */
export function createVaultStep(deps: VaultStepDeps): Step<'vault'> {
  async function configuration(context: StepContext, input: VaultInput) {
    const { product, storage } = keyStoreOf(context);
    const asks = product === 'vault' && storage !== 'raft' && context.inputs.servers.lockMemory !== 'off' && deps.memoryLock !== undefined;
    const lock = asks ? await deps.memoryLock?.(await context.servers.binary(product)) : undefined;
    return configurationOf(context, input, lock?.state ?? 'missing');
  }

  async function applyHere(context: StepContext, input: VaultInput): Promise<void> {
    // The document as it is now: whoever had the turn before may have added an audit device to both.
    await context.update((stack) => stack);
    const { content } = await configuration(context, input);
    if ((await context.folder.read(configPath)) !== content) {
      // Stopped before the file changes: a kill in between must not leave a server running on another configuration.
      if ((await context.servers.status('vault')).state === 'running') await context.servers.stop('vault');
      await context.folder.write(configPath, content, 0o644);
      await context.journal(say('vaultJournalConfig', { path: configPath }));
    }
    const client = await vaultFor(context, undefined, ownNode(context));
    try {
      await startVault(context, client);
    } finally {
      await client.close();
    }
  }

  return {
    id: 'vault',
    skips: async ({ stack }) => vaultIdle(stack),
    propose: async () => vaultInput.parse({}),

    async plan(context, input): Promise<StepPlan> {
      if (wayOf(context.stack, 'vault') !== 'here') return planElsewhere(context, input);
      const { product, storage } = keyStoreOf(context);
      const { content, memory, listens } = await configuration(context, input);
      const running = (await context.servers.status('vault')).state === 'running';
      const changed = (await context.folder.read(configPath)) !== content;
      const program = programOf(context);
      return {
        changes: [
          say('vaultPlanFile', { path: configPath, storage }),
          ...(storage === 'inmem' ? [] : [say('vaultPlanData', { path: dataPath })]),
          running && !changed ? say('vaultPlanRuns', { program }) : say('vaultPlanStart', { program, address: listens }),
          memory,
        ],
        warnings: [
          ...(running && changed ? [say('vaultPlanRestart')] : []),
          ...(storage === 'inmem' ? [say('vaultPlanInmem')] : []),
          ...(storage === 'file' ? [say('vaultPlanFileStorage')] : []),
          ...(product === 'vault' ? [say('vaultPlanLicence')] : []),
        ],
        commands: [
          commented(say('vaultGuideBackend')),
          commented(say('vaultGuideListener')),
          commented(say('vaultGuideCluster')),
          commented(say('vaultGuideLeases')),
          { line: `${program} server -config=${shellWord(context.folder.path(configPath))}` },
          ...environmentLines(context),
          commented(say('vaultCommandStatus'), `${program} status`),
        ],
        files: [{ path: configPath, mode: '0644', content, why: say('vaultWhyConfig') }],
        seconds: 3,
      };
    },

    async apply(context, input) {
      if (wayOf(context.stack, 'vault') !== 'here') return applyElsewhere(context, input);
      await inFileTurn(context.folder, 'vault', () => applyHere(context, input));
    },

    check: (context, input) => checkServer(context, input, configuration),
  };
}

async function checkServer(
  context: StepContext,
  input: VaultInput,
  configuration: (context: StepContext, input: VaultInput) => Promise<{ memory: Evidence['text'] }>,
): Promise<Evidence[]> {
  const store = keyStoreOf(context);
  const client = await vaultFor(context, undefined, ownNode(context));
  try {
    const status = await client.sealStatus(context.signal);
    const health = await client.health(context.signal);
    if (health.product !== 'unknown' && health.product !== store.product)
      throw new AppError('vaultProductDiffers', {
        host: client.host,
        expected: productName(store.product),
        actual: productName(health.product),
      });
    const here = store.nodes[0]?.way === 'here';
    const ours = store.nodes[0]?.way !== 'api';
    // A server by API may have a storage that Sealdeck sets up nowhere.
    if (status.storage_type !== undefined && status.storage_type !== store.storage && (ours || isKnown(status.storage_type)))
      throw new AppError('vaultStorageDiffers', { host: client.host, expected: store.storage, actual: status.storage_type });
    const mode = !here || store.storage === 'inmem' ? undefined : await context.folder.mode(dataPath);
    const standing = { product: productName(store.product), version: status.version, storage: status.storage_type ?? store.storage };
    return [
      seen('vault', say('vaultSeenAnswers', standing), status),
      seen(
        'vault',
        say(!status.initialized ? 'vaultSeenFresh' : status.sealed ? 'vaultSeenSealed' : 'vaultSeenUnsealed'),
        undefined,
        'info',
      ),
      seen('vault', say('vaultSeenCertificate', { host: client.host })),
      ...(mode === undefined
        ? []
        : [
            seen(
              'disk',
              say('vaultSeenFolder', { path: dataPath, mode: mode.toString(8).padStart(4, '0') }),
              undefined,
              mode === 0o700 ? 'ok' : 'warn',
            ),
          ]),
      ...(here ? [seen('disk', (await configuration(context, input)).memory, undefined, 'info')] : []),
    ];
  } finally {
    await client.close();
  }
}

function isKnown(storage: string): boolean {
  return vaultStorage.safeParse(storage).success;
}
