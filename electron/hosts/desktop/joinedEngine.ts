import { request } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../shared/rpc/errors.ts';
import { createClient } from '../../rpc/client.ts';
import { findEngine } from '../engine/attach.ts';
import type { Transfers } from './appScheme.ts';

/** Files for an engine in another process: frames go through its socket, bytes through its loopback host, with a bearer as any window. */
export function joinedTransfers(dataFolder: string): Transfers {
  let session: Promise<{ base: URL; bearer: string }> | undefined;

  async function open(): Promise<{ base: URL; bearer: string }> {
    const engine = await findEngine(dataFolder, 'desktop');
    if (!engine) throw new AppError('connectionLost');
    const client = createClient(engine.pipe);
    try {
      const address = new URL((await client.call('app.open', {})).url);
      const base = new URL(address.origin);
      const answer = await fetch(new URL('/session', base), {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: base.origin },
        body: JSON.stringify({ token: address.hash.replace('#token=', '') }),
      });
      const { bearer } = (await answer.json()) as { bearer?: string };
      if (!bearer) throw new AppError('connectionLost');
      return { base, bearer };
    } finally {
      client.close();
    }
  }

  return {
    async receive(token, bytes) {
      session ??= open();
      const { base, bearer } = await session.catch((error: unknown) => {
        session = undefined;
        throw error;
      });
      const status = await put(new URL(`/upload/${token}`, base), { authorization: `Bearer ${bearer}`, origin: base.origin }, bytes);
      if (status === 401) session = undefined;
      if (status === 404) throw new AppError('fileTokenUnknown');
      if (status !== 204) throw new AppError('uploadStopped', { name: token.slice(0, 6) });
    },
    async take(ticket) {
      session ??= open();
      const { base } = await session;
      const answer = await fetch(new URL(`/download/${ticket}`, base));
      if (!answer.ok) return undefined;
      const name = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? 'download';
      const type = answer.headers.get('content-type') ?? 'application/octet-stream';
      return { name: decodeURIComponent(name), type, content: new Uint8Array(await answer.arrayBuffer()) };
    },
  };
}

async function put(url: URL, headers: Record<string, string>, bytes: Readable): Promise<number> {
  const sent = request(url, { method: 'PUT', headers });
  const answered = new Promise<number>((done, failed) => {
    sent.on('response', (answer) => {
      answer.resume();
      done(answer.statusCode ?? 0);
    });
    sent.on('error', failed);
  });
  const [status] = await Promise.all([answered, pipeline(bytes, sent).catch(() => undefined)]);
  return status;
}
