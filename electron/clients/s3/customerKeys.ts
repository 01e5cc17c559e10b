import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { customerKeyId } from '../../../shared/encryption.ts';
import { sentence } from '../../../shared/messages.ts';
import type { CustomerKey } from '../../../shared/objects.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { say } from '../../../shared/text.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { readSealed } from '../../platform/sealedJson.ts';
import { createSerialQueue } from '../../platform/serialQueue.ts';
import { keyNotes, nearness, noteNames } from './customerKeyNotes.ts';
import { customerKeyMd5 } from './objectHeaders.ts';
import type { At, ObjectClient } from './objectTypes.ts';

/** SSE-C keys of a stack: in the sealed store alone (`ssec.keys`), with a note of the objects that were written with them. */
export interface CustomerKeys {
  list(): CustomerKey[];
  /** Base64 of 32 bytes. Throws `customerKeyMissing`. */
  secret(id: string): Secret;
  /** Read back from disk before it may be used. Throws `storeNotDurable`, `customerKeyNameTaken`. */
  make(name: string): Promise<CustomerKey>;
  /** Hex or base64 of 32 bytes. Throws `customerKeyWrongLength`, `customerKeyNameTaken`, `customerKeyKnown`, `storeNotDurable`. */
  take(name: string, key: Secret): Promise<CustomerKey>;
  /** Throws `customerKeyMissing`. */
  remove(id: string): Promise<void>;
  exported(ids: readonly string[]): Promise<void>;
  /** Notes, in portions, which objects were written with a key; before the first byte is sent. */
  used(id: string, bucket: string, keys: readonly string[]): Promise<void>;
  /** The key that opens this object: the one that is noted for it, else each in turn. Undefined: none of ours. */
  find(client: Pick<ObjectClient, 'head'>, at: At): Promise<{ id: string; key: Secret } | undefined>;
}

const kept = z.object({
  id: customerKeyId,
  name: z.string(),
  key: z.string().length(44),
  createdAt: z.string(),
  exportedAt: z.string().optional(),
  /** Counted when they were noted; one whose name gave way to its folder may count again. */
  objects: z.int(),
  notes: keyNotes,
});
type Kept = z.infer<typeof kept>;
const record = z.object({ version: z.literal(1), keys: z.array(kept) });
const secretName = 'ssec.keys';

/** One after the other, for all stacks: a change reads the record, changes it and writes it. */
const inTurn = createSerialQueue();

export function customerKeysOf({ secrets }: Pick<StackAccess, 'secrets'>): CustomerKeys {
  const read = (): Kept[] => readSealed(secrets.get(secretName), secretName, record)?.keys ?? [];

  function find(keys: readonly Kept[], id: string): Kept {
    const key = keys.find((one) => one.id === id);
    if (!key) throw new AppError('customerKeyMissing', { id });
    return key;
  }

  /** Returns when it is on disk and was read back. */
  async function write(keys: Kept[]): Promise<void> {
    await secrets.set(secretName, new Secret(JSON.stringify({ version: 1, keys } satisfies z.infer<typeof record>)));
  }

  const change = (edit: (keys: Kept[]) => Kept[]): Promise<void> => inTurn(async () => write(edit(read())));

  async function add(name: string, bytes: Buffer): Promise<CustomerKey> {
    secrets.requireDurable(sentence('en', say('customerKeySecret')));
    const id = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
    const added: Kept = { id, name, key: bytes.toString('base64'), createdAt: new Date().toISOString(), objects: 0, notes: {} };
    await change((keys) => {
      const same = keys.find((key) => key.id === id);
      if (same) throw new AppError('customerKeyKnown', { name: same.name });
      if (keys.some((key) => key.name.toLowerCase() === name.toLowerCase())) throw new AppError('customerKeyNameTaken', { name });
      return [...keys, added];
    });
    return shown(find(read(), id));
  }

  return {
    list: () =>
      read()
        .map(shown)
        .sort((a, b) => a.name.localeCompare(b.name)),
    secret: (id) => new Secret(find(read(), id).key),
    make: (name) => add(name, randomBytes(32)),
    take: async (name, key) => add(name, bytesOf(key)),

    async remove(id) {
      const without = (keys: Kept[]): Kept[] => keys.filter((key) => key !== find(keys, id));
      await change(without);
      // Again, so that it does not lie on in the generation before.
      await change((keys) => keys);
    },

    async exported(ids) {
      const at = new Date().toISOString();
      await change((keys) => keys.map((key) => (ids.includes(key.id) ? { ...key, exportedAt: at } : key)));
    },

    async used(id, bucket, names) {
      await change((keys) => {
        const key = find(keys, id);
        const { notes, added } = noteNames(key.notes, bucket, names);
        return keys.map((one) => (one === key ? { ...key, notes, objects: key.objects + added } : one));
      });
    },

    async find(client, at) {
      const near = ({ notes }: Kept): number => nearness(notes, at.bucket, at.key);
      for (const { id, key: text } of read().sort((a, b) => near(b) - near(a))) {
        const key = new Secret(text);
        try {
          await client.head(at, { customerKey: key });
          return { id, key };
        } catch (error) {
          if (isAppError(error, 'customerKeyNotApplicable')) return undefined;
          if (!isAppError(error, 'customerKeyWrong')) throw error;
        }
      }
      return undefined;
    },
  };
}

function shown({ id, name, key, createdAt, exportedAt, objects }: Kept): CustomerKey {
  return { id, name, md5: customerKeyMd5(new Secret(key)), createdAt, objects, ...(exportedAt === undefined ? {} : { exportedAt }) };
}

/** Throws `customerKeyWrongLength`. */
function bytesOf(key: Secret): Buffer {
  const text = key.reveal().trim();
  const bytes = Buffer.from(text, /^[0-9a-fA-F]{64}$/.test(text) ? 'hex' : 'base64');
  const exact = bytes.toString('base64') === text || bytes.toString('hex') === text.toLowerCase();
  if (bytes.length !== 32 || !exact) throw new AppError('customerKeyWrongLength', { bytes: bytes.length });
  return bytes;
}
