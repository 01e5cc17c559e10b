import { createHash } from 'node:crypto';
import type { KeyHop, KeyOpens } from '../../../../shared/kesKeys.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { KesClient } from '../../../clients/kes/client.ts';
import type { KeptTest } from './keptTests.ts';

/** An answer, and a ciphertext to keep where there was none. */
export interface Tried {
  opens: KeyOpens;
  fresh?: KeptTest;
}

/**
 * Whether a key opens now. A ciphertext that was kept tells more than a fresh one: a key that was made again under the same name
 * opens whatever it sealed itself, and nothing older (kes.md 6, row 29).
 */
export async function tryKey(kes: KesClient, name: string, kept: KeptTest | undefined): Promise<Tried> {
  const started = performance.now();
  const at = new Date().toISOString();
  const done = (): { ms: number; at: string } => ({ ms: Math.round((performance.now() - started) * 10) / 10, at });
  try {
    if (kept !== undefined) {
      const opened = await kes.decrypt(name, kept.ciphertext);
      if (sha256(opened.reveal()) !== kept.sha256) throw new AppError('kesRoundTrip', { name });
      return { opens: { answer: 'yes', how: 'kept', since: kept.at, ...done() } };
    }
    const { ciphertext, plaintext } = await kes.generate(name);
    const opened = await kes.decrypt(name, ciphertext);
    if (opened.reveal() !== plaintext.reveal()) throw new AppError('kesRoundTrip', { name });
    return {
      opens: { answer: 'yes', how: 'roundTrip', ...done() },
      fresh: { ciphertext, sha256: sha256(plaintext.reveal()), at },
    };
  } catch (error) {
    if (!isAppError(error)) throw error;
    const known = kept === undefined ? {} : ({ how: 'kept', since: kept.at } as const);
    const answer = error.code === 'kesKeyNotFound' ? 'missing' : error.code === 'kesNotAuthentic' && kept !== undefined ? 'otherKey' : 'no';
    return { opens: { answer, ...known, ...done(), hop: hopOf(error.code), error: error.frame } };
  }
}

/** Where on the way to a key something stopped, by the error that came of it. */
export function hopOf(code: string): KeyHop {
  if (code === 'networkName') return 'name';
  if (code.startsWith('network')) return 'tcp';
  if (/^(?:tlsIdentityRefused|kesNoIdentity|kesTwoIdentities|kesIdentityMissing)$/.test(code)) return 'identity';
  if (code.startsWith('tls')) return 'tls';
  if (code === 'kesNotAuthorised') return 'policy';
  if (code === 'kesKeyStore' || code === 'kesKeyStoreUnreachable') return 'keyStore';
  return 'key';
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
