import type { OtherKeyStoreKind } from '../../../shared/keyStores.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { keyStoreNames } from '../../../shared/servers.ts';
import { refusedPort } from '../../platform/ports.ts';

/**
 * Why KES ended, from the last lines of its log. It logs in to its key store before it listens, so most deaths are the key
 * store's answer (kes.md 5.3). Only what follows the last `Error:` counts: the log also holds earlier runs. `kind`: a key
 * store that is not Vault.
 */
export function deathOf(lines: readonly string[], kind?: OtherKeyStoreKind): AppError | undefined {
  const at = lines.findLastIndex((line) => /^\s*Error:/.test(line));
  if (at < 0) return undefined;
  const text = lines.slice(at).join(' ').replace(/\s+/g, ' ').trim();
  const port = refusedPort(text);
  if (port !== undefined) return new AppError('portInUse', { kind: 'kes', port });
  const reason = text.replace(/^Error:\s*/, '').slice(0, 300);
  if (kind !== undefined) return deathAt(kind, text, reason);
  if (/Vault is sealed|vault: key store is sealed/i.test(text)) return new AppError('kesVaultSealed');
  if (/invalid (?:role or )?secret[ _]id|invalid role[ _]id|no approle (?:ID|secret) specified/i.test(text))
    return new AppError('kesVaultRefused');
  if (/\/login\b/.test(text) && /Code: 403/.test(text)) return new AppError('kesVaultLockedOut');
  if (/x509:|certificate/i.test(text) && /\/login\b|vault/i.test(text)) return new AppError('kesVaultTrust', { reason });
  if (/connection refused|no such host|i\/o timeout|connectex|HTTP request to an HTTPS server/i.test(text))
    return new AppError('kesVaultUnreachable', { reason });
  return new AppError('kesDied', { reason });
}

const away =
  /connection refused|no such host|i\/o timeout|connectex|network is unreachable|server gave HTTP response|keystore unreachable/i;
/** What each key store says of credentials that it does not take, as KES v0.24.0 printed it. */
const refused = /\b40[013]\b|unauthori[sz]ed|forbidden|^keycontrol: |authentication failed|default credentials|private key/i;

function deathAt(kind: OtherKeyStoreKind, text: string, reason: string): AppError {
  const store = keyStoreNames[kind];
  if (/x509:|tls:|certificate/i.test(text) && kind !== 'fs') return new AppError('keyStoreTrust', { store, reason });
  if (away.test(text)) return new AppError('keyStoreAway', { store, reason });
  if (refused.test(reason)) return new AppError('keyStoreRefused', { store, reason });
  return new AppError('kesDied', { reason });
}

/** What KES wrote last of a call that its key store refused: outwards it says only that it could not (kes.md 2.4). */
export function refusalOf(lines: readonly string[]): string | undefined {
  const line = lines.findLast((one) => / level=ERROR msg=/.test(one));
  const [, quoted, bare] = / msg=(?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(line ?? '') ?? [];
  const text = quoted?.replace(/\\[nt]/g, ' ').replace(/\\(.)/g, '$1') ?? bare;
  return text?.slice(0, 300);
}
