import { type CustomerKey, customerKey } from '../../../shared/objects.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { StackAccess } from '../../jobs/step.ts';
import type { At, ObjectClient } from './objectTypes.ts';

/** SSE-C keys of a stack: in the sealed store alone (`ssec.keys`), with a note of the objects that were written with them. */
export interface CustomerKeys {
  list(): CustomerKey[];
  /** Base64 of 32 bytes. Throws `customerKeyMissing`. */
  secret(id: string): Secret;
  /** Read back from disk before it may be used. Throws `storeNotDurable`, `customerKeyNameTaken`. */
  make(name: string): Promise<CustomerKey>;
  /** Hex or base64 of 32 bytes. Throws `customerKeyWrongLength`, `customerKeyNameTaken`. */
  take(name: string, key: Secret): Promise<CustomerKey>;
  remove(id: string): Promise<void>;
  exported(ids: readonly string[]): Promise<void>;
  /** Notes, in portions, which objects were written with a key; before the first byte is sent. */
  used(id: string, bucket: string, keys: readonly string[]): Promise<void>;
  /** The key that opens this object: the one that is noted for it, else each in turn. Undefined: none of ours. */
  find(client: Pick<ObjectClient, 'head'>, at: At): Promise<{ id: string; key: Secret } | undefined>;
}

export function customerKeysOf(_access: Pick<StackAccess, 'secrets'>): CustomerKeys {
  const notYet = (): never => {
    throw new Error(`not yet: ${customerKey.description ?? ''}`);
  };
  return { list: notYet, secret: notYet, make: notYet, take: notYet, remove: notYet, exported: notYet, used: notYet, find: notYet };
}
