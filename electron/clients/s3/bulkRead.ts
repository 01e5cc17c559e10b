import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';
import { AppError } from '../../../shared/rpc/errors.ts';
import { trustOnly } from '../../platform/tlsClient.ts';
import { networkError } from '../../platform/tlsErrors.ts';
import { type Answer, createAnswer, type Sink, type Wanted } from './bulkAnswer.ts';

export interface BulkRequest extends Wanted {
  url: URL;
  headers: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
}

export interface BulkReader {
  /**
   * True: all bytes are in the sink. False: the server answered otherwise, or not at all; nothing was read, and the usual way of
   * asking tells why. Throws as `AppError` what breaks a body, and what `begin` and the sink throw.
   */
  read(request: BulkRequest, sink: Sink): Promise<boolean>;
  close(): void;
}

/** A connection, with the answer that is under way on it. */
interface Line {
  socket: Socket;
  answer?: Answer | undefined;
  fail?: ((error: unknown) => void) | undefined;
}

const silenceMs = 60_000;
const nowhere = Buffer.alloc(1024);

/**
 * Large bodies, on connections of their own that are kept. The bytes go from the TLS library right into the reader's memory:
 * through streams and a whole parser of HTTP they took three times as much of a processor.
 */
export function createBulkReader(base: string, ca: readonly string[]): BulkReader {
  const { protocol, hostname, port, host } = new URL(base);
  const secure = protocol === 'https:';
  const address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (secure ? 443 : 80) };
  const idle: Line[] = [];
  const sockets = new Set<Socket>();
  let context: SecureContext | undefined;
  let closed = false;

  function open(): Line {
    const line: Partial<Line> = {};
    const onread = {
      // Never empty: Node would turn round for ever.
      buffer: (): Uint8Array => (line.answer && !line.answer.complete ? line.answer.room() : nowhere),
      callback(bytes: number, buffer: Uint8Array): boolean {
        // Node asks for the next room right behind each read, and before the first: an answer's first bytes may come elsewhere.
        let more = true;
        for (let at = 0; at < bytes; ) {
          if (!line.answer || line.answer.complete) {
            // Nobody asked for these.
            line.socket?.destroy();
            return false;
          }
          const taken = buffer === nowhere ? nowhere.copy(line.answer.room(), 0, at, bytes) : bytes;
          at += taken;
          more = line.answer.took(taken);
        }
        return more;
      },
    };
    const socket = secure ? connectTls({ ...address, ...tlsOptions(), ...{ onread } }) : connectPlain({ ...address, onread });
    const end = (error?: Error): void => {
      sockets.delete(socket);
      socket.destroy();
      // A server may close behind its last byte, while that is still being written.
      if (!line.answer?.complete) line.fail?.(error ?? Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    };
    socket
      .on('error', end)
      .on('end', end)
      .on('close', () => end());
    socket.on('timeout', () => {
      if (!line.answer?.waits) end(Object.assign(new Error('silence'), { code: 'UND_ERR_BODY_TIMEOUT' }));
    });
    sockets.add(socket);
    return Object.assign(line, { socket });
  }

  function tlsOptions() {
    const { timeout: _, ...trust } = trustOnly(ca);
    context ??= createSecureContext(trust);
    return { secureContext: context, ALPNProtocols: ['http/1.1'], ...(isIP(address.host) ? {} : { servername: address.host }) };
  }

  function keptLine(): Line | undefined {
    for (let line = idle.pop(); line; line = idle.pop()) if (!line.socket.destroyed) return line;
    return undefined;
  }

  return {
    read(request, sink) {
      const { signal } = request;
      if (closed || signal?.aborted) return Promise.reject(new AppError('cancelled'));
      const line = keptLine() ?? open();
      const { socket } = line;
      return new Promise<boolean>((resolve, reject) => {
        const end = (keep: boolean): void => {
          line.answer = undefined;
          line.fail = undefined;
          signal?.removeEventListener('abort', onAbort);
          socket.setTimeout(0);
          if (keep && !closed) idle.push(line);
          else socket.destroy();
        };
        const broken = (error: unknown): void => {
          const { begun = false } = line.answer ?? {};
          end(false);
          if (closed || signal?.aborted) reject(new AppError('cancelled'));
          else if (begun) reject(networkError(error, host) ?? error);
          else resolve(false);
        };
        const onAbort = (): void => broken(new AppError('cancelled'));
        line.fail = broken;
        line.answer = createAnswer(request, sink, {
          goOn: () => socket.resume(),
          whole() {
            end(true);
            resolve(true);
          },
          other() {
            end(false);
            resolve(false);
          },
          broken,
        });
        signal?.addEventListener('abort', onAbort, { once: true });
        socket.setTimeout(silenceMs);
        const { pathname, search } = request.url;
        const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.write(`GET ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\n${lines.join('')}\r\n`, 'latin1');
      });
    },
    close() {
      closed = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}
