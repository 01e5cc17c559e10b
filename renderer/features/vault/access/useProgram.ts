import { vaultProgram } from '../../../components/serverLines.ts';
import { useCall } from '../../../rpc/hooks.ts';

/** The command line of the stack's product. */
export function useProgram(stackId: string): 'bao' | 'vault' {
  const stack = useCall('stacks.get', { id: stackId }).data;
  return stack ? vaultProgram(stack) : 'bao';
}
