import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { customerKeyId } from '../../../shared/encryption.ts';
import { sentence } from '../../../shared/messages.ts';
import { type CustomerKey, longestCustomerKeyName } from '../../../shared/objects.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { say } from '../../../shared/text.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { readSealed } from '../../platform/sealedJson.ts';
import { createSerialQueue } from '../../platform/serialQueue.ts';
import { type KeyNotes, keyNotes, nearness, noteNames } from './customerKeyNotes.ts';
import { customerKeyMd5 } from './objectHeaders.ts';
import type { At, ObjectClient } from './objectTypes.ts';

/** SSE-C keys of a stack: in the sealed store alone (`ssec.keys`), with a note of the objects that were written with them. */
export interface CustomerKeys {
  list(): CustomerKey[];
  /** Base64 of 32 bytes. Throws `customerKeyMissing`. */
  secret(id: string): Secret;
  /** Read back from disk before it may be used. Throws `storeNotDurable`, `customerKeyNameTaken`. */
  make(name: string): Promise<CustomerKey>;
  /** Hex or base64 of 32 bytes. Throws `customerKeyUnreadable`, `customerKeyWrongLength`, `customerKeyNameTaken`, `customerKeyKnown`, `storeNotDurable`. */
  take(name: string, key: Secret): Promise<CustomerKey>;
  /** Keys of an export, all or none; a name that another key has gets a number. Throws as `take` does of a single key. */
  takeAll(given: readonly ExportedKey[], exportedAt: string): Promise<TakenKeys>;
  /** What was noted as written with it, by bucket. Throws `customerKeyMissing`. */
  notes(id: string): KeyNotes;
  /** Throws `customerKeyMissing`. */
  remove(id: string): Promise<void>;
  exported(ids: readonly string[]): Promise<void>;
  /** Notes, in portions, which objects were written with a key; before the first byte is sent. */
  used(id: string, bucket: string, keys: readonly string[]): Promise<void>;
  /** The key that opens this object: the one that is noted for it, else each in turn. Undefined: none of ours. */
  find(client: Pick<ObjectClient, 'head'>, at: At): Promise<{ id: string; key: Secret } | undefined>;
}

/** As an export names it. */
export interface ExportedKey {
  name: string;
  key: Secret;
  createdAt: string;
}

/** `was`: its name in the export, where that was taken. `known`: is here already, under which name. */
export interface TakenKeys {
  taken: (CustomerKey & { was?: string })[];
  known: { name: string; as: string }[];
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
  let last: { text: string | undefined; keys: readonly Kept[] } | undefined;

  /** Taken apart anew only when it changed: a job may ask for each of its objects. */
  function read(): readonly Kept[] {
    const secret = secrets.get(secretName);
    const text = secret?.reveal();
    if (!last || last.text !== text) last = { text, keys: readSealed(secret, secretName, record)?.keys ?? [] };
    return last.keys;
  }

  function find(keys: readonly Kept[], id: string): Kept {
    const key = keys.find((one) => one.id === id);
    if (!key) throw new AppError('customerKeyMissing', { id });
    return key;
  }

  /** Returns when it is on disk and was read back. */
  async function write(keys: Kept[]): Promise<void> {
    await secrets.set(secretName, new Secret(JSON.stringify({ version: 1, keys } satisfies z.infer<typeof record>)));
  }

  const change = (edit: (keys: readonly Kept[]) => Kept[]): Promise<void> => inTurn(async () => write(edit(read())));

  const requireDurable = (): void => secrets.requireDurable(sentence('en', say('customerKeySecret')));

  async function add(name: string, bytes: Buffer): Promise<CustomerKey> {
    requireDurable();
    const added = fresh(name, bytes, new Date().toISOString());
    await change((keys) => {
      const same = keys.find((key) => key.id === added.id);
      if (same) throw new AppError('customerKeyKnown', { name: same.name });
      if (isTaken(keys, name)) throw new AppError('customerKeyNameTaken', { name });
      return [...keys, added];
    });
    return shown(find(read(), added.id));
  }

  return {
    list: () =>
      read()
        .map(shown)
        .sort((a, b) => a.name.localeCompare(b.name)),
    secret: (id) => new Secret(find(read(), id).key),
    make: (name) => add(name, randomBytes(32)),
    take: async (name, key) => add(name, bytesOf(key)),
    notes: (id) => find(read(), id).notes,

    async takeAll(given, exportedAt) {
      requireDurable();
      const wanted = given.map(({ name, key, createdAt }) => ({ ...fresh(name, bytesOf(key), createdAt), exportedAt }));
      let outcome: TakenKeys = { taken: [], known: [] };
      await change((keys) => {
        outcome = { taken: [], known: [] };
        // The export is a copy also of those that are here.
        const all = keys.map((key) =>
          wanted.some(({ id }) => id === key.id) ? { ...key, exportedAt: key.exportedAt ?? exportedAt } : key,
        );
        for (const one of wanted) {
          const same = all.find(({ id }) => id === one.id);
          if (same) {
            outcome.known.push({ name: one.name, as: same.name });
            continue;
          }
          const name = freeName(all, one.name);
          all.push({ ...one, name });
          outcome.taken.push({ ...shown({ ...one, name }), ...(name === one.name ? {} : { was: one.name }) });
        }
        return all;
      });
      return outcome;
    },

    async remove(id) {
      const without = (keys: readonly Kept[]): Kept[] => keys.filter((key) => key !== find(keys, id));
      await change(without);
      // Again, so that it does not lie on in the generation before.
      await change((keys) => [...keys]);
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
      for (const { id, key: text } of read().toSorted((a, b) => near(b) - near(a))) {
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

/** Names it without telling anything of it. */
const idOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 32);

function fresh(name: string, bytes: Buffer, createdAt: string): Kept {
  return { id: idOf(bytes), name, key: bytes.toString('base64'), createdAt, objects: 0, notes: {} };
}

const isTaken = (keys: readonly Kept[], name: string): boolean => keys.some((key) => key.name.toLowerCase() === name.toLowerCase());

function freeName(keys: readonly Kept[], name: string): string {
  for (let number = 1; ; number++) {
    const tail = number === 1 ? '' : ` (${number})`;
    const free = `${name.slice(0, longestCustomerKeyName - tail.length)}${tail}`;
    if (!isTaken(keys, free)) return free;
  }
}

/** Hex, or base64 of either alphabet, padded or as mc wants it; blanks do not count. Throws `customerKeyUnreadable`, `customerKeyWrongLength`. */
export function bytesOf(key: Secret): Buffer {
  const text = key.reveal().replace(/\s+/g, '');
  const bytes = Buffer.from(text, /^(?:[0-9a-fA-F]{2})+$/.test(text) ? 'hex' : 'base64');
  const plain = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  const exact = bytes.toString('base64').replace(/=+$/, '') === plain || bytes.toString('hex') === text.toLowerCase();
  if (!exact || bytes.length === 0) throw new AppError('customerKeyUnreadable');
  if (bytes.length !== 32) throw new AppError('customerKeyWrongLength', { bytes: bytes.length });
  return bytes;
}
