import { parseArgs } from 'node:util';
import { startEngine } from './engine/engine.ts';
import { createSmallApp } from './smallApp.testSupport.ts';

// The engine process of tests: everything real but the app behind it.
const { values } = parseArgs({ options: { data: { type: 'string' }, 'idle-seconds': { type: 'string' }, window: { type: 'string' } } });
try {
  const starting = startEngine({
    dataFolder: values.data ?? '',
    createApp: createSmallApp,
    windowFolder: values.window ?? '',
    version: '0.0.0',
    build: process.env.TEST_BUILD ?? 'test',
    idleMs: Number(values['idle-seconds'] ?? 60) * 1000,
    onEnd: () => process.exit(0),
  });
  const end = (): void => void starting.then((engine) => engine.end()).catch(() => undefined);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
  await starting;
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
}
