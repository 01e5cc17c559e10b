import type { StackAccess } from '../../jobs/step.ts';
import { type Part, partOf } from '../partOf.ts';
import { kesFor } from './forStack.ts';
import { mayDecrypt } from './rights.ts';

export interface KeyStanding {
  keyInKes: Part<boolean>;
  /** Identities by the name that the stack knows, else by their hash. */
  mayDecrypt: Part<string[]>;
}

/** Is a key in KES now, and whose policy there lets them decrypt with it: asked with the operator's identity. */
export async function keyStanding(access: Pick<StackAccess, 'stack' | 'folder' | 'secrets'>, key: string): Promise<KeyStanding> {
  const { value: kes, error } = await partOf(kesFor(access, 'operator'));
  if (kes === undefined) return { keyInKes: { error }, mayDecrypt: { error } };
  try {
    const [keyInKes, hashes] = await Promise.all([partOf(kes.hasKey(key)), partOf(mayDecrypt(kes, key))]);
    return { keyInKes, mayDecrypt: { ...hashes, value: hashes.value?.map((hash) => identityName(access, hash)) } };
  } finally {
    await kes.close();
  }
}

function identityName({ stack }: Pick<StackAccess, 'stack'>, hash: string): string {
  const known = stack.identities.find((identity) => identity.hash === hash);
  const short = `${hash.slice(0, 12)}…`;
  if (known === undefined) return short;
  return `${known.purpose === 'minio' ? 'MinIO' : 'Sealdeck'} (${short})`;
}
