import { createCipheriv, createHash, createPrivateKey, createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import type { KeyProtection } from '../../../../shared/certificateFiles.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import { reasonOf } from '../../../platform/atomicFile.ts';
import { requireEffort } from './pkcs12Key.ts';

// No dashes within a block: else each beginning without an end would be followed through the whole text.
const block = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----((?:[^-]|-(?!----))*)-----END \1-----/;

/** How a PEM text protects the private key in it; undefined: there is none. */
export function protectionOf(pem: string): KeyProtection | undefined {
  const [, label, body = ''] = block.exec(pem) ?? [];
  if (label === undefined) return undefined;
  if (label === 'ENCRYPTED PRIVATE KEY') return 'pkcs8';
  return /^Proc-Type: *4, *ENCRYPTED/m.test(body) ? 'rfc1423' : 'none';
}

/**
 * The private key of a PEM text, or of PKCS#8 DER. Throws `certificateKeyPassword` (there is one and none was given, or
 * the wrong one) and `certificateKeyUnreadable`.
 */
export function openKey(content: string | Buffer, password: Secret | undefined, file: string): KeyObject {
  const protection = typeof content === 'string' ? protectionOf(content) : undefined;
  const encrypted = protection === 'pkcs8' || protection === 'rfc1423';
  if (encrypted && !password) throw new AppError('certificateKeyLocked', { file });
  try {
    if (typeof content !== 'string') requireEffort(content);
    else if (protection === 'pkcs8') requireEffort(Buffer.from(block.exec(content)?.[2] ?? '', 'base64'));
  } catch (error) {
    throw new AppError('certificateKeyUnreadable', { file, reason: reasonOf(error).slice(0, 200) }, { cause: error });
  }
  try {
    const passphrase = password?.reveal() ?? '';
    if (typeof content !== 'string') return openDer(content, passphrase);
    const [pem = ''] = block.exec(content) ?? [];
    return createPrivateKey({ key: pem, passphrase });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    // An encrypted key that does not open says one of several things; only its password can be the cause.
    const wrong = encrypted || /BAD_DECRYPT|BAD_PASSWORD|MISSING_PASSPHRASE|CIPHERFINAL/.test(code);
    if (wrong) throw new AppError(password ? 'certificatePasswordWrong' : 'certificateKeyLocked', { file }, { cause: error });
    throw new AppError('certificateKeyUnreadable', { file, reason: reasonOf(error) }, { cause: error });
  }
}

/** PKCS#8, PKCS#1 and SEC1 look alike from outside: whichever reads. */
function openDer(key: Buffer, passphrase: string): KeyObject {
  let first: unknown;
  for (const type of ['pkcs8', 'sec1', 'pkcs1'] as const) {
    try {
      return createPrivateKey({ key, format: 'der', type, passphrase });
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

/**
 * A key as PEM. `pkcs8`: PBES2 with AES-256-CBC, which OpenSSL, Node and Java open and no Go server does. `rfc1423`: the only form
 * that KES and MinIO decrypt (kes.md 3.3); its key comes from one round of MD5, so it is as strong as the passphrase.
 */
export function keyPem(key: KeyObject, protection: KeyProtection, passphrase?: Secret): Secret {
  if (protection === 'none') return new Secret(key.export({ type: 'pkcs8', format: 'pem' }).toString());
  const word = passphrase?.reveal() ?? '';
  if (protection === 'pkcs8')
    return new Secret(key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: word }).toString());
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', bytesToKey(Buffer.from(word), iv.subarray(0, 8), 32), iv);
  const sealed = Buffer.concat([cipher.update(key.export({ type: 'pkcs8', format: 'der' })), cipher.final()]);
  const head = `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,${iv.toString('hex').toUpperCase()}\n\n`;
  return new Secret(`-----BEGIN PRIVATE KEY-----\n${head}${lines(sealed)}\n-----END PRIVATE KEY-----\n`);
}

/** OpenSSL's EVP_BytesToKey with MD5 and one round, which RFC 1423 keys are bound to. */
function bytesToKey(password: Buffer, salt: Buffer, length: number): Buffer {
  let key = Buffer.alloc(0);
  let last = Buffer.alloc(0);
  while (key.length < length) {
    last = createHash('md5').update(last).update(password).update(salt).digest();
    key = Buffer.concat([key, last]);
  }
  return key.subarray(0, length);
}

/** SHA-256 of the public key: what a certificate of it has as its KES identity. */
export function identityOfKey(key: KeyObject): string {
  const spki = (key.type === 'public' ? key : createPublicKey(key)).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex');
}

export function pemBlock(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${lines(der)}\n-----END ${label}-----\n`;
}

function lines(der: Buffer): string {
  return (der.toString('base64').match(/.{1,64}/g) ?? []).join('\n');
}
