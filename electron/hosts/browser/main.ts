import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { explain } from '../../../shared/messages.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import { createApp } from '../../app.ts';
import { defaultDataFolder } from '../../platform/engineFolder.ts';
import { defaultIdleMs, startEngine } from '../engine/engine.ts';

declare const SEALDECK_VERSION: string;
declare const SEALDECK_BUILD: string;

/** The engine as a process of its own, for the browser and the command line: `engine.cjs --data FOLDER [--idle-seconds N]`. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: 'string' }, 'idle-seconds': { type: 'string' } } });
  const idle = Number(values['idle-seconds'] ?? process.env.SEALDECK_IDLE_SECONDS);
  const engine = await startEngine({
    dataFolder: values.data ?? defaultDataFolder(process.platform, process.env),
    createApp,
    windowFolder: join(import.meta.dirname, 'window'),
    version: SEALDECK_VERSION,
    build: SEALDECK_BUILD,
    idleMs: idle > 0 ? idle * 1000 : defaultIdleMs,
    onEnd: () => process.exit(0),
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void engine.end());
}

main().catch((error: unknown) => {
  if (isAppError(error)) {
    const { title, next } = explain('en', error.code, error.details);
    process.stderr.write(`${error.code}: ${title}. ${next}\n`);
  } else {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  }
  process.exit(1);
});
