import { useCall } from '../../../rpc/hooks.ts';

/** The command line of the stack's product. */
export function useProgram(stackId: string): 'bao' | 'vault' {
  const stack = useCall('stacks.get', { id: stackId }).data;
  return stack?.keyStores[0]?.product === 'vault' ? 'vault' : 'bao';
}
