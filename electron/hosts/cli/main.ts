import { join } from 'node:path';
import { runCli } from './cli.ts';

declare const SEALDECK_VERSION: string;
declare const SEALDECK_BUILD: string;

// A reader that stopped early (`sealdeck … | head`) is no failure.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(0));

void runCli(process.argv.slice(2), {
  env: process.env,
  streams: { stdout: process.stdout, stderr: process.stderr },
  engine: { file: process.execPath, args: [join(import.meta.dirname, 'engine.cjs')] },
  version: SEALDECK_VERSION,
  build: SEALDECK_BUILD,
}).then((code) => {
  process.exitCode = code;
});
