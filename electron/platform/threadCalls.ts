import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MessagePort, Worker } from 'node:worker_threads';
import { AppError, isAppError } from '../../shared/rpc/errors.ts';

type Call = (...args: never[]) => Promise<unknown>;
/** What one thread does for another: arguments and answers are cloned, a `MessagePort` among the arguments moves. */
type Asked = { id: number; name: string; args: unknown[] };
type Answered = { id: number; value?: unknown; code?: string; details?: AppError['details']; defect?: unknown };
type Told = { told: unknown };
/** The worker's own end is `parentPort`, its owner's end the `Worker`: both speak like a port. */
interface Port {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  postMessage(message: unknown, transfer?: readonly MessagePort[]): void;
}

/** Answers calls on a port. Returns how to tell the other side something unasked. */
export function serveCalls<C extends { [N in keyof C]: Call }>(port: Port, calls: C): (told: unknown) => void {
  port.on('message', (raw) => {
    const message = raw as Asked;
    void (calls[message.name as keyof C] as unknown as (...args: unknown[]) => Promise<unknown>)(...message.args).then(
      (value) => port.postMessage({ id: message.id, value } satisfies Answered),
      (error: unknown) => port.postMessage({ id: message.id, ...(isAppError(error) ? error.frame : { defect: error }) }),
    );
  });
  return (told) => port.postMessage({ told } satisfies Told);
}

export interface Caller<C> {
  readonly calls: C;
  /** What the other side tells unasked. */
  onTold(listener: (told: unknown) => void): void;
  /** Open and later calls fail with `error`. */
  fail(error: unknown): void;
}

/** Calls what the other end of a port serves. An `AppError` there is one here, too. */
export function callsOf<C extends { [N in keyof C]: Call }>(port: Port): Caller<C> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  let last = 0;
  let broken: { error: unknown } | undefined;
  let hear: (told: unknown) => void = () => undefined;
  port.on('message', (raw) => {
    const message = raw as Answered | Told;
    if ('told' in message) return hear(message.told);
    const open = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.code !== undefined) open?.reject(AppError.of({ code: message.code, details: message.details }));
    else if ('defect' in message) open?.reject(message.defect);
    else open?.resolve(message.value);
  });
  const call = (name: string, args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (broken) return reject(broken.error);
      last += 1;
      waiting.set(last, { resolve, reject });
      port.postMessage(
        { id: last, name, args } satisfies Asked,
        args.filter((arg) => arg instanceof MessagePort),
      );
    });
  return {
    calls: new Proxy({} as C & object, {
      get:
        (_, name) =>
        (...args: unknown[]) =>
          call(String(name), args),
    }) as C,
    onTold: (listener) => {
      hear = listener;
    },
    fail(error) {
      broken = { error };
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    },
  };
}

export interface Thread<C> extends Caller<C> {
  end(): Promise<void>;
}

/** Starts a thread that serves `C`. When it dies its open calls fail with `threadEnded`. */
export function startThread<C extends { [N in keyof C]: Call }>(file: string, data: unknown = {}): Thread<C> {
  // Garbage of short lives is most of what such threads make: more room for it is memory without speed. The other limit is
  // far above what they need; with it V8 looks for old garbage sooner, which saves 60 MB in a run.
  const worker = new Worker(file, { workerData: data, resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 1024 } });
  const caller = callsOf<C>(worker);
  worker.on('error', (error) => {
    const outOfMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
    caller.fail(outOfMemory ? new AppError('threadEnded', {}, { cause: error }) : error);
  });
  worker.on('exit', () => caller.fail(new AppError('threadEnded')));
  return {
    ...caller,
    async end() {
      await worker.terminate();
    },
  };
}

/** The file of a thread: `<built>.cjs` beside the bundle, else its source, as in tests. `folder` is the asker's own. */
export function threadFile(folder: string, built: string, source: string): string {
  // Out of the packed app's archive: threads are loaded from real files.
  const bundle = join(folder, `${built}.cjs`).replace(/app\.asar(?!\.unpacked)/, 'app.asar.unpacked');
  return existsSync(bundle) ? bundle : join(folder, source);
}
