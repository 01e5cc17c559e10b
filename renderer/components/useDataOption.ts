import { useCall, useClusterScope } from '../rpc/hooks.ts';
import { quoted } from './serverLines.ts';

/**
 * ` --data FOLDER` for command lines of Sealdeck: without it they look in another engine's folder. Empty until it is known. On a
 * page about another MinIO cluster than the first, that comes before it.
 */
export function useDataOption(): string {
  const folder = useCall('app.info', {}).data?.dataFolder;
  const { cluster } = useClusterScope();
  return `${cluster === undefined ? '' : ` --cluster ${cluster}`}${folder === undefined ? '' : ` --data ${quoted(folder)}`}`;
}
