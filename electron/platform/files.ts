import { randomBytes } from 'node:crypto';
import { PassThrough, Readable, Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { AppError, isAppError } from '../../shared/rpc/errors.ts';

export interface Announced {
  name: string;
  size: number;
  type?: string | undefined;
}
export interface OpenedFile extends Announced {
  stream: Readable;
}
export interface OfferedFile {
  name: string;
  type: string;
  content: Readable | Uint8Array | string;
  /** Bytes, where they are known: a browser shows how far it is, and takes nothing less for whole. */
  size?: number;
}

/** Files on their way between window and services, each for one use, without ever being kept. */
export interface FileStore {
  announce(file: Announced): { token: string; uploadPath: string };
  /** The host's end: bytes go straight to whoever opens the token, at that one's pace. Resolves when all was taken. */
  receive(token: string, bytes: Readable): Promise<void>;
  /** The service's end. The stream breaks with an `AppError` when the sender goes away or sends another size. */
  open(token: string, signal?: AbortSignal): Promise<OpenedFile>;
  /** A one-time download path, good for 30 seconds. */
  offer(file: OfferedFile): { downloadPath: string };
  /** Hands an offered file out, once. */
  take(ticket: string): OfferedFile | undefined;
  close(): void;
}

interface Waiting extends Announced {
  body: PassThrough;
  opened: boolean;
  sent: boolean;
  timer: NodeJS.Timeout;
}

const tenMinutes = 600_000;
const thirtySeconds = 30_000;

export function createFileStore({ announcedMs = tenMinutes, offeredMs = thirtySeconds } = {}): FileStore {
  const waiting = new Map<string, Waiting>();
  const offers = new Map<string, { file: OfferedFile; timer: NodeJS.Timeout }>();

  const drop = (token: string, error: AppError): void => {
    const file = waiting.get(token);
    if (!file) return;
    waiting.delete(token);
    clearTimeout(file.timer);
    file.body.destroy(error);
  };
  const find = (token: string): Waiting => {
    const file = waiting.get(token);
    if (!file) throw new AppError('fileTokenUnknown');
    return file;
  };

  /** Nobody took it: what it holds open is let go. */
  const withdraw = (ticket: string): void => {
    const offered = offers.get(ticket);
    offers.delete(ticket);
    clearTimeout(offered?.timer);
    if (offered?.file.content instanceof Readable) offered.file.content.destroy();
  };

  return {
    announce({ name, size, type }) {
      const token = randomBytes(24).toString('base64url');
      const body = new PassThrough();
      // The service that opens it hears of errors by its own means; before that nobody listens.
      body.on('error', () => undefined);
      const timer = setTimeout(() => drop(token, new AppError('fileTokenUnknown')), announcedMs);
      timer.unref();
      waiting.set(token, { name, size, type, body, timer, opened: false, sent: false });
      return { token, uploadPath: `/upload/${token}` };
    },

    async receive(token, bytes) {
      const file = find(token);
      if (file.sent) throw new AppError('fileTokenUnknown');
      file.sent = true;
      if (file.opened) clearTimeout(file.timer);
      try {
        await Promise.all([pipeline(whole(bytes, file.name), exactly(file.size), file.body), finished(file.body)]);
      } catch (error) {
        throw isAppError(error) ? error : new AppError('uploadStopped', { name: file.name }, { cause: error });
      } finally {
        drop(token, new AppError('uploadStopped', { name: file.name }));
      }
    },

    async open(token, signal) {
      const file = find(token);
      if (file.opened) throw new AppError('fileTokenUnknown');
      signal?.throwIfAborted();
      file.opened = true;
      if (file.sent) clearTimeout(file.timer);
      const stop = (): void => drop(token, new AppError('cancelled'));
      signal?.addEventListener('abort', stop, { once: true });
      file.body.once('close', () => signal?.removeEventListener('abort', stop));
      return { name: file.name, size: file.size, type: file.type, stream: file.body };
    },

    offer(file) {
      const ticket = randomBytes(24).toString('base64url');
      const timer = setTimeout(() => withdraw(ticket), offeredMs);
      timer.unref();
      offers.set(ticket, { file, timer });
      return { downloadPath: `/download/${ticket}` };
    },

    take(ticket) {
      const offered = offers.get(ticket);
      offers.delete(ticket);
      clearTimeout(offered?.timer);
      return offered?.file;
    },

    close() {
      for (const token of [...waiting.keys()]) drop(token, new AppError('uploadStopped', { name: waiting.get(token)?.name ?? '' }));
      for (const ticket of [...offers.keys()]) withdraw(ticket);
    },
  };
}

/** The reader shall hear that the transfer was stopped, not how a socket broke. The source stays open, so that it can be answered. */
async function* whole(bytes: Readable, name: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of bytes.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch (error) {
    throw new AppError('uploadStopped', { name }, { cause: error });
  }
}

/** Passes bytes on and insists on the announced length, so that nobody stores a torn file as whole. */
function exactly(size: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > size) done(new AppError('uploadSize', { announced: size, received: seen }));
      else done(null, chunk);
    },
    flush(done) {
      done(seen === size ? null : new AppError('uploadSize', { announced: size, received: seen }));
    },
  });
}
