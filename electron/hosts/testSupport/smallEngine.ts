import { parseArgs } from 'node:util';
import { startEngine } from '../engine/engine.ts';
import { createSmallApp } from './smallApp.ts';

// The engine process of tests: everything real but the app behind it.
const { values } = parseArgs({ options: { data: { type: 'string' }, 'idle-seconds': { type: 'string' }, window: { type: 'string' } } });
try {
  const engine = await startEngine({
    dataFolder: values.data ?? '',
    createApp: createSmallApp,
    windowFolder: values.window ?? '',
    version: '0.0.0',
    build: process.env.TEST_BUILD ?? 'test',
    idleMs: Number(values['idle-seconds'] ?? 60) * 1000,
    onEnd: () => process.exit(0),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void engine.end());
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
}
