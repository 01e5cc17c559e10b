import { buildFor, cacheFolder, executable } from '../../../servers/catalogue.ts';
import { find } from '../../../servers/find.ts';
import { get } from '../../../servers/get.ts';
import { type labProcedures, type MemoryLock, type Program, program, type ServerBinary, type ServerProcess } from '../../../shared/lab.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { nodesHere, nodesOf, serverKinds, serverNames } from '../../../shared/servers.ts';
import type { ServerKind, Stack, VaultStorage } from '../../../shared/stacks.ts';
import { say, type Text } from '../../../shared/text.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import type { AnyStep, DomainDeps, StackFolder, StackServers } from '../../jobs/step.ts';
import { memoryLockOf } from '../../platform/memoryLock.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { createRecords, type Records, type ServerRecord } from './records.ts';
import { serversStep } from './serversStep.ts';
import { createStackServers, createTurns, type Turns } from './stackServers.ts';

type Picked = Partial<Record<Program, string>>;

export interface LabDeps extends DomainDeps {
  readonly dataFolder: string;
  /** Where built servers are kept; by default the user's cache folder. */
  readonly cache?: string;
  /** The binaries that the user picked in step `servers`. */
  pickedOf(stackId: string): Promise<Picked>;
  /** Why a server cannot be started yet, for instance KES while Vault is sealed. */
  gate(kind: ServerKind, stackId: string): Promise<Text | undefined>;
  /** Ends what other domains started for a stack beside its servers, as an old KES that the move put back. */
  endOthers?(stackId: string): Promise<void>;
}

export interface Lab {
  readonly handlers: DomainHandlers<typeof labProcedures>;
  readonly steps: AnyStep[];
  /** The servers of a stack. Without `picked` the choice of step `servers` is asked for at each start. */
  serversOf(stackId: string, folder: StackFolder, picked?: Picked): StackServers;
  /** All four programs, as found now. */
  servers(stackId?: string): Promise<ServerBinary[]>;
  /** Starts, as a job, what was started here before and does not run now; or that one server. */
  start(stackId: string, kind?: ServerKind): Promise<{ jobId: string }>;
  /** Whether a program as found now may lock memory. */
  memoryLock(wanted: Program): Promise<MemoryLock>;
  /** The program that a stack with this storage would use. Throws `serverMissing`. */
  binary(wanted: Program, storage: VaultStorage): Promise<string>;
}

