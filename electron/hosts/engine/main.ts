import { join } from 'node:path';
import { runEngine } from './runEngine.ts';

declare const SEALDECK_VERSION: string;
declare const SEALDECK_BUILD: string;

void runEngine(process.argv.slice(2), {
  windowFolder: join(import.meta.dirname, 'window'),
  version: SEALDECK_VERSION,
  build: SEALDECK_BUILD,
  exit: (code) => process.exit(code),
});
