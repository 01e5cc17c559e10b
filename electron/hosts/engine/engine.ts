import { join } from 'node:path';
import { sentence } from '../../../shared/messages.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Pipe } from '../../../shared/rpc/frames.ts';
import type { Language, Text } from '../../../shared/text.ts';
import type { App, AppParts } from '../../app.ts';
import { createJobRunner, type JobRunner } from '../../jobs/jobRunner.ts';
import { removeStaleTemporaries } from '../../platform/atomicFile.ts';
import { prepareDataFolder, prepareSocketPath } from '../../platform/engineFolder.ts';
import { takeEngineLock } from '../../platform/engineLock.ts';
import { createFileStore, type FileStore } from '../../platform/files.ts';
import { createLog } from '../../platform/log.ts';
import { type HostKind, serve } from '../../rpc/connection.ts';
import { createEventHub } from '../../rpc/eventHub.ts';
import { type BrowserHost, startBrowserHost } from '../browser/httpServer.ts';
import { keepEngineRecord } from './engineRecord.ts';
import { watchIdle } from './idle.ts';
import { listenForClients } from './socket.ts';

export type CreateApp = (parts: AppParts) => Promise<App>;

export interface EngineOptions {
  dataFolder: string;
  createApp: CreateApp;
  /** Folder of the built window. */
  windowFolder: string;
  version: string;
  build: string;
  idleMs?: number;
  /** Called once everything is closed; the host ends its process there. */
  onEnd?: () => void;
}

export interface Engine {
  readonly socket: string;
  readonly files: FileStore;
  /** Serves a window of this very process. */
  attach(pipe: Pipe, host: HostKind): void;
  openWindow(port?: number): Promise<{ url: string }>;
  /** Does any window, command line or job need it now? */
  inUse(): boolean;
  /** Titles of the jobs that an end would stop. */
  runningJobs(): Text[];
  end(): Promise<void>;
}

export const defaultIdleMs = 15 * 60_000;

/** Starts the one engine of a data folder. Throws `engineRuns` when another process has it, `fileNotWritable` when the folder cannot be used. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { dataFolder, version, build } = options;
  await prepareDataFolder(dataFolder);
  const lock = await takeEngineLock(dataFolder);
  const log = createLog(join(dataFolder, 'sealdeck.log'));
  const closers: (() => Promise<unknown> | unknown)[] = [() => lock.release()];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) {
      await Promise.resolve(close()).catch((error: unknown) => log.error('close', { error }));
    }
  };

  try {
    await removeStaleTemporaries(dataFolder);
    const hub = createEventHub();
    const jobs = createJobRunner(hub.publish, log);
    const files = createFileStore();
    closers.push(() => files.close());
    const pipes = new Set<Pipe>();
    let browser: Promise<BrowserHost> | undefined;
    let ending: Promise<void> | undefined;

    const attach = (pipe: Pipe, host: HostKind): void => {
      pipes.add(pipe);
      pipe.onClose(() => pipes.delete(pipe));
      serve(pipe, { handlers: app.handlers, hub, log, host });
    };
    const openWindow = async (port?: number): Promise<{ url: string }> => {
      browser ??= startBrowserHost({
        windowFolder: options.windowFolder,
        files,
        log,
        port: port ?? 0,
        onWindow: (pipe) => attach(pipe, 'browser'),
      });
      const host = await browser.catch((error: unknown) => {
        browser = undefined;
        throw error;
      });
      if (port && host.port !== port)
        throw new AppError('windowPort', { port, reason: `Windows are served on port ${host.port} already.` });
      return host.newAddress();
    };
    const end = (): Promise<void> => {
      ending ??= (async () => {
        log.info('engine ends');
        await stopJobs(jobs);
        hub.publish('app.closing', {});
        // The last answers and the goodbye must leave before the pipes do.
        await new Promise((done) => setTimeout(done, 100));
        await closeAll();
        options.onEnd?.();
      })();
      return ending;
    };
    const requestQuit = async (force: boolean, language: Language): Promise<void> => {
      const running = jobs.running();
      if (running.length > 0 && !force) {
        const titles = running.map((job) => sentence(language, job.title)).join(', ');
        throw new AppError('jobsRunning', { count: running.length, titles });
      }
      setTimeout(() => void end(), 20);
    };

    const app = await options.createApp({ dataFolder, files, log, hub, jobs, hostPorts: { openWindow, requestQuit, version } });
    closers.push(() => app.close());
    closers.push(async () => (await browser?.catch(() => undefined))?.close());
    const busy = (): boolean => pipes.size > 0 || jobs.running().length > 0;

    const socket = await prepareSocketPath(dataFolder);
    const clients = await listenForClients({
      path: socket,
      welcome: { pid: process.pid, version, build },
      onClient: attach,
      async onControl(request, pipe) {
        if (request.control === 'opened') return (await browser)?.opened(request.url) ?? false;
        const last = [...pipes].every((other) => other === pipe) && jobs.running().length === 0;
        if (last) setTimeout(() => void end(), 20);
        return last;
      },
    });
    closers.push(() => clients.close());
    const own = { pid: process.pid, startTime: lock.start, socket, key: clients.key, version, build };
    const record = await keepEngineRecord(dataFolder, own);
    closers.push(() => record.remove());
    const idle = watchIdle({ spanMs: options.idleMs ?? defaultIdleMs, busy, end: () => void end() });
    closers.push(() => idle.stop());
    log.info('engine starts', { pid: process.pid, version, build });
    return { socket, files, attach, openWindow, end, inUse: busy, runningJobs: () => jobs.running().map((job) => job.title) };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Jobs get a moment to end at a step's boundary; what they had finished is kept anyway. */
async function stopJobs(jobs: JobRunner): Promise<void> {
  const running = jobs.running();
  for (const job of running) jobs.cancel(job.id);
  const all = Promise.all(running.map((job) => jobs.wait(job.id)));
  await Promise.race([all, new Promise((done) => setTimeout(done, 5000))]);
}
