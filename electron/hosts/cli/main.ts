import { join } from 'node:path';
import { runCli } from './cli.ts';

declare const SEALDECK_VERSION: string;
declare const SEALDECK_BUILD: string;

// Output that got lost is no success: a reader that stopped early (`sealdeck … | head`) ends this like any other tool, by 141.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(141);
  process.stderr.write(`sealdeck: standard output cannot be written (${error.code ?? error.message})\n`);
  process.exit(1);
});
process.stderr.on('error', () => undefined);

void runCli(process.argv.slice(2), {
  env: process.env,
  streams: { stdout: process.stdout, stderr: process.stderr },
  engine: { file: process.execPath, args: [join(import.meta.dirname, 'engine.cjs')] },
  version: SEALDECK_VERSION,
  build: SEALDECK_BUILD,
}).then((code) => {
  process.exitCode = code;
});
