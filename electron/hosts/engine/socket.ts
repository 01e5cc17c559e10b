import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, unlink } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import type { Pipe } from '../../../shared/rpc/frames.ts';
import { linePipe } from '../../platform/pipes.ts';
import { type ControlRequest, controlRequest, helloFrame, type Welcome } from './control.ts';

interface Options {
  path: string;
  welcome: Welcome;
  onClient(pipe: Pipe, host: 'cli' | 'desktop'): void;
  onControl(request: ControlRequest, pipe: Pipe): Promise<boolean>;
}

const helloWithinMs = 2000;

/**
 * The engine's door for this user's own processes: a socket in a private folder, 0600, and a key as second lock
 * (a named pipe on Windows has no mode). Only the holder of the engine lock may call this: an old socket is removed.
 */
export async function listenForClients({ path, welcome, onClient, onControl }: Options): Promise<{ key: string; close(): Promise<void> }> {
  const key = randomBytes(24).toString('base64url');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    const pipe = linePipe(socket);
    const timer = setTimeout(() => socket.destroy(), helloWithinMs);
    socket.on('close', () => clearTimeout(timer));
    const listeners = new Set<(frame: unknown) => void>();
    const contract: Pipe = { ...pipe, onFrame: (listener) => listeners.add(listener) };
    let greeted = false;
    pipe.onFrame((frame) => {
      if (!greeted) {
        const hello = helloFrame.safeParse(frame);
        if (!hello.success || !sameText(hello.data.key, key)) return socket.destroy();
        greeted = true;
        clearTimeout(timer);
        pipe.send({ welcome });
        return onClient(contract, hello.data.hello);
      }
      const request = controlRequest.safeParse(frame);
      if (!request.success) for (const listener of listeners) listener(frame);
      else
        void onControl(request.data, contract)
          // A window that could not be served was not opened; nothing may end the engine from here.
          .catch(() => false)
          .then((yes) => pipe.send({ controlled: request.data.id, yes }));
    });
  });
  if (process.platform !== 'win32') await unlink(path).catch(() => undefined);
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(path, done);
  });
  if (process.platform !== 'win32') await chmod(path, 0o600);
  return {
    key,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.end();
        setTimeout(() => {
          for (const socket of sockets) socket.destroy();
        }, 500).unref();
      }),
  };
}

/** Compares in constant time, whatever the lengths. */
function sameText(one: string, other: string): boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(one), digest(other));
}
