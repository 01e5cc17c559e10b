import { useCall } from '../rpc/hooks.ts';
import { quoted } from './serverLines.ts';

/** ` --data FOLDER` for command lines of Sealdeck: without it they look in another engine's folder. Empty until it is known. */
export function useDataOption(): string {
  const folder = useCall('app.info', {}).data?.dataFolder;
  return folder === undefined ? '' : ` --data ${quoted(folder)}`;
}
