// `npm run bench`: all figures in one run, as one table. `-- express`, `-- engine` or `-- window` for a part.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureEngine, saveStack } from './engine.ts';
import { measureExpress } from './express.ts';
import { endLeftovers } from './processes.ts';
import { type Row, table } from './table.ts';
import { measureWindow } from './window.ts';

const parts = ['express', 'engine', 'window'];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '3' },
    paints: { type: 'string', default: '9' },
    'idle-seconds': { type: 'string', default: '60' },
  },
});
const [runs, paints, idleSeconds] = [values.runs, values.paints, values['idle-seconds']].map(Number);
if (!runs || !paints || !idleSeconds || positionals.some((part) => !parts.includes(part))) {
  process.stderr.write(`usage: npm run bench -- [${parts.join('] [')}] [--runs N] [--paints N] [--idle-seconds N]\n`);
  process.exit(2);
}

const wants = (part: string): boolean => positionals.length === 0 || positionals.includes(part);
const note = (line: string): unknown => process.stderr.write(`${line}\n`);
const folder = await mkdtemp(join(tmpdir(), 'sealdeck-bench-'));
let stopping: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stopping ??= clean().then(() => process.exit(1));
  });
}
const load = loadavg()[0] ?? 0;

const rows: Row[] = [];
try {
  if (wants('express') && process.platform === 'win32') note('The comparison of Express needs a POSIX shell and is left out.');
  else if (wants('express')) rows.push(...(await measureExpress(folder, runs, note)));
  if (wants('engine') || wants('window')) {
    const data = join(folder, 'data');
    const name = await saveStack(folder, data);
    if (wants('engine')) rows.push(...(await measureEngine(data, paints, idleSeconds, note)));
    if (wants('window')) rows.push(...(await measureWindow(data, name, paints, note)));
  }
} catch (error) {
  if (!stopping) note(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await clean();
}
if (rows.length > 0) report();

function report(): void {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.versions.node}`;
  console.log(`${table(rows)}\n\nMedian (least – most, number of runs); the ratio is of medians. ${machine}.`);
  console.log(
    `Load average ${load.toFixed(1)} before and ${(loadavg()[0] ?? 0).toFixed(1)} after: above 0.5 before, others were at work and figures are noisy.`,
  );
}

/** Ends by pid what is left of this run, then removes its folder. */
async function clean(): Promise<void> {
  await endLeftovers(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
