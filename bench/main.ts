// `npm run bench`: all figures in one run, as one table. `-- express`, `engine`, `window` or `audit` for a part, and of the
// audit `--only listing,heads`.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { shapes as allShapes, type Shape } from './audit/fill.ts';
import { type AuditPart, auditParts, keepResults, measureAudit } from './audit/main.ts';
import { measureEngine, saveStack } from './engine.ts';
import { measureExpress } from './express.ts';
import { endLeftovers } from './processes.ts';
import { type Row, table } from './table.ts';
import { measureWindow } from './window.ts';

const parts = ['express', 'engine', 'window', 'audit'];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string' },
    paints: { type: 'string', default: '9' },
    'idle-seconds': { type: 'string', default: '60' },
    only: { type: 'string', default: auditParts.join() },
    objects: { type: 'string', default: '20000' },
    ready: { type: 'string', default: '1000000' },
    shapes: { type: 'string', default: allShapes.join() },
  },
});
const [paints, idleSeconds, objects, ready] = [values.paints, values['idle-seconds'], values.objects, values.ready].map(Number);
const only = values.only.split(',') as AuditPart[];
const shapes = values.shapes.split(',') as Shape[];
const unknown =
  positionals.some((part) => !parts.includes(part)) ||
  only.some((part) => !auditParts.includes(part)) ||
  shapes.some((shape) => !allShapes.includes(shape));
// The audit's servers and sizes are many: two runs of each end within a quarter of an hour.
const [runs, auditRuns] = [Number(values.runs ?? 3), Number(values.runs ?? 2)];
if (!runs || !auditRuns || !paints || !idleSeconds || !objects || !ready || unknown) {
  process.stderr.write(
    `usage: npm run bench -- [${parts.join('] [')}] [--runs N] [--paints N] [--idle-seconds N]\n       of the audit: [--only ${auditParts.join()}] [--shapes ${allShapes.join()}] [--objects N] [--ready N]\n`,
  );
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
const auditRows: Row[] = [];
try {
  if (wants('express') && process.platform === 'win32') note('The comparison of Express needs a POSIX shell and is left out.');
  else if (wants('express')) rows.push(...(await measureExpress(folder, runs, note)));
  if (wants('engine') || wants('window')) {
    const data = join(folder, 'data');
    const name = await saveStack(folder, data);
    if (wants('engine')) rows.push(...(await measureEngine(data, paints, idleSeconds, note)));
    if (wants('window')) rows.push(...(await measureWindow(data, name, paints, note)));
  }
  if (wants('audit')) {
    // Its servers make folders of their own: a run that is stopped finds them and their processes below this one.
    process.env.TMPDIR = folder;
    await measureAudit(folder, { only, shapes, objects, ready, runs: auditRuns }, note, (more) => auditRows.push(...more));
  }
} catch (error) {
  if (!stopping) note(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await clean();
}
if (auditRows.length > 0) {
  const about = { only, shapes, objects, ready, runs: auditRuns, load: { before: load, after: loadavg()[0] ?? 0 } };
  note(`Every run is in bench/results/${await keepResults('audit', auditRows, about)}.`);
}
rows.push(...auditRows);
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
