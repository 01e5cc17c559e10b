import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../../shared/rpc/errors.ts';
import { startThread, type Thread, threadFile } from '../../platform/threadCalls.ts';
import type { AuditFiles } from './auditFiles.ts';
import type { StoreCalls } from './work.ts';

/** A file that nobody asked for so long is closed, ms. */
const keptMs = 60_000;
const openAtMost = 4;
const triesAtMost = 5;
const betweenTriesMs = 100;

interface Opened {
  thread: Thread<StoreCalls>;
  ready: Promise<unknown>;
  /** Calls under way; while there are some it stays open. */
  users: number;
  used: number;
  timer: NodeJS.Timeout | undefined;
}

/** Reads a run's rows: asks its store's thread, opened where needed. */
export type UseStore = <T>(stackId: string, id: string, use: (store: StoreCalls) => Promise<T>) => Promise<T>;

export interface Views {
  use: UseStore;
  /** Whether there are rows that could be read. */
  has(stackId: string, id: string): boolean;
  /** For something that reads on after this call, until `close`. */
  hold(stackId: string, id: string): Promise<{ store: StoreCalls; close(): Promise<void> }>;
  /** Closes a file before it is written or removed. */
  release(id: string): Promise<void>;
  close(): Promise<void>;
}

/** Threads for the files of runs that do not work, each opened for reading at its first call. */
export function createViews(files: Pick<AuditFiles, 'pathOf'>, live: (id: string) => Thread<StoreCalls> | undefined): Views {
  const opened = new Map<string, Opened>();

  function open(stackId: string, id: string): Opened {
    const path = files.pathOf(stackId, id);
    if (!existsSync(path)) throw new AppError('auditUnknown', { id });
    const thread = startThread<StoreCalls>(threadFile(import.meta.dirname, 'auditStore', 'store/thread.ts'));
    const made: Opened = { thread, ready: thread.calls.open(path, false), users: 0, used: 0, timer: undefined };
    made.ready.catch(() => void release(id));
    opened.set(id, made);
    const idle = [...opened].filter(([, { users }]) => users === 0).sort(([, one], [, other]) => one.used - other.used);
    for (const [oldest] of idle.slice(0, Math.max(0, opened.size - openAtMost))) if (oldest !== id) void release(oldest);
    return made;
  }

  async function release(id: string): Promise<void> {
    const found = opened.get(id);
    opened.delete(id);
    clearTimeout(found?.timer);
    await found?.thread.end();
  }

  async function hold(stackId: string, id: string): Promise<{ store: StoreCalls; close(): Promise<void> }> {
    const working = live(id);
    if (working) return { store: working.calls, close: async () => undefined };
    const found = opened.get(id) ?? open(stackId, id);
    clearTimeout(found.timer);
    found.users += 1;
    const close = async (): Promise<void> => {
      found.users -= 1;
      found.used = Date.now();
      clearTimeout(found.timer);
      if (found.users === 0 && opened.get(id) === found) found.timer = setTimeout(() => void release(id), keptMs).unref();
    };
    await found.ready.catch(async (error: unknown) => {
      await close();
      throw error;
    });
    return { store: found.thread.calls, close };
  }

  return {
    async use(stackId, id, work) {
      for (let tries = 1; ; tries++) {
        const { store, close } = await hold(stackId, id);
        try {
          return await work(store);
        } catch (error) {
          // The run ended between the question and its answer; its file is asked then.
          if (tries === triesAtMost || !(error instanceof AppError) || error.code !== 'threadEnded') throw error;
        } finally {
          await close();
        }
        if (!live(id)) await release(id);
        await sleep(betweenTriesMs);
      }
    },
    has: (stackId, id) => live(id) !== undefined || existsSync(files.pathOf(stackId, id)),
    hold,
    release,
    async close() {
      await Promise.all([...opened.keys()].map(release));
    },
  };
}
