import { createHash, randomBytes } from 'node:crypto';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { withKes } from '../../../clients/kes/forStack.ts';
import type { OldKes } from '../../../clients/kes/oldClient.ts';
import { makeBucket, removeBucket } from '../../../clients/s3/bucketSettings.ts';
import { minioEndpoint, withObjectClient } from '../../../clients/s3/forStack.ts';
import { createSignedClient } from '../../../clients/s3/signedClient.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { forEachOf } from '../../../platform/eachOf.ts';
import { readWhole } from './objects.ts';
import type { ReadObject, SealedTest } from './state.ts';

const atOnce = 4;

/** A data key of each key, sealed by whoever answers: the old server, so that the new one can be asked to open it. */
export async function sealTests(kes: OldKes, names: readonly string[]): Promise<{ tests: SealedTest[]; refused: string[] }> {
  const tests: SealedTest[] = [];
  const refused: string[] = [];
  await forEachOf(names, atOnce, async (key) => {
    const context = randomBytes(16);
    try {
      const { plaintext, ciphertext } = await kes.generate(key, context);
      tests.push({ key, ciphertext, context: context.toString('base64'), digest: digest(plaintext.reveal()) });
    } catch (error) {
      // Not one of this identity's keys: its owner has to try.
      if (!isAppError(error, 'kesNotAuthorised')) throw error;
      refused.push(key);
    }
  });
  return { tests: tests.sort((a, b) => (a.key < b.key ? -1 : 1)), refused: refused.sort() };
}

type Opens = (key: string, ciphertext: string, context: Uint8Array) => Promise<{ reveal(): string }>;

/** Every sealed data key opens to what it was. Throws `kesMoveNotOpened` with the key and what the server says. */
export async function openTests(tests: readonly SealedTest[], decrypt: Opens): Promise<void> {
  await forEachOf(tests, atOnce, async ({ key, ciphertext, context, digest: wanted }) => {
    const opened = await decrypt(key, ciphertext, Buffer.from(context, 'base64')).catch((error: unknown) => {
      if (!isAppError(error)) throw error;
      throw new AppError('kesMoveNotOpened', { name: key, reason: String(error.details.reason ?? error.code) }, { cause: error });
    });
    // A key of the same name that was made anew would open nothing old; this is the only way to see it.
    if (digest(opened.reveal()) !== wanted) throw new AppError('kesMoveNotOpened', { name: key, reason: 'it opens to other bytes' });
  });
}

/** Every object that was read through the old server reads the same, byte by byte. Throws `kesMoveObject`. */
export async function readAgain(access: StackAccess, objects: readonly ReadObject[], signal: AbortSignal): Promise<Evidence[]> {
  const evidence: Evidence[] = [];
  for (const object of objects) {
    const where = `${object.bucket}/${object.name}`;
    const { size, sha256 } = await readWhole(access, object, signal).catch((error: unknown) => {
      if (!isAppError(error)) throw error;
      throw new AppError(
        'kesMoveObject',
        { object: where, name: object.key, reason: String(error.details.code ?? error.code) },
        { cause: error },
      );
    });
    if (sha256 !== object.sha256 || size !== object.size)
      throw new AppError('kesMoveObject', { object: where, name: object.key, reason: `${size} bytes, ${sha256.slice(0, 12)}` });
    evidence.push(seen('minio', say('kesMoveObjectSame', { object: where, name: object.key, bytes: size }), `sha256 ${sha256}`));
  }
  return evidence;
}

/** The new server opens what the old one sealed, and may not seal anything itself. */
export async function proveTrial(access: StackAccess, tests: readonly SealedTest[], key: string): Promise<Evidence[]> {
  return withKes(access, 'operator', async (kes) => {
    await openTests(tests, (name, ciphertext, context) => kes.decrypt(name, ciphertext, context));
    const written = await kes.generate(key).then(
      () => true,
      (error: unknown) => {
        if (isAppError(error, 'kesNotAuthorised')) return false;
        throw error;
      },
    );
    if (written) throw new AppError('kesMoveTrialWrites', { name: key });
    return [
      seen(
        'kes',
        say('kesMoveOpened', {
          count: tests.length,
          names: tests
            .map(({ key: name }) => name)
            .join(', ')
            .slice(0, 300),
        }),
        '200',
      ),
      seen('kes', say('kesMoveHeld', { name: key }), '403'),
    ];
  });
}

/** The new server seals, opens and lists, and MinIO writes and reads through it. */
export async function proveWriting(
  access: StackAccess,
  tests: readonly SealedTest[],
  key: string,
  names: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Evidence[]> {
  const evidence = await withKes(access, 'operator', async (kes) => {
    const context = randomBytes(16);
    const { plaintext, ciphertext } = await kes.generate(key, context);
    const opened = await kes.decrypt(key, ciphertext, context);
    if (opened.reveal() !== plaintext.reveal()) throw new AppError('kesMoveNotOpened', { name: key, reason: 'it opens to other bytes' });
    await openTests(tests, (name, sealed, of) => kes.decrypt(name, sealed, of));
    const listed = await kes.listKeys();
    const missing = (names ?? []).filter((name) => !listed.includes(name));
    if (missing.length > 0) throw new AppError('kesMoveListShort', { names: missing.join(', ').slice(0, 300) });
    return [seen('kes', say('kesMoveSealed', { name: key }), '200'), seen('kes', say('kesMoveListed', { count: listed.length }), '200')];
  });
  if (access.stack.minioClusters.length === 0) return evidence;
  return [...evidence, await writtenThroughMinio(access, key, signal)];
}

/** Writes, reads and removes an object in a bucket of its own. */
async function writtenThroughMinio(access: StackAccess, key: string, signal: AbortSignal): Promise<Evidence> {
  // The same after a kill, which finds and removes what it left.
  const bucket = `sealdeck-move-${digest(`${access.stack.id} ${access.stack.createdAt}`).slice(0, 16)}`;
  const body = randomBytes(64);
  const raw = createSignedClient(await minioEndpoint(access));
  try {
    await makeBucket(raw, bucket).catch((error: unknown) => {
      if (!isAppError(error, 'bucketNameTaken')) throw error;
    });
    try {
      await withObjectClient(access, (client) => client.put({ bucket, key: 'proof' }, body, { encrypt: { kind: 'sse-kms', key }, signal }));
      const { sha256 } = await readWhole(access, { bucket, name: 'proof' }, signal);
      if (sha256 !== createHash('sha256').update(body).digest('hex'))
        throw new AppError('kesMoveObject', { object: `${bucket}/proof`, name: key, reason: 'other bytes' });
      return seen('minio', say('kesMoveWritten', { name: key, bytes: body.length }), `sha256 ${sha256}`);
    } finally {
      await withObjectClient(access, (client) => client.remove({ bucket, key: 'proof' })).catch(() => undefined);
      await removeBucket(raw, bucket).catch(() => undefined);
    }
  } finally {
    await raw.close();
  }
}

function digest(plaintext: string): string {
  return createHash('sha256').update(plaintext).digest('hex');
}
