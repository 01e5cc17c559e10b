import { randomBytes } from 'node:crypto';
import type { KesStatus, kesProcedures } from '../../../shared/kes.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../shared/setup.ts';
import type { KesCluster, StackNode } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import type { KesClient } from '../../clients/kes/client.ts';
import { kesFor, withKes } from '../../clients/kes/forStack.ts';
import { withVault } from '../../clients/vault/forStack.ts';
import { openCluster } from '../../jobs/clusterView.ts';
import { seen } from '../../jobs/evidence.ts';
import type { AnyStep, DomainDeps, StackAccess } from '../../jobs/step.ts';
import { kesOf, keyStoreOfKes } from '../../jobs/ways.ts';
import { forEachOf } from '../../platform/eachOf.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { type KesStepDeps, kesStep } from './kesStep.ts';
import { type KeyStepDeps, keyStep } from './keyStep.ts';
import { keyStoreFailure } from './stores/failure.ts';

const describedAtOnce = 4;
const describedAtMost = 200;

/** KES of a stack: its two steps, its state and its keys. */
export function createKes(deps: DomainDeps & KesStepDeps & KeyStepDeps): {
  handlers: DomainHandlers<typeof kesProcedures>;
  steps: AnyStep[];
  /** KES with the default key, now, past its cache: evidence, or the error that says what is broken. */
  proveWorks(access: StackAccess): Promise<Evidence[]>;
} {
  return {
    proveWorks,
    steps: [kesStep(deps), keyStep(deps)],
    handlers: {
      'kes.status': async ({ stackId, cluster: id }) => {
        const access = await deps.open(stackId, id);
        const nodes = access.stack.kesClusters.flatMap((cluster) => cluster.nodes.map((node) => ({ cluster, node })));
        return { nodes: await Promise.all(nodes.map(({ cluster, node }) => statusOf(access, cluster, node))) };
      },
      'kes.keys': async ({ stackId, cluster }) => {
        const access = await openCluster(deps.open)(stackId, cluster);
        return withKes(access, 'operator', async (kes) => {
          const inFolder = (): Promise<string[] | undefined> => namesInFolder(access, deps);
          const names = await kes.listKeys(inFolder).catch(async (error: unknown) => {
            if (isAppError(error, 'kesKeyStore') && (await inFolder())?.length === 0) return [];
            throw error;
          });
          return { keys: await describeAll(kes, names) };
        });
      },
    },
  };
}

async function statusOf(access: StackAccess, cluster: KesCluster, node: StackNode): Promise<KesStatus> {
  const base = { node: node.id, url: node.url, at: new Date().toISOString() };
  let seen: Partial<KesStatus> = {};
  let kes: KesClient | undefined;
  try {
    kes = await kesFor(access, 'operator', node.id);
    const status = await statusOrVersion(kes);
    const { keystore_latency: ms } = status;
    seen = { version: status.version, ...(ms === undefined ? {} : { keyStoreLatencyMs: ms }) };
    if (status.keystore_unreachable) {
      const down = await keyStoreFailure(access, new AppError('kesKeyStoreUnreachable', { host: node.url }));
      return { ...base, ...seen, state: 'keyStoreDown', ...(down instanceof AppError ? { error: down.frame } : {}) };
    }
    await tryDefaultKey(kes, access, cluster);
    return { ...base, ...seen, state: 'working' };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const known = seen.version !== undefined;
    const state = !known ? 'unreachable' : error.code === 'kesKeyNotFound' ? 'keyMissing' : 'credentialsDead';
    const told = await keyStoreFailure(access, error);
    return { ...base, ...seen, state, error: (told instanceof AppError ? told : error).frame };
  } finally {
    await kes?.close();
  }
}

/** An identity of a KES that others run may be kept from its status; the version needs no right. */
async function statusOrVersion(kes: KesClient): Promise<Awaited<ReturnType<KesClient['status']>>> {
  return kes.status().catch(async (error: unknown) => {
    if (!isAppError(error, 'kesNotAuthorised')) throw error;
    return { version: await kes.version() };
  });
}

async function proveWorks(access: StackAccess): Promise<Evidence[]> {
  const cluster = kesOf(access.stack);
  if (!cluster) throw new AppError('kesUnknown', { stack: access.stack.name });
  const name = await withKes(access, 'operator', (kes) => tryDefaultKey(kes, access, cluster));
  return [seen('kes', say('kesWorks', { name }), '200')];
}

/** Status does not notice dead credentials: only an operation with a real key does (kes.md trap 20). */
async function tryDefaultKey(kes: KesClient, access: StackAccess, cluster: KesCluster): Promise<string> {
  const key = access.stack.minioClusters.find((minio) => minio.kes === cluster.id)?.defaultKey;
  await asksKeyStore(kes);
  if (key !== undefined) await kes.generate(key);
  return key ?? '-';
}

/** A key that does not exist is in no cache: only a key store that takes KES's credentials says "not found". */
async function asksKeyStore(kes: KesClient): Promise<void> {
  await kes.describeKey(`sealdeck-probe-${randomBytes(6).toString('hex')}`).catch((error: unknown) => {
    // A KES that others run may confine the identity to its own prefix: then the operation with the key has to tell.
    if (!isAppError(error, 'kesKeyNotFound') && !isAppError(error, 'kesNotAuthorised')) throw error;
  });
}

/** KES cannot tell an empty folder from a refused listing (kes.md trap 17); Vault can. Undefined: it may not be asked. */
async function namesInFolder(access: StackAccess, { vaultToken }: KeyStepDeps): Promise<string[] | undefined> {
  const engine = keyStoreOfKes(access.stack)?.engine;
  if (engine === undefined) return undefined;
  const { mount, version, prefix } = engine;
  try {
    return await withVault(access, (vault) => vault.kvList(mount, version, prefix), await vaultToken(access));
  } catch (error) {
    if (isAppError(error, 'vaultNoToken')) return undefined;
    throw error;
  }
}

async function describeAll(kes: KesClient, names: readonly string[]) {
  const keys: { name: string; algorithm?: string; createdAt?: string }[] = names.map((name) => ({ name }));
  await forEachOf(keys.slice(0, describedAtMost), describedAtOnce, async (key) => {
    // A name of an old server that this one does not take stays a bare name.
    Object.assign(key, await kes.describeKey(key.name).catch(() => ({})));
  });
  return keys;
}
