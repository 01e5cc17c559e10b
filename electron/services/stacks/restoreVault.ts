import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import type { KeyStore } from '../../../shared/stacks.ts';
import { askBySocket, forceSnapshot } from '../../clients/vault/snapshot.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import { makeFolder } from '../../platform/makeFolder.ts';
import { freePort } from '../../platform/ports.ts';

const init = z.object({ keys_base64: z.array(z.string()).min(1), root_token: z.string() });
/**
 * What both products log when the data is in place. Their answer comes before that, and asking for the seal status
 * meanwhile makes them remember the old one for good (seen on OpenBao 2.7.2 and Vault 1.21.0).
 */
const inPlace = 'restored user snapshot';
/** Ends the server when the engine goes, however it goes: then this pipe closes. */
const guard = '"$0" "$@" </dev/null & pid=$!; read -r _; kill "$pid" 2>/dev/null; wait "$pid"';

interface Wish {
  binary: string;
  store: Pick<KeyStore, 'product' | 'nodes'>;
  /** Folder that becomes the server's data; empty. */
  data: string;
  snapshot: string;
  certificate: string;
  key: string;
}

/**
 * Makes raft data of a snapshot: a server of the same product is started for a moment, initialised with a share that is
 * thrown away, and given the snapshot by force. Afterwards the shares and tokens of the Vault that was saved count. It is
 * asked by a socket file, so its short-lived root token is on no network. Throws `restoreVaultFailed`.
 */
export async function dataFromSnapshot(wish: Wish, signal: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sealdeck-r-'));
  const socket = join(folder, 's');
  let lines = '';
  try {
    await makeFolder(wish.data, 0o700);
    const config = join(folder, 'restore.hcl');
    await writeFile(config, await configOf(wish, socket), { mode: 0o600 });
    const child = spawn('/bin/sh', ['-c', guard, wish.binary, 'server', `-config=${config}`], { stdio: ['pipe', 'pipe', 'pipe'] });
    const gone = new AbortController();
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve())).then(() => gone.abort(new Error('it ended')));
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (lines = `${lines}${text}`.slice(-20_000)));
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    try {
      await fill(socket, wish.snapshot, () => lines, AbortSignal.any([signal, gone.signal]));
    } finally {
      child.stdin.end();
      await Promise.race([ended, wait(15_000)]);
    }
  } catch (error) {
    if (signal.aborted) throw new AppError('cancelled');
    throw new AppError(
      'restoreVaultFailed',
      { reason: error instanceof AppError ? error.code : reasonOf(error), lines: lines.slice(-600) },
      { cause: error },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(socket: string, snapshot: string, lines: () => string, signal: AbortSignal): Promise<void> {
  await until(async () => (await ask(socket, 'GET', 'sys/seal-status')).status === 200, 'it did not start', signal);
  const made = init.parse(JSON.parse((await ask(socket, 'PUT', 'sys/init', { secret_shares: 1, secret_threshold: 1 })).text));
  await ask(socket, 'PUT', 'sys/unseal', { key: made.keys_base64[0] });
  // Even a single node is a standby for a moment (vault.md, trap 13).
  await until(async () => (await ask(socket, 'GET', 'sys/health')).status === 200, 'it did not take the lead', signal);
  await forceSnapshot(socket, snapshot, new Secret(made.root_token));
  await until(async () => lines().includes(inPlace), 'it did not take the snapshot', signal);
}

const ask = (socket: string, method: string, path: string, body?: unknown) => askBySocket(socket, method, path, body);

async function until(holds: () => Promise<boolean>, reason: string, signal: AbortSignal): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    signal.throwIfAborted();
    if (await holds().catch(() => false)) return;
    await wait(100);
  }
  throw new Error(reason);
}

/** Raft needs an address for its cluster, which only a TCP listener has; nobody is served there. */
async function configOf({ store, data, certificate, key }: Wish, socket: string): Promise<string> {
  const port = await freePort();
  let cluster = await freePort();
  // The system may give the same one twice.
  while (cluster === port) cluster = await freePort();
  const quoted = (text: string): string => JSON.stringify(text);
  const block = (head: string, settings: Record<string, string | number | boolean>): string =>
    `${head} {\n${Object.entries(settings)
      .map(([name, value]) => `  ${name} = ${typeof value === 'string' ? quoted(value) : value}\n`)
      .join('')}}\n`;
  return [
    block('storage "raft"', { path: data, node_id: store.nodes[0]?.id ?? 'vault-1', performance_multiplier: 1 }),
    block('listener "unix"', { address: socket, socket_mode: '0600' }),
    block('listener "tcp"', {
      address: `127.0.0.1:${port}`,
      cluster_address: `127.0.0.1:${cluster}`,
      tls_cert_file: certificate,
      tls_key_file: key,
    }),
    `api_addr = ${quoted(`https://127.0.0.1:${port}`)}\ncluster_addr = ${quoted(`https://127.0.0.1:${cluster}`)}\n`,
    store.product === 'openbao' ? '' : 'disable_mlock = true\n',
  ].join('');
}
