import { redact } from '../../../shared/redact.ts';
import { AppError } from '../../../shared/rpc/errors.ts';

/** An answer as it came: nothing thrown for refusals, so that a proof can look at a 403. */
export interface VaultAnswer {
  status: number;
  /** Parsed JSON, or `undefined` when the body is empty or not JSON. */
  json: unknown;
  text: string;
}

/** The sentences of `{"errors": [...]}`, without the frame that Vault puts around several errors. */
export function errorsOf(answer: VaultAnswer): string[] {
  const listed = typeof answer.json === 'object' && answer.json !== null && 'errors' in answer.json ? answer.json.errors : undefined;
  if (Array.isArray(listed)) return listed.map((entry) => unframe(String(entry)));
  return answer.json === undefined && answer.text !== '' ? [answer.text.slice(0, 300)] : [];
}

function unframe(message: string): string {
  return message
    .replace(/^\d+ errors? occurred:\s*/, '')
    .split(/\s*\n\s*\*?\s*/)
    .map((line) => line.replace(/^\*\s*/, '').trim())
    .filter((line) => line !== '')
    .join('; ');
}

/** A refusal as the error that people read. Fragments, not sentences, are compared: wording differs by version (vault.md 1.1, 2.3). */
export function refusal(answer: VaultAnswer, host: string, path: string): AppError {
  const text = redact(errorsOf(answer).join('; ')).slice(0, 500);
  const has = (...fragments: string[]): boolean => fragments.some((fragment) => text.toLowerCase().includes(fragment));
  if (has('vault is sealed')) return new AppError('vaultSealed', { host });
  if (has('already initialized')) return new AppError('vaultAlreadyInitialised', { host });
  if (has('vault is not initialized')) return new AppError('vaultNotInitialised', { host });
  if (has('standby mode', 'node not active', 'active cluster node not found', 'node is not active'))
    return new AppError('vaultStandby', { host });
  if (/(^|\/)auth\/.+\/login(\/|$)/.test(path)) {
    if (answer.status === 403) return new AppError('vaultLoginLocked', { host, path });
    if (answer.status === 400) return new AppError('vaultLoginRefused', { host, path, reason: text });
  }
  if (answer.status === 403) return new AppError('vaultPermissionDenied', { host, path });
  return new AppError('vaultAnswer', { host, path, status: answer.status, text: text === '' ? '-' : text });
}
