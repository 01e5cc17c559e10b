import { AppError } from '../../../shared/rpc/errors.ts';
import { refusedPort } from '../../platform/ports.ts';

/**
 * Why KES ended, from the last lines of its log. It logs in to Vault before it listens, so most deaths are Vault's answer
 * (kes.md 5.3). Only what follows the last `Error:` counts: the log also holds earlier runs.
 */
export function deathOf(lines: readonly string[]): AppError | undefined {
  const at = lines.findLastIndex((line) => /^\s*Error:/.test(line));
  if (at < 0) return undefined;
  const text = lines.slice(at).join(' ').replace(/\s+/g, ' ').trim();
  const port = refusedPort(text);
  if (port !== undefined) return new AppError('portInUse', { kind: 'kes', port });
  const reason = text.replace(/^Error:\s*/, '').slice(0, 300);
  if (/Vault is sealed|vault: key store is sealed/i.test(text)) return new AppError('kesVaultSealed');
  if (/invalid (?:role or )?secret[ _]id|invalid role[ _]id|no approle (?:ID|secret) specified/i.test(text))
    return new AppError('kesVaultRefused');
  if (/\/login\b/.test(text) && /Code: 403/.test(text)) return new AppError('kesVaultLockedOut');
  if (/x509:|certificate/i.test(text) && /\/login\b|vault/i.test(text)) return new AppError('kesVaultTrust', { reason });
  if (/connection refused|no such host|i\/o timeout|connectex|HTTP request to an HTTPS server/i.test(text))
    return new AppError('kesVaultUnreachable', { reason });
  return new AppError('kesDied', { reason });
}
