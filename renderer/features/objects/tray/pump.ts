import type { Client, Output } from '../../../rpc/client.ts';
import { sendFile } from '../../../rpc/files.ts';
import { type Loss, lossSince, type SourceFile, stillThere } from './sourceFile.ts';

type Piece = Output<'uploads.take'>['pieces'][number];

/** A browser opens six connections to one host; one is left for the rest of the window. */
const atOnce = 5;
/** Pieces that are asked for ahead, so that small files do not wait for the next answer. */
const ahead = 2 * atOnce;
const restMs = 1000;
const longestRestMs = 5000;

export interface Pump {
  stop(): void;
  /** Settles when the upload has ended, is gone, or the pump was stopped. */
  readonly ended: Promise<void>;
}

/**
 * Sends the pieces that the engine asks for, a few at once, until the upload has ended. It goes on asking while the upload
 * is paused: that is how the engine knows that this window still has the files.
 */
export function startPump(
  client: Pick<Client, 'call'>,
  upload: { readonly stackId: string; readonly id: string },
  fileOf: (n: number) => SourceFile | undefined,
  send: typeof sendFile = sendFile,
): Pump {
  const abort = new AbortController();
  const { signal } = abort;
  const queue: Piece[] = [];
  let running = 0;
  let failures = 0;
  let wake: () => void = () => undefined;

  async function lose(n: number, reason: Loss): Promise<void> {
    await client.call('uploads.lost', { ...upload, n, reason }, signal);
  }

  async function sendPiece({ n, from, to, uploadPath }: Piece): Promise<void> {
    const source = fileOf(n);
    const file = source ? await stillThere(source) : 'gone';
    if (!source || typeof file === 'string') return lose(n, typeof file === 'string' ? file : 'gone');
    try {
      await send(uploadPath, file.slice(from, to), signal);
      failures = 0;
    } catch {
      if (signal.aborted) return;
      const loss = await lossSince(source);
      if (loss !== undefined) return lose(n, loss);
      // The engine asks for this piece again; what is broken gets time.
      failures++;
      await rest(Math.min(longestRestMs, 250 * failures), signal);
    }
  }

  function startNext(): void {
    while (running < atOnce) {
      const piece = queue.shift();
      if (!piece) return;
      running++;
      void sendPiece(piece)
        .catch(() => undefined)
        .finally(() => {
          running--;
          startNext();
          wake();
        });
    }
  }

  signal.addEventListener('abort', () => wake(), { once: true });
  async function run(): Promise<void> {
    while (!signal.aborted) {
      const room = ahead - queue.length - running;
      if (room <= 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const asked = Date.now();
      const answer = await client.call('uploads.take', { ...upload, atMost: room }, signal).catch((error: unknown) => {
        if ((error as { code?: string }).code === 'uploadNotHere') abort.abort();
        return undefined;
      });
      if (answer?.phase === 'ended') return;
      queue.push(...(answer?.pieces ?? []));
      startNext();
      // The engine waits itself when it wants nothing; an answer at once without a piece must not become a storm.
      if (!answer?.pieces.length && Date.now() - asked < restMs) await rest(restMs, signal);
    }
  }

  return { stop: () => abort.abort(), ended: run() };
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
