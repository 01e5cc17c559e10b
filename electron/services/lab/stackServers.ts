import { uptime } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Program, ServerProcess } from '../../../shared/lab.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { nodesOf } from '../../../shared/servers.ts';
import type { ServerKind, Stack, StackNode } from '../../../shared/stacks.ts';
import type { LaunchSpec, StackFolder, StackServers } from '../../jobs/step.ts';
import { serverLog } from '../../jobs/ways.ts';
import { portAnswers, portIsFree, refusedPort } from '../../platform/ports.ts';
import { endProcess, type ProcessIdentity, seeOurs, startDetached } from '../../platform/processes.ts';
import { findByCommand, lookAt } from '../../platform/processLook.ts';
import { createSerialQueue } from '../../platform/serialQueue.ts';
import type { Records, ServerRecord } from './records.ts';
import { sizeOf, tailOf } from './serverLog.ts';

/** One queue for each server of a stack, by its node: starts and stops of the same server never overlap, whoever asks. */
export type Turns = (node: string) => ReturnType<typeof createSerialQueue>;

/** Shared by all who speak of the same stack's servers. */
export function createTurns(): Turns {
  const queues = new Map<string, ReturnType<typeof createSerialQueue>>();
  return (node) => {
    const queue = queues.get(node) ?? createSerialQueue();
    queues.set(node, queue);
    return queue;
  };
}

export interface StackServersDeps {
  readonly folder: StackFolder;
  readonly records: Records;
  /** The stack as it is saved now: its nodes say where each server listens. */
  stack(): Promise<Stack>;
  binary(program: Program): Promise<string>;
  readonly turns: Turns;
  changed(): void;
  /** When this machine was started, ms. Tests give another one. */
  readonly bootedAt?: () => number;
}

const listenSeconds = 60;
const letGoMs = 3_000;
const shownLines = 20;

