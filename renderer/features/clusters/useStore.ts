import { keyStoreNames, otherKeyStoreOf } from '../../../shared/servers.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { useCall } from '../../rpc/hooks.ts';

/** The stack's document, and what the key store is called that its clusters share. */
export function useStore(stackId: string): { document: Stack | undefined; store: string } {
  const document = useCall('stacks.get', { id: stackId }).data;
  const other = document && otherKeyStoreOf(document);
  const store = other ? keyStoreNames[other.kind] : document?.keyStores[0]?.product === 'openbao' ? 'OpenBao' : 'Vault';
  return { document, store };
}
