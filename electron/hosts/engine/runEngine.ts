import { parseArgs } from 'node:util';
import { explain } from '../../../shared/messages.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import { createApp } from '../../app.ts';
import { defaultDataFolder } from '../../platform/engineFolder.ts';
import { defaultIdleMs, startEngine } from './engine.ts';

/** The engine as a process of its own: `--data FOLDER [--idle-seconds N]`. */
export async function runEngine(
  argv: readonly string[],
  options: { windowFolder: string; version: string; build: string; exit(code: number): void },
): Promise<void> {
  try {
    const { values } = parseArgs({ args: [...argv], options: { data: { type: 'string' }, 'idle-seconds': { type: 'string' } } });
    const idle = Number(values['idle-seconds'] ?? process.env.SEALDECK_IDLE_SECONDS);
    const starting = startEngine({
      dataFolder: values.data ?? defaultDataFolder(process.platform, process.env),
      createApp,
      windowFolder: options.windowFolder,
      version: options.version,
      build: options.build,
      idleMs: idle > 0 ? idle * 1000 : defaultIdleMs,
      onEnd: () => options.exit(0),
    });
    // Before it has started: a client may be served, and a signal come, before this function goes on.
    const end = (): void => void starting.then((engine) => engine.end()).catch(() => undefined);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
    await starting;
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    options.exit(1);
  }
}

function describe(error: unknown): string {
  if (!isAppError(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const { title, next } = explain('en', error.code, error.details);
  return `${error.code}: ${title}. ${next}`;
}
