import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { Secret } from '../../../shared/secret.ts';

const header = 'kes:v1:';
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The Ed25519 key pair inside a KES API key: `kes:v1:` and the base64 of a type byte 0 and 32 bytes of seed (kes.md 3.2).
 * `key` is PKCS#8 PEM, `hash` the identity that KES computes. `undefined` for anything else.
 */
export function keyOfApiKey(apiKey: Secret): { key: Secret; hash: string } | undefined {
  const text = apiKey.reveal().trim();
  if (!/^kes:v1:[A-Za-z0-9+/]{44}$/.test(text)) return undefined;
  const bytes = Buffer.from(text.slice(header.length), 'base64');
  if (bytes.length !== 33 || bytes[0] !== 0) return undefined;
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Head, bytes.subarray(1)]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return {
    key: new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    hash: createHash('sha256').update(spki).digest('hex'),
  };
}
