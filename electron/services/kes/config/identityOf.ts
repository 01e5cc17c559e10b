import { createHash, X509Certificate } from 'node:crypto';
import type { Secret } from '../../../../shared/secret.ts';
import { keyOfApiKey } from '../../../clients/kes/apiKey.ts';

/** The identity behind a hash, a certificate (PEM) or an API key, as KES computes it. Undefined: none of them. */
export function identityOf(given: Secret): string | undefined {
  const text = given.reveal().trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  if (text.startsWith('kes:v1:')) return keyOfApiKey(given)?.hash;
  try {
    const spki = new X509Certificate(text).publicKey.export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(spki).digest('hex');
  } catch {
    return undefined;
  }
}