/** Starts, watches and ends the servers of one stack. */
export function createStackServers(deps: StackServersDeps): StackServers {
  const { folder, records, turns, stack, binary, changed, bootedAt = () => Date.now() - uptime() * 1000 } = deps;
  const logFile = (kind: ServerKind, node: string): string => folder.path(serverLog(kind, node));

  async function read(kind: ServerKind, node: string): Promise<ServerRecord | undefined> {
    const record = await records.read(node);
    if (record?.kind !== kind) return undefined;
    if (record.process !== undefined || record.wanted !== 'running') return record;
    // Windows has no gate before the start (see `startDetached`): a kill right after it leaves a process without its pid.
    const pid = await findByCommand(record.binary, record.args);
    const seen = pid === undefined ? undefined : await lookAt(pid);
    return pid === undefined || seen === undefined ? record : { ...record, process: { pid, startTime: seen.startTime } };
  }

  async function status(kind: ServerKind, node: StackNode): Promise<ServerProcess> {
    const record = await read(kind, node.id);
    const base = { kind, node: node.id, url: node.url };
    if (record?.process !== undefined && (await seeOurs(record.process)) !== undefined) {
      const { pid } = record.process;
      return { ...base, state: 'running', pid, startedAt: record.startedAt, binary: record.binary };
    }
    if (await answers(node)) return { ...base, state: 'foreign' };
    if (record === undefined || record.wanted === 'stopped' || startedBefore(record, bootedAt())) return { ...base, state: 'stopped' };
    const lastLines = await tailOf(logFile(kind, node.id), shownLines, record.logOffset);
    return { ...base, state: 'died', startedAt: record.startedAt, binary: record.binary, lastLines };
  }

  async function start(kind: ServerKind, node: StackNode, program: Program, spec: LaunchSpec): Promise<ServerProcess> {
    const path = await binary(program);
    const wanted = { program, binary: path, args: spec.args, env: spec.env ?? {}, ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }) };
    const before = await read(kind, node.id);
    if (before?.process !== undefined && (await seeOurs(before.process)) !== undefined) {
      const { program, binary, args, env, cwd } = before;
      const same = isDeepStrictEqual({ program, binary, args, env, ...(cwd === undefined ? {} : { cwd }) }, wanted);
      if (same) {
        // It may still be starting: an engine that was killed right after the start comes back here.
        await waitForPort(kind, node, before.process, before);
        return status(kind, node);
      }
      await end(before);
    }
    await waitForFreePorts(kind, node, spec.args, before?.wanted === 'running' ? letGoMs : 0);
    const record: ServerRecord = {
      ...wanted,
      kind,
      node: node.id,
      startedAt: new Date().toISOString(),
      logOffset: await sizeOf(logFile(kind, node.id)),
      wanted: 'running',
    };
    await records.write(record);
    const process = await startDetached({
      binary: path,
      args: spec.args,
      env: record.env,
      cwd: spec.cwd === undefined ? dirname(folder.path('logs')) : folder.path(spec.cwd),
      logFile: logFile(kind, node.id),
      record: (identity) => records.write({ ...record, process: identity }),
    });
    void process.ended.then(() => changed());
    changed();
    await waitForPort(kind, node, process.identity, record, process.ended);
    const seen = await seeOurs(process.identity);
    if (seen?.exe !== undefined) await records.write({ ...record, process: { ...process.identity, exe: seen.exe } });
    return status(kind, node);
  }

  async function waitForPort(
    kind: ServerKind,
    node: StackNode,
    identity: ProcessIdentity,
    record: ServerRecord,
    ended?: Promise<string>,
  ): Promise<void> {
    let how: string | undefined;
    void ended?.then((told) => {
      how = told;
    });
    const lines = async (): Promise<string> => (await tailOf(logFile(kind, node.id), shownLines, record.logOffset)).join('\n');
    const until = Date.now() + listenSeconds * 1000;
    for (;;) {
      if (ended === undefined && (await seeOurs(identity)) === undefined) how = 'process gone';
      if (how !== undefined) {
        const printed = await lines();
        const port = refusedPort(printed);
        if (port !== undefined) throw new AppError('portInUse', { kind, port });
        throw new AppError('serverDied', { kind, reason: how, lines: printed });
      }
      if (await answers(node)) return;
      if (Date.now() > until) {
        throw new AppError('serverSilent', { kind, port: addressOf(node).port, seconds: listenSeconds, lines: await lines() });
      }
      await wait(50);
    }
  }

  async function end(record: ServerRecord): Promise<void> {
    if (record.process !== undefined && !(await endProcess(record.process))) {
      throw new AppError('serverNotStopped', { kind: record.kind, pid: record.process.pid });
    }
    const { process: _, ...rest } = record;
    await records.write({ ...rest, wanted: 'stopped' });
    changed();
  }

  /** Without an id: the first that runs here. */
  async function find(kind: ServerKind, id?: string): Promise<StackNode | undefined> {
    const nodes = nodesOf(await stack(), kind);
    return id === undefined ? (nodes.find(({ way }) => way === 'here') ?? nodes[0]) : nodes.find((one) => one.id === id);
  }

  async function nodeOf(kind: ServerKind, id?: string): Promise<StackNode> {
    const node = await find(kind, id);
    if (node === undefined) throw new AppError('serverNeverStarted', { kind });
    return node;
  }

  return {
    binary,
    status: async (kind, id) => status(kind, await nodeOf(kind, id)),
    async start(kind, program, spec, id) {
      const node = (await nodeOf(kind, id)).id;
      return turns(node)(async () => start(kind, await nodeOf(kind, node), program, spec));
    },
    async stop(kind, id) {
      const node = id ?? (await find(kind))?.id;
      // A server that left the document is still ours.
      const nodes = node === undefined ? (await records.all()).map((one) => one.node) : [node];
      for (const one of nodes)
        await turns(one)(async () => {
          const record = await read(kind, one);
          if (record !== undefined && record.wanted !== 'stopped') await end(record);
        });
    },
    async lastLines(kind, count, id) {
      return tailOf(logFile(kind, id ?? (await find(kind))?.id ?? `${kind}-1`), count);
    },
  };
}

/** A killed server of ours keeps its ports for a moment after it is no longer seen. Throws `portInUse`. */
async function waitForFreePorts(kind: ServerKind, node: StackNode, args: readonly string[], patienceMs: number): Promise<void> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      return await requireFreePorts(kind, node, args);
    } catch (error) {
      if (Date.now() >= until) throw error;
    }
    await wait(100);
  }
}

async function requireFreePorts(kind: ServerKind, node: StackNode, args: readonly string[]): Promise<void> {
  const { host, port } = addressOf(node);
  if (await portAnswers(host, port)) throw new AppError('portInUse', { kind, port });
  for (const one of new Set([port, ...portsIn(args)])) {
    if (!(await portIsFree(one))) throw new AppError('portInUse', { kind, port: one });
  }
}

/** Ports that a command line names, as in `--console-address=127.0.0.1:9001` or `:9000`. */
export function portsIn(args: readonly string[]): number[] {
  return args.flatMap((arg) => {
    const port = Number(/^(?:--?[\w-]+=)?(?:\[[0-9a-f:]+\]|[\w.-]*):(\d{2,5})$/i.exec(arg)?.[1]);
    return port > 0 && port < 65_536 ? [port] : [];
  });
}

function addressOf(node: StackNode): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(node.url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'http:' ? 80 : 443) };
}

async function answers(node: StackNode): Promise<boolean> {
  const { host, port } = addressOf(node);
  return portAnswers(host, port);
}

/** With some patience: the two clocks are not read at the same moment. */
function startedBefore(record: ServerRecord, boot: number): boolean {
  return Date.parse(record.startedAt) < boot - 5_000;
}
