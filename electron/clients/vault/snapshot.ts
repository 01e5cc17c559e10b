import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { createTlsClient } from '../../platform/tlsClient.ts';
import { trustOf } from '../trust.ts';
import { keyStoreOf, vaultFor, withVault } from './forStack.ts';

const path = 'sys/storage/raft/snapshot';
const capabilities = z.looseObject({ data: z.record(z.string(), z.unknown()) });

/** Whether a token may take a snapshot of raft storage. Other storages have none. */
export async function maySnapshot(access: StackAccess, token: Secret): Promise<boolean> {
  if (keyStoreOf(access).storage !== 'raft') return false;
  const answer = await withVault(access, (client) => client.attempt('POST', 'sys/capabilities-self', { body: { paths: [path] } }), token);
  const found = answer.status === 200 ? capabilities.safeParse(answer.json) : undefined;
  const rights = found?.success ? found.data.data[path] : undefined;
  return Array.isArray(rights) && rights.some((right) => right === 'read' || right === 'root');
}

/** Streams a snapshot (gzip tar, sealed by Vault's own barrier) into a file, 0600 (vault.md 1.12). Throws `vaultAnswer`. */
export async function saveSnapshot(access: StackAccess, token: Secret, file: string, signal: AbortSignal): Promise<void> {
  const { ca } = keyStoreOf(access);
  // A follower would point at the leader, whose own address may be another one than ours.
  const lead = await vaultFor(access);
  const base = lead.url.replace(/\/+$/, '');
  await lead.close();
  const client = createTlsClient({ ca: await trustOf(access, ca), timeoutMs: 120_000 });
  try {
    const headers = { 'X-Vault-Request': 'true', 'X-Vault-Token': token.reveal() };
    const answer = await client.stream({ method: 'GET', url: `${base}/v1/${path}`, headers, signal });
    if (answer.status !== 200) {
      answer.body.destroy();
      throw new AppError('vaultAnswer', { host: new URL(base).host, path, status: answer.status, text: '' });
    }
    await pipeline(answer.body, createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal });
  } finally {
    await client.close();
  }
}

/** Asks a Vault that listens on a socket file, for the minute in which its data is put back. */
export function askBySocket(
  socket: string,
  method: string,
  call: string,
  body: unknown,
  token?: Secret,
): Promise<{ status: number; text: string }> {
  return send(socket, method, call, token, (request) => void (body === undefined ? request.end() : request.end(JSON.stringify(body))));
}

/** Puts a snapshot of another Vault back: afterwards the shares and tokens of that one count. Throws `vaultAnswer`. */
export async function forceSnapshot(socket: string, file: string, token: Secret): Promise<void> {
  const { size } = await stat(file);
  const answer = await send(
    socket,
    'POST',
    `${path}-force`,
    token,
    (request) => void pipeline(createReadStream(file), request).catch((error: Error) => request.destroy(error)),
    { 'Content-Length': String(size) },
  );
  if (answer.status !== 204)
    throw new AppError('vaultAnswer', { host: socket, path: `${path}-force`, status: answer.status, text: answer.text });
}

function send(
  socketPath: string,
  method: string,
  call: string,
  token: Secret | undefined,
  feed: (request: ReturnType<typeof httpRequest>) => void,
  more: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'X-Vault-Request': 'true', ...more, ...(token ? { 'X-Vault-Token': token.reveal() } : {}) };
    const request = httpRequest({ socketPath, method, path: `/v1/${call}`, headers, timeout: 120_000, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
    feed(request);
  });
}
