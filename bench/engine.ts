import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findEngine } from '../electron/hosts/engine/attach.ts';
import { type Client, createClient } from '../electron/rpc/client.ts';
import { cpuMs, endProcesses, residentBytes } from './processes.ts';
import type { Row } from './table.ts';

const root = resolve(import.meta.dirname, '..');

export interface Started {
  client: Client;
  child: ChildProcess;
  /** When the process was spawned, in milliseconds since 1970. */
  at: number;
}

/** An engine process on a data folder, asked every 5 ms until it answers on its socket. */
export async function startEngine(data: string): Promise<Started> {
  const at = Date.now();
  const child = spawn(process.execPath, [join(root, 'dist', 'engine.cjs'), '--data', data], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (const until = at + 30_000; Date.now() < until; await pause(5)) {
    const attached = await findEngine(data, 'cli');
    if (attached) return { client: createClient(attached.pipe), child, at };
    if (child.exitCode !== null) break;
  }
  throw new Error('the engine did not answer');
}

/** Closes the client, ends the engine and waits for its end. */
export async function endEngine({ client, child }: Started): Promise<void> {
  client.close();
  if (child.pid !== undefined) await endProcesses([child.pid]);
}

/** A data folder with one stack whose set-up has begun: enough for Overview. Returns the stack's name. */
export async function saveStack(folder: string, data: string): Promise<string> {
  await mkdir(data, { recursive: true });
  const engine = await startEngine(data);
  try {
    await engine.client.call('store.create', { mode: 'practice' });
    const { place } = await engine.client.call('setup.propose', { folder: join(folder, 'stack'), name: 'Bench stack' });
    await engine.client.call('setup.create', { place, mode: 'guided' });
    return place.name;
  } finally {
    await endEngine(engine);
  }
}

/** From spawn to the first answer; then memory and CPU of an engine that nobody is attached to. */
export async function measureEngine(data: string, runs: number, idleSeconds: number, note: (line: string) => void): Promise<Row[]> {
  const answers: number[] = [];
  for (let at = 0; at < runs; at++) {
    const engine = await startEngine(data);
    await engine.client.call('app.info', {});
    answers.push(Date.now() - engine.at);
    await endEngine(engine);
  }
  note(`The idle engine is watched for ${idleSeconds + 10} s ...`);
  const engine = await startEngine(data);
  await engine.client.call('app.info', {});
  engine.client.close();
  try {
    const pid = engine.child.pid ?? 0;
    await pause(10_000);
    const memory = residentBytes(pid) / 1e6;
    const before = cpuMs(pid);
    await pause(idleSeconds * 1000);
    return [
      { what: 'engine: spawn to the answer of app.info', unit: 'ms', ours: answers },
      { what: 'engine, idle for 10 s: resident memory', unit: 'MB', ours: [memory], goal: 150 },
      {
        what: `engine, idle: CPU time in ${idleSeconds} s without a window`,
        unit: 'ms',
        ours: [cpuMs(pid) - before],
        goal: (20 * idleSeconds) / 60,
      },
    ];
  } finally {
    await endEngine(engine);
  }
}
