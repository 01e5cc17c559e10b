import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { askedExtension, requestTarget } from '../../../../shared/certificateFiles.ts';
import { keyType, subject } from '../../../../shared/certificates.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { readSealed } from '../../../platform/sealedJson.ts';
import { createSerialQueue } from '../../../platform/serialQueue.ts';

const entry = z.object({
  id: z.string(),
  kind: z.enum(['authority', 'certificate', 'request', 'apiKey']),
  name: z.string(),
  /** Of the public key, which is how a certificate finds its key. */
  identity: z.string(),
  /** PKCS#8 PEM; of an API key its own text. */
  key: z.string(),
  createdAt: z.string(),
  /** What was asked of a CA. */
  request: z
    .object({
      target: requestTarget,
      use: z.enum(['server', 'client']),
      subject,
      keyType,
      hosts: z.array(z.string()),
      ask: z.array(askedExtension),
    })
    .optional(),
});
export type KeptKey = z.infer<typeof entry>;
const record = z.object({ version: z.literal(1), keys: z.array(entry) });
const secretName = 'certificates.keys';
const inTurn = createSerialQueue();

/** Private keys of the stack that lie in no file. They are found by the identity of their public key. */
export function keyRingOf({ secrets }: Pick<StackAccess, 'secrets'>) {
  const list = (): KeptKey[] => readSealed(secrets.get(secretName), secretName, record)?.keys ?? [];
  const write = (keys: KeptKey[]): Promise<void> =>
    secrets.set(secretName, new Secret(JSON.stringify({ version: 1, keys } satisfies z.infer<typeof record>)));
  return {
    list,
    /** Throws `certificateKeyUnknown`. */
    get(kind: KeptKey['kind'], id: string): KeptKey {
      const found = list().find((one) => one.id === id && one.kind === kind);
      if (!found) throw new AppError('certificateKeyUnknown', { id });
      return found;
    },
    /** PKCS#8 PEM of the key with this identity. */
    byIdentity(identity: string): Secret | undefined {
      const found = list().find((one) => one.identity === identity && one.kind !== 'apiKey');
      return found && new Secret(found.key);
    },
    /** Returns when it is on disk and was read back. Throws `storeNotDurable`, `certificateKeyKnown`. */
    async add(given: Omit<KeptKey, 'id' | 'createdAt'>): Promise<KeptKey> {
      secrets.requireDurable(given.name);
      const made: KeptKey = { ...given, id: randomBytes(6).toString('hex'), createdAt: new Date().toISOString() };
      await inTurn(async () => {
        const keys = list();
        const same = keys.find(({ identity }) => identity === given.identity);
        if (same) throw new AppError('certificateKeyKnown', { name: same.name });
        await write([...keys, made]);
      });
      return made;
    },
    remove: (id: string): Promise<void> =>
      inTurn(async () => {
        const rest = list().filter((one) => one.id !== id);
        await (rest.length > 0 ? write(rest) : secrets.delete(secretName));
      }),
  };
}
export type KeyRing = ReturnType<typeof keyRingOf>;
