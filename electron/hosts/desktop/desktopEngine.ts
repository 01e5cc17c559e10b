import { isAppError } from '../../../shared/rpc/errors.ts';
import type { Pipe } from '../../../shared/rpc/frames.ts';
import type { Text } from '../../../shared/text.ts';
import { joinPipes } from '../../platform/pipes.ts';
import { findEngine } from '../engine/attach.ts';
import { type Engine, type EngineOptions, startEngine } from '../engine/engine.ts';
import type { Transfers } from './appScheme.ts';
import { joinedTransfers } from './joinedEngine.ts';

export interface DesktopEngine {
  /** Connects a page, also when the engine that was joined has ended meanwhile: then this process becomes it. */
  attach(pipe: Pipe): void;
  transfers(): Transfers;
  /** Do others, in browsers or on command lines, use the engine of this process? */
  inUse(): boolean;
  /** What would stop if this process ended; empty when the engine is another process. */
  runningJobs(): Text[];
  end(): Promise<void>;
}

/** The engine of the data folder: in this process, or the one that runs already, whose frames are handed through unread. */
export async function openDesktopEngine(options: EngineOptions): Promise<DesktopEngine> {
  let own: Engine | undefined;
  const joined = joinedTransfers(options.dataFolder);

  async function becomeOrFind(): Promise<Awaited<ReturnType<typeof findEngine>>> {
    if (own) return undefined;
    const found = await findEngine(options.dataFolder, 'desktop');
    if (found) {
      // After an update the old engine gives way, unless somebody works with it.
      if (found.engine.build === options.build || !(await found.leave())) return found;
      await new Promise<void>((done) => found.pipe.onClose(done));
    }
    try {
      own = await startEngine({
        ...options,
        onEnd() {
          own = undefined;
          options.onEnd?.();
        },
      });
      return undefined;
    } catch (error) {
      if (!isAppError(error, 'engineRuns')) throw error;
      // Somebody was quicker; its socket is there in a moment.
      await new Promise((done) => setTimeout(done, 500));
      const other = await findEngine(options.dataFolder, 'desktop');
      if (!other) throw error;
      return other;
    }
  }

  const first = await becomeOrFind();
  // Asked only to fail early with a clear message; each page connects for itself.
  first?.pipe.close();
  return {
    attach(pipe) {
      const held = holdFrames(pipe);
      becomeOrFind()
        .then((found) => {
          if (found) joinPipes(held, found.pipe);
          else own?.attach(held, 'desktop');
        })
        .catch(() => pipe.close());
    },
    transfers: () => {
      const here = own;
      return here ? { receive: here.files.receive, take: async (ticket) => here.files.take(ticket) } : joined;
    },
    inUse: () => own?.inUse() ?? false,
    runningJobs: () => own?.runningJobs() ?? [],
    end: async () => own?.end(),
  };
}

/** Keeps the page's first frames until the engine listens. */
function holdFrames(pipe: Pipe): Pipe {
  const early: unknown[] = [];
  let deliver = (frame: unknown): void => {
    early.push(frame);
  };
  pipe.onFrame((frame) => deliver(frame));
  return {
    ...pipe,
    onFrame(listener) {
      deliver = listener;
      for (const frame of early.splice(0)) listener(frame);
    },
  };
}
