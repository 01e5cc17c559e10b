// `npm run bench`: all figures in one run, as one table. `-- express`, `engine`, `window`, `audit` or `objects` for a part, of
// the audit `--only listing,heads`, of the objects `--only upload,many`.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { shapes as allShapes, type Shape } from './audit/fill.ts';
import { auditParts, keepResults, measureAudit } from './audit/main.ts';
import { measureEngine, saveStack } from './engine.ts';
import { measureExpress } from './express.ts';
import { measureObjects, objectParts } from './objects/main.ts';
import { kinds as allKinds, type Kind } from './objects/peers.ts';
import { endLeftovers } from './processes.ts';
import { type Row, table } from './table.ts';
import { measureWindow } from './window.ts';

const parts = ['express', 'engine', 'window', 'audit', 'objects'];
const subparts: string[] = [...auditParts, ...objectParts];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string' },
    paints: { type: 'string', default: '9' },
    'idle-seconds': { type: 'string', default: '60' },
    only: { type: 'string', default: subparts.join() },
    objects: { type: 'string', default: '20000' },
    ready: { type: 'string', default: '1000000' },
    shapes: { type: 'string', default: allShapes.join() },
    mebibytes: { type: 'string', default: '1024' },
    files: { type: 'string', default: '20000' },
    gibibytes: { type: 'string', default: '10' },
    kinds: { type: 'string', default: allKinds.join() },
  },
});
const [paints, idleSeconds, objects, ready] = [values.paints, values['idle-seconds'], values.objects, values.ready].map(Number);
const [mebibytes, files, gibibytes] = [values.mebibytes, values.files, values.gibibytes].map(Number);
const chosen = values.only.split(',');
const only = auditParts.filter((part) => chosen.includes(part));
const onlyObjects = objectParts.filter((part) => chosen.includes(part));
const shapes = values.shapes.split(',') as Shape[];
const kinds = values.kinds.split(',') as Kind[];
const unknown =
  positionals.some((part) => !parts.includes(part)) ||
  chosen.some((part) => !subparts.includes(part)) ||
  shapes.some((shape) => !allShapes.includes(shape)) ||
  kinds.some((kind) => !allKinds.includes(kind));
// The audit's servers and sizes are many: two runs of each end within a quarter of an hour.
const [runs, auditRuns] = [Number(values.runs ?? 3), Number(values.runs ?? 2)];
if (!runs || !auditRuns || !paints || !idleSeconds || !objects || !ready || !mebibytes || !files || !gibibytes || unknown) {
  process.stderr.write(
    `usage: npm run bench -- [${parts.join('] [')}] [--runs N] [--paints N] [--idle-seconds N]\n       of the audit: [--only ${auditParts.join()}] [--shapes ${allShapes.join()}] [--objects N] [--ready N]\n       of the objects: [--only ${objectParts.join()}] [--mebibytes N] [--files N] [--gibibytes N] [--kinds ${allKinds.join()}]\n`,
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
const objectRows: Row[] = [];
try {
  if (wants('express') && process.platform === 'win32') note('The comparison of Express needs a POSIX shell and is left out.');
  else if (wants('express')) rows.push(...(await measureExpress(folder, runs, note)));
  if (wants('engine') || wants('window')) {
    const data = join(folder, 'data');
    const name = await saveStack(folder, data);
    if (wants('engine')) rows.push(...(await measureEngine(data, paints, idleSeconds, note)));
    if (wants('window')) rows.push(...(await measureWindow(data, name, paints, note)));
  }
  // Their servers make folders of their own: a run that is stopped finds them and their processes below this one.
  process.env.TMPDIR = folder;
  if (wants('audit')) {
    await measureAudit(folder, { only, shapes, objects, ready, runs: auditRuns }, note, (more) => auditRows.push(...more));
  }
  if (wants('objects')) {
    await measureObjects(folder, { only: onlyObjects, mebibytes, files, gibibytes, kinds, runs }, note, (more) => objectRows.push(...more));
  }
} catch (error) {
  if (!stopping) note(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await clean();
}
await keep('audit', auditRows, { only, shapes, objects, ready, runs: auditRuns });
await keep('objects', objectRows, { only: onlyObjects, mebibytes, files, gibibytes, kinds, runs });
rows.push(...auditRows, ...objectRows);
if (rows.length > 0) report();

async function keep(name: string, measured: readonly Row[], about: object): Promise<void> {
  if (measured.length === 0) return;
  const all = { ...about, load: { before: load, after: loadavg()[0] ?? 0 } };
  note(`Every run is in bench/results/${await keepResults(name, measured, all)}.`);
}

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