/** The servers that Sealdeck runs: finding and getting their programs, starting, stopping, logs. */
export function createLab(deps: LabDeps): Lab {
  const cache = deps.cache ?? cacheFolder();
  const kept = new Map<string, { records: Records; turns: Turns }>();

  function keptOf(stackId: string): { records: Records; turns: Turns } {
    const known = kept.get(stackId) ?? { records: createRecords(deps.dataFolder, stackId), turns: createTurns() };
    kept.set(stackId, known);
    return known;
  }

  async function storageOf(stackId: string): Promise<VaultStorage | undefined> {
    return (await deps.open(stackId)).stack.keyStores[0]?.storage;
  }

  function serversOf(stackId: string, folder: StackFolder, picked?: Picked): StackServers {
    return createStackServers({
      ...keptOf(stackId),
      folder,
      stack: async () => (await deps.open(stackId)).stack,
      async binary(wanted) {
        const choice = picked ?? (await deps.pickedOf(stackId));
        const found = await find(wanted, { picked: choice[wanted], storage: await storageOf(stackId), cache });
        if (found.path === undefined) throw new AppError('serverMissing', { program: wanted });
        return found.path;
      },
      changed: () => deps.publish('lab.changed', { stackId }),
    });
  }

  async function servers(stackId?: string): Promise<ServerBinary[]> {
    const picked = stackId === undefined ? {} : await deps.pickedOf(stackId);
    const storage = stackId === undefined ? undefined : await storageOf(stackId);
    return Promise.all(program.options.map((name) => findForList(name, picked[name], storage)));
  }

  async function memoryLock(wanted: Program): Promise<MemoryLock> {
    const { path } = await find(wanted, { cache });
    if (path !== undefined) return memoryLockOf(path, wanted);
    // Before there is a file, only what this process passes on can be told.
    const { state } = await memoryLockOf(executable(wanted), wanted);
    return { state, canRun: false };
  }

  async function findForList(name: Program, picked: string | undefined, storage: VaultStorage | undefined): Promise<ServerBinary> {
    try {
      return await find(name, { picked, storage, cache });
    } catch (error) {
      // A picked file that went bad is listed without a version; its reason is told where it is used.
      if (!isAppError(error, 'serverWrongBinary') || picked === undefined) throw error;
      return { program: name, source: 'picked', path: picked };
    }
  }

  /** The servers of the stack that were started here before, in the order of the chain. Throws `serverNeverStarted`. */
  async function known(stackId: string, { kind, node }: Wish): Promise<Server[]> {
    const records = await keptOf(stackId).records.all();
    const { stack } = await deps.open(stackId);
    const found = serversIn(stack, { kind, node }).filter((one) => records.some((record) => isOf(record, one)));
    if (found.length === 0) throw new AppError('serverNeverStarted', { kind: kind ?? 'vault' });
    return found;
  }

  async function startAll(stackId: string, servers: readonly Server[], report: Report, signal: AbortSignal): Promise<unknown> {
    const access = await deps.open(stackId);
    const started: ServerProcess[] = [];
    for (const [done, { kind, node, name }] of servers.entries()) {
      signal.throwIfAborted();
      report({ done, note: say('labStarting', { kind: name }) });
      const record = await keptOf(stackId).records.read(node);
      if (record === undefined) continue;
      const before = await access.servers.status(kind, node);
      const reason = before.state === 'running' ? undefined : await deps.gate(kind, stackId);
      if (reason !== undefined) {
        report({ done, note: reason });
        return { servers: started, waiting: kind, note: reason };
      }
      const { args, env, cwd } = record;
      const spec = { args, env, ...(cwd === undefined ? {} : { cwd }) };
      const now = await access.servers.start(kind, record.program, spec, node);
      if (now.pid !== before.pid) await access.journal(say('labStarted', { kind: name, pid: now.pid ?? 0 }));
      started.push(now);
    }
    report({ done: servers.length });
    return { servers: started };
  }

  async function stopAll(stackId: string, servers: readonly Server[], report: Report): Promise<unknown> {
    const access = await deps.open(stackId);
    for (const [done, { kind, node, name }] of servers.toReversed().entries()) {
      report({ done, note: say('labStopping', { kind: name }) });
      const before = await access.servers.status(kind, node);
      await access.servers.stop(kind, node);
      if (before.state === 'running') await access.journal(say('labStopped', { kind: name, pid: before.pid ?? 0 }));
    }
    report({ done: servers.length });
    return {};
  }

  async function start(stackId: string, wish: Wish): Promise<{ jobId: string }> {
    const servers = await known(stackId, wish);
    const title = say('labStart', { kinds: namesOf(servers) });
    return deps.jobs.start({ title, stackId, total: servers.length, run: (report, signal) => startAll(stackId, servers, report, signal) });
  }

  return {
    serversOf,
    servers,
    memoryLock,
    async binary(wanted, storage) {
      const { path } = await find(wanted, { storage, cache });
      if (path === undefined) throw new AppError('serverMissing', { program: wanted });
      return path;
    },
    start: (stackId, kind) => start(stackId, { kind }),
    steps: [serversStep(cache)],
    handlers: {
      'lab.servers': async ({ stackId }) => ({ binaries: await servers(stackId), cache }),
      'lab.get': async ({ programs, storage }) =>
        deps.jobs.start({
          title: say('labGet', { programs: programs.join(', ') }),
          total: programs.length,
          async run(report, signal) {
            for (const [done, name] of programs.entries()) {
              report({ done });
              await get(buildFor(name, storage).name, { cache, signal, onProgress: (note) => report({ done, note }) });
            }
            report({ done: programs.length });
            return { binaries: await servers() };
          },
        }),
      'lab.status': async ({ stackId }) => {
        const access = await deps.open(stackId);
        return {
          servers: await Promise.all(
            serversIn(access.stack).flatMap(({ kind, node, here }) => (here ? [access.servers.status(kind, node)] : [])),
          ),
        };
      },
      'lab.start': ({ stackId, ...wish }) => start(stackId, wish),
      'lab.stop': async ({ stackId, ...wish }) => {
        const records = await keptOf(stackId).records.all();
        const { stack } = await deps.open(stackId);
        const servers = serversIn(stack, wish).filter((one) => one.here || records.some((record) => isOf(record, one)));
        const title = say('labStop', { kinds: namesOf(servers) });
        return deps.jobs.start({
          title,
          stackId,
          total: servers.length,
          async run(report) {
            const answer = await stopAll(stackId, servers, report);
            if (wish.node === undefined && (wish.kind ?? 'kes') === 'kes') await deps.endOthers?.(stackId);
            return answer;
          },
        });
      },
      'lab.restart': async ({ stackId, ...wish }) => {
        const servers = await known(stackId, wish);
        return deps.jobs.start({
          title: say('labRestart', { kinds: namesOf(servers) }),
          stackId,
          total: servers.length,
          async run(report, signal) {
            await stopAll(stackId, servers, report);
            return startAll(stackId, servers, report, signal);
          },
        });
      },
      'lab.log': async ({ stackId, kind, node, lines }) => {
        const access = await deps.open(stackId);
        const found = await access.servers.lastLines(kind, lines, node);
        return found.length === 0 ? { lines: found, note: say('labNoLog', { kind }) } : { lines: found };
      },
    },
  };
}

/** One server of a stack, and what it is called: by its kind, with its id where there are several. */
interface Server {
  readonly kind: ServerKind;
  readonly node: string;
  readonly name: string;
  /** Of servers elsewhere could only be said that somebody answers there. */
  readonly here: boolean;
}

/** Which servers are meant: all, those of a kind, or one. */
interface Wish {
  readonly kind?: ServerKind | undefined;
  readonly node?: string | undefined;
}

/** In the order of the chain. */
function serversIn(stack: Stack, wish: Wish = {}): Server[] {
  return serverKinds
    .filter((kind) => wish.kind === undefined || kind === wish.kind)
    .flatMap((kind) => {
      const several = nodesHere(stack, kind).length > 1;
      return nodesOf(stack, kind).map(({ id, way }) => {
        const name = several ? `${serverNames[kind]} (${id})` : serverNames[kind];
        return { kind, node: id, name, here: way === 'here' };
      });
    })
    .filter(({ node }) => wish.node === undefined || node === wish.node);
}

function namesOf(servers: readonly Server[]): string {
  return servers.map(({ name }) => name).join(', ');
}

function isOf(record: ServerRecord, { kind, node }: Server): boolean {
  return record.kind === kind && record.node === node;
}
