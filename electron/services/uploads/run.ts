import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { passes } from '../../clients/s3/objectFailures.ts';
import { createRetries, type Patience } from '../../clients/s3/retries.ts';
import { abandonOne } from './abandoned.ts';
import { createBufferPool } from './bufferPool.ts';
import type { Sending } from './sending.ts';
import { sendParts } from './sendParts.ts';
import { sendWhole } from './sendWhole.ts';
import { bytesInFlight, checksAtOnce, largeAtOnce, partBytes, requestsAtOnce } from './sizes.ts';
import { createSlots } from './slots.ts';
import { stopsAll } from './stopsAll.ts';
import type { Row } from './store/rows.ts';

type Given = Pick<Sending, 'store' | 'client' | 'bucket' | 'encrypt' | 'meant' | 'customerKey' | 'onlyNew' | 'sourceOf'>;

export interface RunOptions extends Given {
  /** Name of the MinIO it goes to, among all. */
  server: string;
  /** Names that any upload is sending now. */
  busy: Set<string>;
  patience?: Patience;
  /** Something is to be shown. */
  changed(): void;
  /** What it waits for, or that it waits no more. */
  waiting(why: AppError['frame'] | undefined): void;
  /** Before the first byte of these is sent. */
  before(rows: readonly Row[]): Promise<void>;
}

export interface Outcome {
  alarm?: { row: Row; error: AppError };
  /** Why nothing more could be sent; the items wait. */
  error?: AppError;
}

export interface Run {
  /** Ends when all is sent and read back, or after `stop`. Throws defects alone. */
  work(): Promise<Outcome>;
  /** Nothing more can be sent for this reason; a defect is thrown at the end. */
  fail(error: unknown): void;
  /** Begins nothing new; what is under way may end within `graceMs`. */
  stop(graceMs: number): void;
}

const atOnce = 256;
const flushMs = 250;
/** What is under way when it stops by itself may end, but nobody waits for a server that is away. */
const finishMs = 30_000;

/** Sends what waits: small files whole and many at once, large ones in parts. One run uses a store at a time. */
export function createRun(options: RunOptions): Run {
  const { store, bucket, server, busy, changed } = options;
  const softStop = new AbortController();
  const hardStop = new AbortController();
  const [soft, hard] = [softStop.signal, hardStop.signal];
  const outcome: Outcome = {};
  const active = new Set<Promise<void>>();
  const items = createSlots(atOnce);
  const large = createSlots(largeAtOnce);
  let defect: { error: unknown } | undefined;
  let landedAny = false;

  const sending: Sending = {
    ...options,
    pool: createBufferPool(),
    slots: createSlots(requestsAtOnce, bytesInFlight),
    checks: createSlots(checksAtOnce),
    retry: createRetries((error) => options.waiting(error && waitsFor(error)), options.patience),
    soft,
    hard,
    change(row, next) {
      const { state, sent } = row;
      Object.assign(row, next);
      if (row.state === 'done') landedAny = true;
      store.touch(row, state, sent);
      changed();
    },
    alarm(row, error) {
      outcome.alarm ??= { row, error };
      stop(finishMs);
    },
  };

  function fail(error: unknown): void {
    if (isAppError(error)) outcome.error ??= error;
    else defect ??= { error };
    if (!soft.aborted) stop(finishMs);
  }

  function stop(graceMs: number): void {
    softStop.abort();
    if (graceMs === 0) hardStop.abort();
    else setTimeout(() => hardStop.abort(), graceMs).unref();
  }

  /** One item from its first byte to what was read back. Never throws. */
  async function send(row: Row, work: () => Promise<void>): Promise<void> {
    const name = `${server}\n${bucket}\n${row.key}`;
    let mine = false;
    try {
      if (busy.has(name)) throw new AppError('uploadNameBusy', { name: row.key });
      busy.add(name);
      mine = true;
      await work();
    } catch (error) {
      await settle(row, error);
    } finally {
      if (mine) busy.delete(name);
    }
  }

  async function settle(row: Row, error: unknown): Promise<void> {
    const waits = (): void => sending.change(row, { state: 'waits', ...(row.multipart === undefined ? { sent: 0 } : {}) });
    if (hard.aborted || isAppError(error, 'cancelled')) return waits();
    if (!isAppError(error)) {
      fail(error);
      return waits();
    }
    // A right that is missing for all, told by the first file: the others would fail in the same way.
    if (stopsAll(error) || passes(error) || (error.code === 'minioAccessDenied' && !landedAny)) {
      waits();
      return fail(error);
    }
    const endedAt = new Date().toISOString();
    await abandon(row);
    if (error.code === 'objectExists') sending.change(row, { state: 'skipped', sent: 0, endedAt });
    else sending.change(row, { state: 'failed', sent: 0, error: error.frame, endedAt });
  }

  /** Nothing half-written stays at the server; where it does not answer, the id stays known for a later try. */
  async function abandon(row: Row): Promise<void> {
    const { multipart } = row;
    if (multipart === undefined) return;
    try {
      await sending.retry(() => abandonOne(sending.client, bucket, row), hard);
      sending.change(row, { multipart: undefined, partSize: undefined });
      store.dropParts(row.n);
    } catch (error) {
      if (!isAppError(error)) throw error;
    }
  }

  function spawn(work: Promise<void>): void {
    const kept = work.catch(fail).finally(() => active.delete(kept));
    active.add(kept);
  }

  async function feed(): Promise<void> {
    for (let after = -1; ; ) {
      const rows = store.next(after, atOnce);
      const last = rows.at(-1);
      if (!last) return;
      after = last.n;
      await options.before(rows);
      for (const row of rows) {
        if (row.size > partBytes) {
          const release = await large.take(0, soft);
          spawn(send(row, () => sendParts(sending, row)).finally(release));
        } else {
          const place = await items.take(0, soft);
          const release = await sending.slots.take(row.size, soft);
          const give = (): void => {
            release();
            place();
          };
          spawn(send(row, () => sendWhole(sending, row, release)).finally(give));
        }
      }
    }
  }

  return {
    async work() {
      const flush = setInterval(() => {
        try {
          store.flush();
        } catch (error) {
          fail(error);
        }
      }, flushMs);
      try {
        await feed().catch((error: unknown) => {
          if (!soft.aborted || !isAppError(error, 'cancelled')) fail(error);
        });
        while (active.size > 0) await Promise.all(active);
      } finally {
        clearInterval(flush);
      }
      if (defect) throw defect.error;
      return outcome;
    },
    fail,
    stop,
  };
}

function waitsFor({ code, details }: AppError): AppError['frame'] {
  const { where = '', host = where } = details;
  return { code: code === 'kmsUnavailable' ? 'uploadWaitsForKms' : 'uploadWaitsForServer', details: { host, reason: code } };
}
