import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeyStoreKind, otherKeyStoreKind } from '../../../../shared/keyStores.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { createKesClient } from '../../../clients/kes/client.ts';
import { identityFor, kesAddress } from '../../../clients/kes/forStack.ts';
import { pause } from '../../../jobs/pause.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { startKept } from '../../../platform/keptChild.ts';
import { freePort, portAnswers } from '../../../platform/ports.ts';
import { deathOf } from '../death.ts';
import { environmentOf } from '../kesValues.ts';

const waitMs = 30_000;

export interface Tried {
  /** With its secrets. */
  text: string;
  kind: KeyStoreKind | undefined;
  /** That MinIO takes where none is named. */
  key: string | undefined;
}

/**
 * Starts a second KES with a configuration, on a port of its own, and asks it for the key store: what ends it would have ended the
 * real one. It leaves no file and no process behind, also when the engine is killed. Throws what KES died of, or `kesConfigNoStore`.
 */
export async function tryConfig(access: StackAccess, { text, kind, key }: Tried, signal: AbortSignal): Promise<'tried' | 'notHere'> {
  // Only a Unix shell ends the second server with the engine.
  if (process.platform === 'win32') return 'notHere';
  const { folder, servers } = access;
  const name = `kes/try-${randomBytes(4).toString('hex')}`;
  const port = await freePort();
  const binary = await servers.binary('kes');
  const command = [binary, 'server', '--config', folder.path(`${name}/kes.yaml`), '--addr', `127.0.0.1:${port}`];
  const log = 'kes.log';
  // Paths of the file are relative to the folder that the real one runs in.
  const within = ['-c', 'cd "$1" && shift && exec "$@"', 'sh', folder.path('.'), ...command];
  // Secrets stand in it: nothing may fail between it and the process that removes it.
  await folder.makeFolder(name, 0o700);
  await folder.write(`${name}/kes.yaml`, text, 0o600);
  const child = await startKept({ folder: folder.path(name), binary: '/bin/sh', args: within, env: environmentOf(access), log });
  try {
    await waitForListen(join(folder.path(name), log), port, kind, signal);
    await askKeyStore(access, port, key);
    return 'tried';
  } finally {
    await child.end();
  }
}

/** It logs in to its key store before it listens. */
async function waitForListen(log: string, port: number, kind: KeyStoreKind | undefined, signal: AbortSignal): Promise<void> {
  const other = otherKeyStoreKind.safeParse(kind);
  const end = Date.now() + waitMs;
  for (;;) {
    const printed = (await readFile(log, 'utf8').catch(() => '')).split('\n');
    const death = deathOf(printed, other.data);
    if (death) throw death;
    // A crash of Go has no line of its own.
    const panic = printed.find((line) => line.startsWith('panic:'));
    if (panic !== undefined) throw new AppError('kesDied', { reason: panic.slice(0, 200) });
    if (await portAnswers('127.0.0.1', port)) return;
    if (Date.now() > end) throw new AppError('kesSilent', { url: `127.0.0.1:${port}`, seconds: waitMs / 1000 });
    await pause(100, signal);
  }
}

/** Ready and status are green with dead credentials (kes.md trap 20): only a key that is in no cache makes it ask. */
async function askKeyStore(access: StackAccess, port: number, key: string | undefined): Promise<void> {
  const { ca } = await kesAddress(access);
  for (const who of ['operator', 'minio'] as const) {
    const held = await identityFor(access, who);
    if (held === undefined) continue;
    const kes = createKesClient({ url: `https://127.0.0.1:${port}`, ca, ...held });
    try {
      await kes.describeKey(`zz-sealdeck-probe-${randomBytes(4).toString('hex')}`);
    } catch (error) {
      // Refused by its rules, or a certificate that does not name this address: then the check afterwards has to tell.
      if (!isAppError(error) || error.code === 'kesKeyStore' || error.code === 'kesKeyStoreUnreachable') throw error;
    }
    try {
      if (key !== undefined && who === 'minio') await kes.generate(key);
    } catch (error) {
      if (isAppError(error, 'kesKeyStore')) throw error;
      if (isAppError(error, 'kesKeyNotFound')) throw new AppError('kesConfigNoKey', { name: key ?? '-' });
      if (!isAppError(error)) throw error;
    } finally {
      await kes.close();
    }
  }
}
