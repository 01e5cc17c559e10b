import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { MemoryLock, Program, ServerBinary } from '../../../shared/lab.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import {
  type PlaceInput,
  placeInput,
  type SetupState,
  type StepStatus,
  type setupProcedures,
  stepIds,
  stepInputs,
} from '../../../shared/setup.ts';
import type { ServerKind, Stack } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import type { JobSpec, Report } from '../../jobs/jobRunner.ts';
import type { AnyStep, DomainDeps, StepContext } from '../../jobs/step.ts';
import { requireFolder } from '../../platform/requireFolder.ts';
import { createSerialQueue } from '../../platform/serialQueue.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { createAlone } from './alone.ts';
import { checkPlace, portsHere } from './checkPlace.ts';
import { placeNow, placeOf, stackOf } from './placeDocument.ts';
import { placeStep } from './placeStep.ts';
import { keepPorts, proposePorts } from './ports.ts';
import { createRunner, hasFurther } from './runner.ts';
import { newSetup } from './state.ts';

interface SetupDeps extends DomainDeps {
  dataFolder: string;
  /** Steps of the other domains; `place` is the set-up's own. */
  steps: readonly AnyStep[];
  stacks: {
    list(): Promise<{ id: string; name: string; folder: string }[]>;
    create(wanted: { name: string; folder: string; fill(document: Stack): Stack; before(document: Stack): Promise<void> }): Promise<Stack>;
  };
  servers(): Promise<ServerBinary[]>;
  memoryLock(program: Program): Promise<MemoryLock>;
  journal(stackId: string, text: ReturnType<typeof say>, outcome?: 'failed'): Promise<void>;
  requireDurable(what: string): void;
  /** Ports that documents and additions of clusters name, of all stacks. */
  portsOfClusters(): Promise<number[]>;
  /** Starts what was started here before and does not run now. */
  startAll(stackId: string): Promise<void>;
}

