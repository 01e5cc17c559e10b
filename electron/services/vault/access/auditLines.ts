import { open, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { redact } from '../../../../shared/redact.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { wayOf } from '../../../../shared/servers.ts';
import type { VaultAuditLine } from '../../../../shared/vaultAccess.ts';
import { readOperator, withVault } from '../../../clients/vault/forStack.ts';
import type { StackAccess } from '../../../jobs/step.ts';

/** As much of the file's end as is read for its last lines. */
const tailBytes = 512 * 1024;

const line = z.looseObject({
  time: z.string(),
  type: z.enum(['request', 'response']),
  auth: z
    .looseObject({
      display_name: z.string().optional(),
      policies: z.array(z.string()).nullish(),
      metadata: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
  request: z.looseObject({ operation: z.string().default(''), path: z.string().default(''), remote_address: z.string().default('') }),
  error: z.string().optional(),
});

/** What a device of this machine wrote last, newest first. Vault puts HMACs in place of values before it writes. Throws `vaultAuditNoFile`. */
export async function readAuditLines(access: StackAccess, name: string, count: number) {
  const device = (await withVault(access, (client) => client.auditDevices()))[`${name}/`];
  const file = device?.options?.file_path;
  if (device?.type !== 'file' || file === undefined || !file.startsWith('/') || wayOf(access.stack, 'vault') !== 'here')
    throw new AppError('vaultAuditNoFile', { name });
  const { text, bytes } = await tailOf(file, name);
  const operator = readOperator(access);
  const own = operator === undefined ? 'root' : `${operator.auth}-${operator.name}`;
  const lines = text
    .split('\n')
    .reverse()
    .flatMap((raw) => auditLineOf(raw, own) ?? [])
    .slice(0, count);
  return { lines, bytes, freeBytes: await freeBytesOf(dirname(file)), at: new Date().toISOString() };
}

/** One line, or undefined for half a line and what is none. `own`: the display name of Sealdeck's login. Pure. */
export function auditLineOf(raw: string, own: string): VaultAuditLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return undefined;
  }
  const parsed = line.safeParse(value);
  if (!parsed.success) return undefined;
  const { time, type, auth, request, error } = parsed.data;
  const role = auth?.metadata?.role_name;
  return {
    at: time,
    kind: type,
    operation: request.operation,
    path: redact(request.path),
    who: typeof role === 'string' ? role : (auth?.display_name ?? ''),
    policies: auth?.policies ?? [],
    from: request.remote_address,
    own: auth?.display_name === own,
    ...(error === undefined || error === '' ? {} : { error: redact(error).slice(0, 300) }),
  };
}

async function tailOf(file: string, name: string): Promise<{ text: string; bytes: number }> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const length = Math.min(size, tailBytes);
      const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(length), position: size - length, length });
      return { text: buffer.subarray(0, bytesRead).toString('utf8'), bytes: size };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isAppError(error)) throw error;
    throw new AppError('vaultAuditNoFile', { name });
  }
}

/** Undefined where the folder cannot be asked. */
export async function freeBytesOf(folder: string): Promise<number> {
  const there = await stat(folder).then(
    () => folder,
    () => dirname(folder),
  );
  const { bavail, bsize } = await statfs(there);
  return bavail * bsize;
}
