import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Identity, Recipient } from 'age-encryption';
import { Secret } from '../../shared/secret.ts';

/** age's own default and its limit: 256 MB and about a second for each try of a passphrase. */
const [workFactor, maxWorkFactor] = [18, 20];
const label = 'age-encryption.org/v1/scrypt';
const saltLength = 16;
const noNonce = Buffer.alloc(12);

/** The passphrase opens no part of the file, or the file's head was altered. */
export class PassphraseWrong extends Error {}
/** It is no age file, is sealed otherwise, was altered, or is cut off. */
export class AgeDamaged extends Error {}

/** Seals a stream as `age -p` does, so that `age -d` opens it. The key is derived off the main thread; memory stays flat. `factor`: tests are in a hurry. */
export async function sealStream(
  source: AsyncIterable<Uint8Array>,
  passphrase: Secret,
  factor = workFactor,
): Promise<AsyncIterable<Uint8Array>> {
  // Loaded when it is needed: the engine starts without it.
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipientOf(passphrase, factor));
  return encrypter.encrypt(ReadableStream.from(source));
}

/** A text as an armored age file, which opens with `age --decrypt`. */
export async function sealText(text: Secret, passphrase: Secret, factor = workFactor): Promise<string> {
  const { armor } = await import('age-encryption');
  const source = Readable.from([Buffer.from(text.reveal())]);
  return armor.encode(await buffer(await sealStream(source, typedForm(passphrase), factor)));
}

/** Opens such a text. Throws `PassphraseWrong`, `AgeDamaged`. */
export async function openText(content: string, passphrase: Secret): Promise<Secret> {
  const { armor } = await import('age-encryption');
  let sealed: Uint8Array;
  try {
    sealed = armor.decode(content.trim());
  } catch (error) {
    throw new AgeDamaged('it is no armored age file', { cause: error });
  }
  return new Secret((await buffer(openStream(Readable.from([sealed]), typedForm(passphrase)))).toString('utf8'));
}

/** One form for letters with marks, as terminals type them: other systems take them apart. */
export function typedForm(passphrase: Secret): Secret {
  return new Secret(passphrase.reveal().normalize('NFC'));
}

/** Opens such a stream. Bytes come out before the end is seen: only a stream that ended well is whole. Throws `PassphraseWrong`, `AgeDamaged`. */
export async function* openStream(source: AsyncIterable<Uint8Array>, passphrase: Secret): AsyncGenerator<Uint8Array> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addIdentity(identityOf(passphrase));
  try {
    yield* (await decrypter.decrypt(ReadableStream.from(source))) as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof PassphraseWrong || error instanceof AgeDamaged) throw error;
    // Failures of the disk keep their own words; everything else is said by the format.
    if (typeof (error as NodeJS.ErrnoException).code === 'string' && (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw new AgeDamaged('it was altered, or is cut off', { cause: error });
  }
}

function recipientOf(passphrase: Secret, factor: number): Recipient {
  return {
    async wrapFileKey(fileKey) {
      const { Stanza } = await import('age-encryption');
      const salt = randomBytes(saltLength);
      const cipher = createCipheriv('chacha20-poly1305', await derive(passphrase, salt, factor), noNonce, { authTagLength: 16 });
      const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
      return [new Stanza(['scrypt', salt.toString('base64').replace(/=+$/, ''), String(factor)], body)];
    },
  };
}

function identityOf(passphrase: Secret): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const [only] = stanzas;
      const [kind, salt = '', work = ''] = only?.args ?? [];
      const bytes = Buffer.from(salt, 'base64');
      const factor = Number(work);
      const fits = stanzas.length === 1 && kind === 'scrypt' && only?.body.length === 32 && bytes.length === saltLength;
      // A huge factor is an attack on the memory of whoever opens the file.
      if (!fits || !/^[1-9]\d?$/.test(work) || factor > maxWorkFactor) throw new AgeDamaged('it is not sealed under one passphrase');
      const body = Buffer.from(only.body);
      const decipher = createDecipheriv('chacha20-poly1305', await derive(passphrase, bytes, factor), noNonce, { authTagLength: 16 });
      decipher.setAuthTag(body.subarray(16));
      try {
        return Buffer.concat([decipher.update(body.subarray(0, 16)), decipher.final()]);
      } catch (error) {
        throw new PassphraseWrong('the passphrase does not fit', { cause: error });
      }
    },
  };
}

/** age takes a passphrase as its bytes, without any normal form. */
function derive(passphrase: Secret, salt: Buffer, factor: number): Promise<Buffer> {
  const cost = 2 ** factor;
  return new Promise((resolve, reject) => {
    const options = { cost, blockSize: 8, parallelization: 1, maxmem: cost * 1024 + 64 * 1024 * 1024 };
    scrypt(passphrase.reveal(), Buffer.concat([Buffer.from(label), salt]), 32, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