/** The guided steps of every stack as procedures, and the wizards that run one of them alone. */
export function createSetup(deps: SetupDeps): {
  handlers: DomainHandlers<typeof setupProcedures>;
  picked(stackId: string): Promise<Partial<Record<Program, string>>>;
  /** The form of the place no longer names a server that Connect took out of the draft. */
  forgetServer(stackId: string, kind: ServerKind): Promise<void>;
  /** Changes the place that the set-up remembers, nothing else. */
  changePlace(stackId: string, change: (place: PlaceInput) => PlaceInput): Promise<void>;
  /** The names of this machine that the place was given; none where the guided steps were never begun. */
  hosts(stackId: string): Promise<readonly string[]>;
  /** Writes the record of a stack that is being made otherwise. */
  begin(document: Stack): Promise<void>;
  /** The wanted ports where they are free and of no other stack, the next free ones otherwise. */
  freePorts(wanted: PlaceInput['ports']): Promise<PlaceInput['ports']>;
  /** Ports of all stacks that are known here, whether their servers run or not. */
  reservedPorts(): Promise<number[]>;
  /** The whole stack with what its steps were told. */
  contextOf(stackId: string, report: Report, signal: AbortSignal): Promise<StepContext>;
} {
  const runner = createRunner({ ...deps, steps: [placeStep, ...deps.steps] });
  const alone = createAlone({ steps: deps.steps, contextOf: runner.contextOf });
  const busy = new Map<string, string>();
  const creations = createSerialQueue();

  /** One set-up job a stack at a time, whichever window asks. */
  function startJob(stackId: string, spec: Omit<JobSpec, 'stackId'>): { jobId: string } {
    if (busy.has(stackId)) throw new AppError('setupBusy');
    const job = deps.jobs.start({ ...spec, stackId });
    busy.set(stackId, job.jobId);
    void deps.jobs.wait(job.jobId).then(() => {
      busy.delete(stackId);
      deps.publish('setup.changed', { stackId });
    });
    return job;
  }

  async function stateOf(stackId: string): Promise<SetupState> {
    const state = await runner.record(stackId).read();
    if (!state) throw new AppError('setupUnknown', { id: stackId });
    const { stack } = await deps.open(stackId);
    const jobId = busy.get(stackId);
    const steps = state.steps.map((status) => withPlace(jobId === undefined ? interrupted(status) : status, stack));
    return { ...state, steps, ...(jobId === undefined ? {} : { jobId }) };
  }

  /** Ports of all stacks, so that two labs can run side by side. */
  async function reservedPorts(): Promise<number[]> {
    const places = await Promise.all(
      (await deps.stacks.list()).map(async ({ id }) => placeInput.safeParse((await runner.record(id).read())?.steps[0]?.input)),
    );
    const placed = places.flatMap((place) => (place.success ? portsHere(place.data).map(([, port]) => port) : []));
    return [...placed, ...(await deps.portsOfClusters())];
  }

  async function create(wanted: PlaceInput, mode: SetupState['mode']): Promise<string> {
    checkPlace(wanted);
    deps.requireDurable(wanted.name);
    // One folder has one name, so that two stacks never share it.
    const folder = resolve(wanted.folder);
    const place = { ...wanted, folder };
    requireFolder(folder);
    // A stack that is known here is named before files of one that is not.
    const other = (await deps.stacks.list()).find((stack) => stack.folder === folder);
    if (other) throw new AppError('folderUsed', { folder, name: other.name });
    await requireNoStack(folder);
    const stack = await deps.stacks.create({
      name: place.name,
      folder,
      fill: ({ id, createdAt }) => stackOf(id, place, createdAt),
      before: ({ id }) => runner.record(id).write(newSetup(id, mode, place)),
    });
    await deps.journal(stack.id, say('setup.journal.created', { name: place.name, folder }));
    return stack.id;
  }

  return {
    async changePlace(stackId, change) {
      if ((await runner.record(stackId).read()) === undefined) return;
      await runner.record(stackId).change('place', (status) => {
        const place = placeInput.safeParse(status.input);
        return place.success ? { ...status, input: change(place.data) } : status;
      });
    },
    async hosts(stackId) {
      const place = placeInput.safeParse((await runner.record(stackId).read())?.steps[0]?.input);
      return place.success ? place.data.hosts : [];
    },
    begin: (document) => runner.record(document.id).write(newSetup(document.id, 'guided', placeOf(document))),
    reservedPorts,
    contextOf: (stackId, report, signal) => runner.contextOf(stackId, 'place', report, signal),
    freePorts: async (wanted) => keepPorts(wanted, await reservedPorts()),
    async picked(stackId) {
      const state = await runner.record(stackId).read();
      const input = state?.steps.find((step) => step.id === 'servers')?.input;
      return (input?.picked as Partial<Record<Program, string>> | undefined) ?? {};
    },
    async forgetServer(stackId, kind) {
      if (!(await runner.record(stackId).read())) return;
      await runner.record(stackId).change('place', (status) => {
        const place = placeInput.safeParse(status.input);
        if (!place.success || place.data.servers[kind].way !== 'api') return status;
        return { ...status, input: { ...place.data, servers: { ...place.data.servers, [kind]: { way: 'none' } } } };
      });
    },
    handlers: {
      async 'setup.propose'({ folder, name, product }) {
        const binaries = await deps.servers();
        const chosen = product ?? proposeProduct(binaries);
        const stackName = name ?? freeName((await deps.stacks.list()).map((stack) => stack.name));
        const place = placeInput.parse({
          name: stackName,
          folder: folder ?? join(homedir(), 'sealdeck', stackName),
          hosts: ['127.0.0.1', 'localhost'],
          ports: await proposePorts(await reservedPorts()),
          product: chosen,
        });
        return { place, binaries, memoryLock: await deps.memoryLock(chosen) };
      },
      'setup.create': async ({ place, mode }) => ({ stackId: await creations(() => create(place, mode)) }),
      'setup.state': ({ stackId }) => stateOf(stackId),
      async 'setup.draft'({ stackId, step, input }) {
        // Half a form may not fit yet, but what is no field of it has no place in a file.
        const foreign = Object.keys(input).find((field) => !Object.hasOwn(stepInputs[step].shape, field));
        if (foreign !== undefined) throw new AppError('invalidInput', { field: foreign.slice(0, 80), reason: 'is no field of this step' });
        await runner
          .record(stackId)
          .change(step, (status) => (status.state === 'proven' ? status : { ...status, input: { ...status.input, ...input } }));
        return {};
      },
      'setup.plan': ({ stackId, step, input }) => runner.plan(stackId, step, input),
      async 'setup.apply'({ stackId, step, input }) {
        await stateOf(stackId);
        return startJob(stackId, {
          title: say('setup.job.step', { step: `@setup.step.${step}` }),
          run: (report, signal) => runner.apply(stackId, step, input, report, signal),
        });
      },
      'setup.planAlone': ({ stackId, step, input }) => alone.plan(stackId, step, input),
      async 'setup.runAlone'({ stackId, step, input }) {
        await deps.open(stackId);
        return startJob(stackId, {
          title: say('setup.job.alone', { step: `@setup.step.${step}` }),
          run: (report, signal) => alone.run(stackId, step, input, report, signal),
        });
      },
      async 'setup.check'({ stackId, step }) {
        await stateOf(stackId);
        return startJob(stackId, {
          title: say('setup.job.check', { step: `@setup.step.${step}` }),
          run: (report, signal) => runner.check(stackId, step, report, signal),
        });
      },
      async 'setup.express'({ stackId, inputs }) {
        const { stack } = await deps.open(stackId);
        await runner.record(stackId).changeAll((state) => ({ ...state, mode: 'express' }));
        return startJob(stackId, {
          title: say('setup.job.express', { name: stack.name }),
          total: stepIds.length,
          async run(report, signal) {
            const state = await runner.express(stackId, inputs, report, signal);
            // The steps know the first cluster only; servers of further ones were stopped with it.
            if (hasFurther((await deps.open(stackId)).stack)) await deps.startAll(stackId);
            return state;
          },
        });
      },
    },
  };
}

