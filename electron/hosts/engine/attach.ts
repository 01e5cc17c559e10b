import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Pipe } from '../../../shared/rpc/frames.ts';
import { prepareDataFolder, readEngineFile } from '../../platform/engineFolder.ts';
import { engineLockHolder } from '../../platform/engineLock.ts';
import { linePipe } from '../../platform/pipes.ts';
import { controlOf, type Welcome, welcomeFrame } from './control.ts';

export interface Attached {
  /** Contract frames only. */
  readonly pipe: Pipe;
  readonly engine: Welcome;
  /** Asks the engine to end unless others use it. True: it ends. */
  leave(): Promise<boolean>;
  /** Resolves when a one-time address was used (true) or is too old (false). */
  opened(url: string): Promise<boolean>;
}

/** How a new engine process is started: program and arguments before `--data FOLDER`. */
export interface EngineCommand {
  file: string;
  args: string[];
}

const startSeconds = 30;

/** The running engine of a data folder, or `undefined`. */
export async function findEngine(dataFolder: string, host: 'cli' | 'desktop'): Promise<Attached | undefined> {
  const file = await readEngineFile(dataFolder);
  if (!file) return undefined;
  const socket = connect(file.socket);
  const connected = await new Promise<boolean>((done) => {
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
  if (!connected) return undefined;
  const pipe = linePipe(socket);
  pipe.send({ hello: host, key: file.key });
  const engine = await new Promise<Welcome | undefined>((done) => {
    const timer = setTimeout(() => done(undefined), 3000);
    const finish = (value: Welcome | undefined): void => {
      clearTimeout(timer);
      done(value);
    };
    pipe.onClose(() => finish(undefined));
    pipe.onFrame((frame) => {
      const welcome = welcomeFrame.safeParse(frame);
      if (welcome.success) finish(welcome.data.welcome);
    });
  });
  if (!engine) {
    socket.destroy();
    return undefined;
  }
  const { contract, ask } = controlOf(pipe);
  return { pipe: contract, engine, leave: () => ask({ control: 'leave' }), opened: (url) => ask({ control: 'opened', url }) };
}

/** Attaches to the engine of the folder, or starts one that outlives this process. Throws `engineUnreachable`, and `engineRuns` where a living one does not answer. */
export async function attachEngine(options: {
  dataFolder: string;
  host: 'cli' | 'desktop';
  command: EngineCommand;
  build: string;
}): Promise<Attached> {
  const { dataFolder, host, build } = options;
  const running = await findEngine(dataFolder, host);
  if (running) {
    // After an update the old engine gives way, unless somebody works with it.
    if (running.engine.build === build || !(await running.leave())) return running;
    await new Promise<void>((done) => running.pipe.onClose(done));
  }
  await prepareDataFolder(dataFolder);
  const child = startDetached(options.command, dataFolder);
  let reason = '';
  child.once('error', (error) => {
    reason = error.message;
  });
  child.once('exit', (code, signal) => {
    reason = `The process ended with ${signal ?? `code ${code}`}.`;
  });
  const until = Date.now() + startSeconds * 1000;
  let endedAt: number | undefined;
  while (Date.now() < until) {
    const found = await findEngine(dataFolder, host);
    if (found) return found;
    // A child that ended may have lost the race against another one, which then holds the lock and needs a moment more.
    if (reason) endedAt ??= Date.now();
    if (endedAt !== undefined && (Date.now() - endedAt > 5000 || (await engineLockHolder(dataFolder)) === undefined)) break;
    await new Promise((done) => setTimeout(done, 50));
  }
  const holder = await engineLockHolder(dataFolder);
  if (holder !== undefined) throw new AppError('engineRuns', { pid: holder, path: dataFolder });
  throw new AppError('engineUnreachable', { path: dataFolder, seconds: startSeconds, reason });
}

function startDetached({ file, args }: EngineCommand, dataFolder: string) {
  const log = openSync(join(dataFolder, 'engine.log'), 'a', 0o600);
  try {
    const child = spawn(file, [...args, '--data', dataFolder], {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: dataFolder,
      windowsHide: true,
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}
