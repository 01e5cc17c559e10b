import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';

/**
 * A typed share as base64 for the server: hexadecimal, base64 or URL-safe base64, with blanks around it. `count` is n of
 * seal-status: a share of several has 33 bytes, the only one of 1 has 32 (vault.md 2.1). Throws what can be told at once.
 */
export function normalisedShare(typed: Secret, count: number): Secret {
  const text = typed.reveal().replace(/\s+/g, '');
  if (text.includes('BEGINPGPMESSAGE')) throw new AppError('vaultShareEncrypted');
  if (text.includes('BEGINAGEENCRYPTEDFILE')) throw new AppError('vaultShareIsFile');
  const bytes = decoded(text);
  if (bytes === undefined) throw new AppError('vaultShareEncoding');
  const expected = count === 1 ? 32 : 33;
  if (bytes.length > 33 && ((bytes[0] ?? 0) & 0x80) !== 0) throw new AppError('vaultShareEncrypted');
  if (bytes.length !== expected) throw new AppError('vaultShareLength', { bytes: bytes.length, expected });
  return new Secret(bytes.toString('base64'));
}

function decoded(text: string): Buffer | undefined {
  // The server tries hexadecimal first, too.
  if (/^(?:[0-9a-fA-F]{2})+$/.test(text)) return Buffer.from(text, 'hex');
  const standard = text.replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, '');
  if (!/^[A-Za-z0-9+/]+$/.test(standard) || standard.length % 4 === 1) return undefined;
  return Buffer.from(standard, 'base64');
}
