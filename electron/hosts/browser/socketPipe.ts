import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Pipe } from '../../../shared/rpc/frames.ts';

const firstFrame = z.strictObject({ bearer: z.string().max(200) });
const bearerWithinMs = 2000;
const maxFrameBytes = 4 * 1024 * 1024;
const maxWaitingBytes = 64 * 1024 * 1024;
const maxStrangers = 32;

const closeCodes = { bearerRefused: 4401, tooSlow: 4408, engineEnds: 1001, notUnderstood: 1003 } as const;

/** Takes upgrades whose first frame carries a bearer within two seconds; nothing is served or sent before it. */
export function acceptWindows(options: { check(bearer: string): boolean; onWindow(pipe: Pipe): void }) {
  const server = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false, clientTracking: true });
  // In the order of their coming.
  const strangers = new Set<WebSocket>();

  function greet(socket: WebSocket): void {
    // Whoever is right says so within milliseconds: in a crowd the one that has been silent longest goes, not the one that comes.
    const [oldest] = strangers;
    if (strangers.size >= maxStrangers) oldest?.terminate();
    strangers.add(socket);
    const known = (): void => {
      strangers.delete(socket);
      clearTimeout(timer);
      socket.off('message', onFirst);
      socket.off('close', known);
    };
    const timer = setTimeout(() => socket.close(closeCodes.tooSlow), bearerWithinMs);
    const onFirst = (data: RawData, binary: boolean): void => {
      const frame = firstFrame.safeParse(binary ? undefined : parse(data));
      known();
      if (frame.success && options.check(frame.data.bearer)) options.onWindow(socketPipe(socket));
      else socket.close(closeCodes.bearerRefused);
    };
    socket.on('message', onFirst);
    socket.on('close', known);
    socket.on('error', () => socket.terminate());
  }

  return {
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      server.handleUpgrade(request, socket, head, greet);
    },
    close(): void {
      for (const client of server.clients) {
        client.close(closeCodes.engineEnds);
        setTimeout(() => client.terminate(), 500).unref();
      }
      server.close();
    },
  };
}

function socketPipe(socket: WebSocket): Pipe {
  return {
    send(frame) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > maxWaitingBytes) socket.terminate();
      else socket.send(JSON.stringify(frame));
    },
    onFrame: (listener) =>
      socket.on('message', (data, binary) => {
        const frame = binary ? undefined : parse(data);
        if (frame === undefined) socket.close(closeCodes.notUnderstood);
        else listener(frame);
      }),
    onClose: (listener) => socket.on('close', () => listener()),
    close: () => socket.close(),
  };
}

function parse(data: RawData): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}
