import { clustersOf } from '../../shared/servers.ts';
import type { ServerKind } from '../../shared/stacks.ts';
import type { StackAccess } from './step.ts';

/**
 * Lets the servers of the first cluster of a kind that run here, or that node, read their files again. Vault, KES and MinIO take
 * SIGHUP for that (vault.md 3.3, kes.md 4.1, minio.md 2.8); Windows has no such signal, there it would end the process. False: none
 * was told.
 */
export async function tell({ stack, servers }: Pick<StackAccess, 'stack' | 'servers'>, kind: ServerKind, node?: string): Promise<boolean> {
  const here = clustersOf(stack, kind)[0]?.nodes.filter(({ way }) => way === 'here') ?? [];
  let told = false;
  for (const id of node === undefined ? here.map((one) => one.id) : [node]) {
    const { pid, state } = await servers.status(kind, id);
    if (pid === undefined || state !== 'running' || process.platform === 'win32') continue;
    process.kill(pid, 'SIGHUP');
    told = true;
  }
  return told;
}
