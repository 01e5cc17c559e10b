import type { ServerKind } from '../../shared/stacks.ts';
import type { StackAccess } from './step.ts';

/**
 * Lets a server that runs here read its files again. Vault, KES and MinIO take SIGHUP for that (vault.md 3.3, kes.md 4.1,
 * minio.md 2.8); Windows has no such signal, there it would end the process. False: it was not told.
 */
export async function tell({ servers }: Pick<StackAccess, 'servers'>, kind: ServerKind): Promise<boolean> {
  const { pid, state } = await servers.status(kind);
  if (pid === undefined || state !== 'running' || process.platform === 'win32') return false;
  process.kill(pid, 'SIGHUP');
  return true;
}