/** Files of servers that no stack of this data folder owns: perhaps all that is left of somebody's keys. */
async function requireNoStack(folder: string): Promise<void> {
  const there = await readdir(folder).catch((): string[] => []);
  const names = ['certs', 'vault', 'kes', 'minio', 'handover', 'connect', 'clusters', 'kes-move'].filter((name) => there.includes(name));
  if (names.length > 0) throw new AppError('folderHoldsStack', { folder, names: names.join(', ') });
}

/** OpenBao is the default of the family; Vault when only Vault is here already. */
function proposeProduct(binaries: readonly ServerBinary[]): 'openbao' | 'vault' {
  const here = (program: Program): boolean => binaries.some((binary) => binary.program === program && binary.source !== 'none');
  return !here('openbao') && here('vault') ? 'vault' : 'openbao';
}

function freeName(names: readonly string[]): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? 'local-lab' : `local-lab-${count}`;
    if (!names.includes(name)) return name;
  }
}

/** The form of the place tells where the servers are now. */
function withPlace(status: StepStatus, stack: Stack): StepStatus {
  const kept = status.id === 'place' ? placeInput.safeParse(status.input) : undefined;
  return kept?.success ? { ...status, input: placeNow(kept.data, stack, status.state === 'proven') } : status;
}

/** A step that says "running" while no job runs was cut off by the end of its engine. */
function interrupted(status: StepStatus): StepStatus {
  return status.state === 'running' ? { ...status, state: 'failed', error: { code: 'stepInterrupted' } } : status;
}
