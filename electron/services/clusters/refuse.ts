import { lstat, readdir } from 'node:fs/promises';
import type { ClusterInput } from '../../../shared/clusters.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Stack } from '../../../shared/stacks.ts';
import type { Text } from '../../../shared/text.ts';
import { withVault } from '../../clients/vault/forStack.ts';
import type { StackAccess, StackFolder } from '../../jobs/step.ts';
import { portIsFree } from '../../platform/ports.ts';
import { firstOf, kesIdOf, placeOf } from './document.ts';

/** Whether a job of this title starts and stops servers that an addition needs: a set-up, a backup, a stop. What a start needs is there soon. */
export function breaksOff({ code }: Text): boolean {
  return /^(?:setup\.job\.|stacksJob|lab(?:Stop|Restart)$)/.test(code);
}

/** The ports that the servers of a cluster will listen on. */
export function portsOf({ kesNodes, ports }: ClusterInput): number[] {
  return [ports.kes, ...(kesNodes === 2 ? [ports.kesSecond] : []), ports.minio, ports.minioConsole];
}

/**
 * Refuses what could never keep the clusters apart, or takes what is somebody's, before anything is made. Throws
 * `clusterTaken`, `clusterNested`, `clusterKeyOutside`, `clusterNoFirst`, `clusterStoreNotVault`, `clusterPort`.
 */
export function refuseNames(stack: Stack, input: ClusterInput): void {
  const { store } = firstOf(stack);
  const taken = (field: 'id' | 'prefix' | 'role' | 'policy', owner: string): AppError =>
    new AppError('clusterTaken', { field: `@clusters.field.${field}`, value: input[field], owner });
  const same = stack.minioClusters.find(({ id }) => id === input.id);
  if (same) throw taken('id', same.id);
  // The document knows identities and KES by their ids: under one of these the operator's identity would be the cluster's.
  const known = [...stack.identities, ...stack.kesClusters].find(({ id }) => id === input.id || id === kesIdOf(input.id));
  if (known) throw taken('id', known.id);
  for (const kes of stack.kesClusters) {
    const owner = stack.minioClusters.find((minio) => minio.kes === kes.id)?.id ?? kes.id;
    const place = kes.keyStore === store.id ? placeOf(stack, kes) : undefined;
    if (place === undefined) continue;
    const { engine, appRole } = place;
    if (engine.mount === store.engine.mount && engine.prefix === input.prefix) throw taken('prefix', owner);
    if (engine.mount === store.engine.mount && nested(engine.prefix, input.prefix))
      throw new AppError('clusterNested', { prefix: input.prefix, other: engine.prefix || '/', owner });
    if (appRole.mount === store.appRole.mount && appRole.role === input.role) throw taken('role', owner);
    if (appRole.policy === input.policy) throw taken('policy', owner);
  }
  if (!input.key.startsWith(input.keyPrefix)) throw new AppError('clusterKeyOutside', { key: input.key, prefix: input.keyPrefix });
}

/** A policy for `a/*` reads what is below `a/b`, too; the empty prefix holds everything. */
function nested(one: string, two: string): boolean {
  const [upper, lower] = [`${one}/`, `${two}/`];
  return one === '' || upper.startsWith(lower) || lower.startsWith(upper);
}

/** `reserved`: ports of all stacks that are known here. Throws `clusterPort`. */
export async function refusePorts(input: ClusterInput, reserved: readonly number[]): Promise<void> {
  const ports = portsOf(input);
  const twice = ports.find((port, at) => ports.indexOf(port) !== at);
  if (twice !== undefined) throw new AppError('clusterPort', { port: twice, owner: '@clusters.itself' });
  for (const port of ports)
    if (reserved.includes(port) || !(await portIsFree(port))) throw new AppError('clusterPort', { port, owner: '@clusters.otherProgram' });
}

/**
 * A folder of its name that is somebody's, or a link to one, is not written into. `former`: its addition that was given up.
 * Throws `clusterTaken`.
 */
export async function refuseFolder({ path }: Pick<StackFolder, 'path'>, { id }: ClusterInput, former?: ClusterInput): Promise<void> {
  const own = `clusters/${id}`;
  for (const folder of ['clusters', own]) {
    const found = await lstat(path(folder)).catch(() => undefined);
    if (found === undefined) return;
    const used = folder === own && former === undefined && found.isDirectory() && (await readdir(path(own))).length > 0;
    if (used || !found.isDirectory())
      throw new AppError('clusterTaken', { field: '@clusters.field.folder', value: folder, owner: '@clusters.otherProgram' });
  }
}

/** Names in Vault that were not made for this cluster before. */
export function freshNames(input: ClusterInput, former?: ClusterInput): ('prefix' | 'role' | 'policy')[] {
  return (['prefix', 'role', 'policy'] as const).filter((name) => former?.[name] !== input[name]);
}

/**
 * What Vault has under these names already is not taken over, but for what was made for this cluster before: `former`, its
 * addition that was given up. Throws `clusterTaken`.
 */
export async function refuseVault(access: StackAccess, input: ClusterInput, former?: ClusterInput): Promise<void> {
  const { store } = firstOf(access.stack);
  const fresh = freshNames(input, former);
  await withVault(access, async (vault) => {
    const owner = '@clusters.vault';
    if (fresh.includes('policy') && (await vault.policies()).includes(input.policy))
      throw new AppError('clusterTaken', { field: '@clusters.field.policy', value: input.policy, owner });
    if (fresh.includes('role') && (await vault.appRoles(store.appRole.mount)).includes(input.role))
      throw new AppError('clusterTaken', { field: '@clusters.field.role', value: input.role, owner });
    if (!fresh.includes('prefix')) return;
    const { mount, version } = store.engine;
    // Sealdeck's login may not look there before it was widened: keys without a role and a policy are nobody's.
    const keys = await vault.kvList(mount, version, input.prefix).catch((error: unknown) => {
      if (isAppError(error, 'vaultPermissionDenied')) return [];
      throw error;
    });
    if (keys.length > 0) throw new AppError('clusterTaken', { field: '@clusters.field.prefix', value: `${mount}/${input.prefix}`, owner });
  });
}
