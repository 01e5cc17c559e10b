import { join } from 'node:path';
import { runCli } from './cli/cli.ts';

// The command line of tests: everything real but the app behind the engine that it starts.
process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  streams: { stdout: process.stdout, stderr: process.stderr },
  engine: {
    file: process.execPath,
    args: [join(import.meta.dirname, 'smallEngine.testSupport.ts'), '--window', process.env.TEST_WINDOW ?? ''],
  },
  version: '0.0.0',
  build: 'test',
});
