import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { VaultNodeStatus } from '../../../shared/vault.ts';
import { keyStoreOf, vaultFor } from '../../clients/vault/forStack.ts';
import type { StackAccess } from '../../jobs/step.ts';

/** The node's id, the first one unless named. Throws `vaultAbsent`. */
export function targetOf(access: Pick<StackAccess, 'stack'>, node: string | undefined): string {
  const { nodes } = keyStoreOf(access);
  const found = node === undefined ? nodes[0] : nodes.find(({ id }) => id === node);
  if (found === undefined) throw new AppError('vaultAbsent', { stack: access.stack.name });
  return found.id;
}

/** What a node says of itself. A server that cannot be asked is a state, not a failure. */
export async function nodeStatus(access: Pick<StackAccess, 'stack' | 'folder'>, nodeId: string): Promise<VaultNodeStatus> {
  const url = keyStoreOf(access).nodes.find(({ id }) => id === nodeId)?.url ?? '';
  const at = new Date().toISOString();
  const client = await vaultFor(access, undefined, nodeId);
  try {
    const status = await client.sealStatus();
    const health = await client.health();
    return {
      node: nodeId,
      url,
      state: health.state,
      version: status.version,
      product: health.product,
      ...(status.storage_type === undefined ? {} : { storage: status.storage_type }),
      ...(status.initialized ? { shares: status.n, threshold: status.t, progress: status.progress } : {}),
      ...(status.nonce === '' ? {} : { nonce: status.nonce }),
      at,
    };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { node: nodeId, url, state: 'unreachable', error: error.frame, at };
  } finally {
    await client.close();
  }
}
