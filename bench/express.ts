import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../electron/platform/ports.ts';
import { ensureServers } from '../servers/get.ts';
import { proof as proofDocument } from '../shared/proof.ts';
import { endProcesses } from './processes.ts';
import { median, type Row } from './table.ts';

const root = resolve(import.meta.dirname, '..');

/** Seconds of one run. */
interface Run {
  total: number;
  /** When each step was done, since the start. */
  steps: ReadonlyMap<string, number>;
  /** The wait for the cache of KES is luck: up to its 5 s, by where its clean-up clock stands. */
  cache: number;
}

/** Express and the same steps as a shell script, in turns, the first one changing; both end in the same proof. */
export async function measureExpress(folder: string, runs: number, note: (line: string) => void): Promise<Row[]> {
  const { openbao, kes, minio, mc } = await ensureServers(['openbao', 'kes', 'minio', 'mc'], note);
  const ours: Run[] = [];
  const peers: Run[] = [];
  const sides = [
    async (at: number) => ours.push(await express(join(folder, `express-${at}`), note)),
    async (at: number) => peers.push(await script(join(folder, `script-${at}`), { BAO: openbao, KES: kes, MINIO: minio, MC: mc })),
  ];
  for (let at = 0; at < runs; at++) {
    for (const side of at % 2 === 0 ? sides : sides.toReversed()) await side(at);
    note(`Express ${at + 1} of ${runs}: ours ${ours.at(-1)?.total.toFixed(2)} s, script ${peers.at(-1)?.total.toFixed(2)} s`);
  }
  const row = (what: string, pick: (run: Run) => number): Row => ({ what, unit: 's', ours: ours.map(pick), peer: peers.map(pick) });
  note(`Done after seconds, ours / script: ${stepTimes(ours, peers)}`);
  const at = (run: Run, step: string): number => run.steps.get(step) ?? Number.NaN;
  return [
    row('Express: empty folder to proof, against a shell script', (run) => run.total),
    row('– of it up to the first object read back', (run) => at(run, 'object')),
    row('– of it the wait until KES (cache 5 s) forgets the key', (run) => run.cache),
    row('– all but that wait', (run) => run.total - run.cache),
  ];
}

/** Where the time goes: medians of both sides for the steps that they share. */
function stepTimes(ours: readonly Run[], peers: readonly Run[]): string {
  const of = (all: readonly Run[], step: string): string => median(all.map(({ steps }) => steps.get(step) ?? Number.NaN)).toFixed(1);
  const shared = [...(ours[0]?.steps.keys() ?? [])].filter((step) => peers[0]?.steps.has(step));
  return shared.map((step) => `${step} ${of(ours, step)} / ${of(peers, step)}`).join(', ');
}

async function express(dir: string, note: (line: string) => void, tries = 5): Promise<Run> {
  const started = Date.now();
  const { code, lines, errors } = await sealdeck(['up', '--dir', dir, '--practice', '--key-store', 'openbao', '--json']);
  const total = (Date.now() - started) / 1000;
  try {
    const last = lines.at(-1);
    // Express takes the usual ports or the next free ones. On a shared machine a neighbour may do the same in that second;
    // then the port is taken, or the neighbour's server answers there.
    if (code !== 0 && tries > 1 && /^(?:portInUse|portTaken|tlsTrust):/.test(errors)) {
      note(`Express is repeated, a neighbour was quicker: ${errors.trim()}`);
      return await express(`${dir}-again`, note, tries - 1);
    }
    if (code !== 0 || last?.proof !== 'proven') throw new Error(`Express did not end in a proof (exit ${code}): ${errors}`);
    const proven = lines.filter((line) => line.step !== undefined);
    const input = JSON.stringify({ stackId: last.stack, id: last.report });
    const { lines: answers } = await sealdeck(['call', 'proof.get', '-', '--dir', dir, '--json'], input);
    const proof = proofDocument.parse(answers.at(-1));
    const failed = proof.events.find((event) => event.outcome === 'expectedFailure')?.at;
    return {
      total,
      steps: new Map(proven.map((line) => [String(line.step), (Date.parse(String(line.at)) - started) / 1000])),
      cache: (Date.parse(String(failed)) - Date.parse(String(proof.withheld?.from))) / 1000,
    };
  } finally {
    await sealdeck(['down', '--dir', dir, '--json']);
  }
}

interface CliRun {
  code: number | null;
  lines: Record<string, unknown>[];
  errors: string;
}

function sealdeck(args: string[], input = ''): Promise<CliRun> {
  const child = spawn(process.execPath, [join(root, 'bin', 'sealdeck.js'), ...args], { stdio: 'pipe' });
  const run: CliRun = { code: null, lines: [], errors: '' };
  createInterface(child.stdout).on('line', (line) => run.lines.push(JSON.parse(line) as Record<string, unknown>));
  child.stderr.on('data', (chunk: Buffer) => (run.errors += String(chunk)));
  child.stdin.end(input);
  return new Promise((done) => child.on('close', (code) => done({ ...run, code })));
}

async function script(dir: string, programs: Record<'BAO' | 'KES' | 'MINIO' | 'MC', string>): Promise<Run> {
  await mkdir(dir, { mode: 0o700 });
  const names = ['VAULT', 'CLUSTER', 'KES', 'MINIO', 'CONSOLE'];
  const ports: Record<string, string> = {};
  for (const name of names) ports[`PORT_${name}`] = String(await freePort());
  const env = { ...process.env, ...programs, ...ports, DIR: dir };
  const started = Date.now();
  const child = spawn('sh', [join(import.meta.dirname, 'express.sh')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const steps = new Map<string, number>();
  let errors = '';
  createInterface(child.stdout).on('line', (line) => steps.set(line.replace(/^stage /, ''), (Date.now() - started) / 1000));
  child.stderr.on('data', (chunk: Buffer) => (errors += String(chunk)));
  // Not `close`: the servers of the script live on.
  const code = await new Promise<number | null>((done) => child.on('exit', done).on('error', () => done(null)));
  const total = (Date.now() - started) / 1000;
  await endProcesses(pidsOf(dir));
  if (code !== 0) throw new Error(`express.sh ended with ${code} after ${[...steps.keys()].join(', ')}: ${errors}`);
  const at = (step: string): number => steps.get(step) ?? Number.NaN;
  return { total, steps, cache: at('unreadable') - at('withheld') };
}

function pidsOf(dir: string): number[] {
  const file = join(dir, 'pids');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map(Number) : [];
}
