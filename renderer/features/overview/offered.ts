import type { ServerBinary } from '../../../shared/lab.ts';

/** One of each kind: what is there, and of the Vault family only the one that would be used. */
export function offered(binaries: readonly ServerBinary[]): ServerBinary[] {
  const family = binaries.filter((found) => found.program === 'openbao' || found.program === 'vault');
  const store = family.find((found) => found.source !== 'none') ?? family.find((found) => found.program === 'openbao') ?? family[0];
  return [...(store ? [store] : []), ...binaries.filter((found) => found.program === 'kes' || found.program === 'minio')];
}
