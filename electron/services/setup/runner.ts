import { isDeepStrictEqual } from 'node:util';
import { firstCluster } from '../../../shared/projected.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { type Evidence, type SetupState, type StepId, type StepInputs, type StepPlan, stepIds, stepInputs } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { say, type Text } from '../../../shared/text.ts';
import { clusterView } from '../../jobs/clusterView.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import type { AnyStep, DomainDeps, Step, StepContext } from '../../jobs/step.ts';
import { invalid, toWire } from '../../rpc/connection.ts';
import { placeNow, placeOf } from './placeDocument.ts';
import { nextFree } from './ports.ts';
import { newSetup, type SetupRecord, setupRecord } from './state.ts';

type RawInput = Record<string, unknown>;

export interface Runner {
  record(stackId: string): SetupRecord;
  /** What a step works with outside the chain, too: a stack without a record of guided steps gets proposals. Writes nothing. */
  contextOf(stackId: string, step: StepId, report: Report, signal: AbortSignal): Promise<StepContext>;
  plan(stackId: string, step: StepId, input: RawInput): Promise<{ plan: StepPlan; input: RawInput }>;
  apply(stackId: string, step: StepId, input: RawInput, report: Report, signal: AbortSignal): Promise<void>;
  check(stackId: string, step: StepId, report: Report, signal: AbortSignal): Promise<void>;
  /** All steps in order: a proven one is checked and only applied again when the other side disagrees. */
  express(stackId: string, inputs: Partial<Record<StepId, RawInput>>, report: Report, signal: AbortSignal): Promise<SetupState>;
}

/** Proposals of steps that nobody applied, made once in one run. */
type Proposals = Map<StepId, unknown>;

/** Steps whose proof lies in the past and does not wear out by a restart; express does not repeat them. */
const lasting: ReadonlySet<StepId> = new Set<StepId>(['object', 'proof', 'admin']);

/** Steps that see the whole document: the place leaves further clusters as they are, and the operator's login is for all. */
const speaksOfAll: ReadonlySet<StepId> = new Set<StepId>(['place', 'admin']);

/** Steps whose check writes something that it takes away again. */
const probing: ReadonlySet<StepId> = new Set<StepId>(['prepare', 'admin']);

/** The call itself was allowed; a job may run when its stack becomes read-only. */
export function requireWritable({ name, readOnly }: Stack): void {
  if (readOnly) throw new AppError('stackReadOnly', { name });
}

interface RunnerDeps extends DomainDeps {
  dataFolder: string;
  steps: readonly AnyStep[];
  journal(stackId: string, action: Text, outcome: 'failed'): Promise<void>;
}

/** Runs steps one after the other and writes each outcome into the stack's record. */
export function createRunner(deps: RunnerDeps): Runner {
  const records = new Map<string, SetupRecord>();
  const stepOf = (id: StepId): Step => {
    const found = deps.steps.find((step) => step.id === id);
    if (!found) throw new AppError('setupUnknown', { id });
    return found as unknown as Step;
  };

  function record(stackId: string): SetupRecord {
    const known = records.get(stackId) ?? setupRecord(deps.dataFolder, stackId, () => deps.publish('setup.changed', { stackId }));
    records.set(stackId, known);
    return known;
  }

  /**
   * Inputs of the step and of those before it: what was applied or drafted where it still fits, the step's own proposal
   * otherwise. Of later steps only what is kept: nobody reads more, and a proposal may cost a server's answer.
   */
  async function contextOf(
    stackId: string,
    upTo: StepId,
    report: Report,
    signal: AbortSignal,
    proposals: Proposals = new Map(),
  ): Promise<StepContext> {
    const whole = await deps.open(stackId);
    // The steps know one cluster: the first.
    const access = !speaksOfAll.has(upTo) && hasFurther(whole.stack) ? clusterView(whole, firstCluster) : whole;
    const steps = (await record(stackId).read())?.steps ?? newSetup(stackId, 'guided', placeOf(access.stack)).steps;
    const inputs = {} as StepInputs;
    const context: StepContext = {
      ...access,
      inputs,
      report,
      signal,
      get stack() {
        return access.stack;
      },
    };
    for (const [at, status] of steps.entries()) {
      const { id } = status;
      const kept = stepInputs[id].safeParse(status.input);
      if (!kept.success && at > stepIds.indexOf(upTo)) continue;
      if (!kept.success && !proposals.has(id)) proposals.set(id, await stepOf(id).propose(context));
      Object.assign(inputs, { [id]: kept.success ? kept.data : proposals.get(id) });
      if (id === 'place') inputs.place = placeNow(inputs.place, access.stack, status.state === 'proven');
    }
    return context;
  }

  async function inputFor(step: Step, context: StepContext, input: RawInput): Promise<StepInputs[StepId]> {
    const proposed = context.inputs[step.id] as RawInput;
    const parsed = stepInputs[step.id].safeParse({ ...proposed, ...input });
    if (!parsed.success) throw invalid(parsed.error);
    return parsed.data;
  }

  async function requireEarlier(stackId: string, id: StepId): Promise<void> {
    const state = await record(stackId).read();
    const missing = state?.steps.slice(0, stepIds.indexOf(id)).find((status) => status.state !== 'proven' && status.state !== 'skipped');
    if (missing) throw new AppError('setupOrder', { step: `@setup.step.${id}`, missing: `@setup.step.${missing.id}` });
  }

  /** Runs one act of a step and writes its outcome down, whatever it is. `input`: what is kept of it from now on. */
  async function run(stackId: string, id: StepId, signal: AbortSignal, act: () => Promise<Evidence[]>, input?: RawInput): Promise<void> {
    await record(stackId).change(id, ({ error: _, reason: __, ...status }) => ({
      ...status,
      ...(input ? { input: keepable(input) } : {}),
      state: 'running',
    }));
    try {
      const evidence = await act();
      await record(stackId).change(id, (status) => ({ ...status, state: 'proven', at: new Date().toISOString(), evidence }));
    } catch (thrown) {
      // Stopped on request is an outcome, not a defect, however deep the abort came out.
      const error = signal.aborted && !(thrown instanceof AppError) ? new AppError('cancelled') : thrown;
      const wire = toWire(error, deps.log, `step ${id}`);
      await record(stackId).change(id, (status) => ({
        ...status,
        state: 'failed',
        at: new Date().toISOString(),
        error: wire,
        evidence: [],
      }));
      throw AppError.of(wire);
    }
  }

  /** Writes down that a step has nothing to do on this stack, and why, unless that stands there already. */
  async function skip(stackId: string, id: StepId, reason: Text, input?: RawInput): Promise<void> {
    const known = (await record(stackId).read())?.steps.find((status) => status.id === id);
    if (known?.state === 'skipped' && isDeepStrictEqual(known.reason, reason) && input === undefined) return;
    await record(stackId).change(id, ({ error: _, ...status }) => ({
      ...status,
      ...(input ? { input: keepable(input) } : {}),
      state: 'skipped',
      at: new Date().toISOString(),
      reason,
      evidence: [],
    }));
  }

  /** A skipped step that has something to do after all, as when its server came to the stack later. */
  async function wake(stackId: string, id: StepId): Promise<void> {
    const known = (await record(stackId).read())?.steps.find((status) => status.id === id);
    if (known?.state === 'skipped') await record(stackId).change(id, ({ at: _, reason: __, ...status }) => ({ ...status, state: 'todo' }));
  }

  /** The steps right after a proven one that have nothing to do, so that who is guided comes to the next one that has. */
  async function skipNext(stackId: string, id: StepId, proposals: Proposals, report: Report, signal: AbortSignal): Promise<void> {
    const state = await record(stackId).read();
    for (const { id: next, state: now } of state?.steps.slice(stepIds.indexOf(id) + 1) ?? []) {
      if (now === 'proven' || now === 'failed') return;
      const context = await contextOf(stackId, next, report, signal, proposals);
      const reason = await stepOf(next).skips?.(context);
      if (reason === undefined) return wake(stackId, next);
      await skip(stackId, next, reason);
    }
  }

  async function apply(
    stackId: string,
    id: StepId,
    raw: RawInput,
    report: Report,
    signal: AbortSignal,
    proposals: Proposals = new Map(),
  ): Promise<void> {
    await requireEarlier(stackId, id);
    const step = stepOf(id);
    const context = await contextOf(stackId, id, report, signal, proposals);
    requireWritable(context.stack);
    const before = context.inputs[id];
    const input = await inputFor(step, context, raw);
    Object.assign(context.inputs, { [id]: input });
    const reason = await step.skips?.(context);
    if (reason !== undefined) return skip(stackId, id, reason, Object.keys(raw).length > 0 ? (input as RawInput) : undefined);
    const changed = !isDeepStrictEqual(before, input);
    const wasProven = (await record(stackId).read())?.steps.find((status) => status.id === id)?.state === 'proven';
    if (changed && wasProven) await markLaterStale(stackId, id);
    const act = async (): Promise<Evidence[]> => {
      await step.apply(context, input as never).catch(async (error: unknown) => {
        // What a step did before it failed stands there already. A journal that cannot be written must not hide the cause.
        const code = isAppError(error) ? error.code : signal.aborted ? 'cancelled' : 'internal';
        await deps.journal(stackId, say('setup.journal.failed', { step: `@setup.step.${id}`, code }), 'failed').catch(() => undefined);
        throw error;
      });
      signal.throwIfAborted();
      return step.check(context, input as never);
    };
    await run(stackId, id, signal, act, input as RawInput);
  }

  async function check(stackId: string, id: StepId, report: Report, signal: AbortSignal, proposals: Proposals = new Map()): Promise<void> {
    const context = await contextOf(stackId, id, report, signal, proposals);
    const reason = await stepOf(id).skips?.(context);
    if (reason !== undefined) return skip(stackId, id, reason);
    if (probing.has(id)) requireWritable(context.stack);
    const skipped = (await record(stackId).read())?.steps.find((status) => status.id === id)?.state === 'skipped';
    // It was never applied, so there is nothing of it that could be looked at.
    if (skipped) return wake(stackId, id);
    await run(stackId, id, signal, () => stepOf(id).check(context, context.inputs[id] as never));
  }

  async function markLaterStale(stackId: string, id: StepId): Promise<void> {
    const from = stepIds.indexOf(id) + 1;
    await record(stackId).changeAll((state) => ({
      ...state,
      steps: state.steps.map((status, at) =>
        at >= from && (status.state === 'proven' || status.state === 'skipped')
          ? { ...status, state: 'todo', reason: say('setup.stale') }
          : status,
      ),
    }));
  }

  async function express(
    stackId: string,
    inputs: Partial<Record<StepId, RawInput>>,
    report: Report,
    signal: AbortSignal,
    moves = 3,
  ): Promise<SetupState> {
    let changed = false;
    const proposals: Proposals = new Map();
    for (const [at, id] of stepIds.entries()) {
      signal.throwIfAborted();
      const note: Text = say(`setup.step.${id}`);
      report({ done: at, total: stepIds.length, note });
      const status = (await record(stackId).read())?.steps.find((step) => step.id === id);
      const given = inputs[id];
      // A proof tells of servers that ran then: once one of them was set right again, it is made anew.
      const rests = lasting.has(id) && !(id === 'proof' && changed);
      if (
        status?.state === 'proven' &&
        given === undefined &&
        (rests || (id !== 'proof' && (await stillTrue(stackId, id, report, signal, proposals))))
      )
        continue;
      changed ||= given === undefined || status?.state !== 'proven';
      const tell: Report = (progress) => report({ done: at, total: stepIds.length, note: progress.note ?? note });
      try {
        await apply(stackId, id, given ?? {}, tell, signal, proposals);
      } catch (error) {
        if (moves === 0 || !(await moved(stackId, id, error, tell, signal))) throw error;
        return express(stackId, inputs, report, signal, moves - 1);
      }
    }
    report({ done: stepIds.length, total: stepIds.length });
    const state = await record(stackId).read();
    if (!state) throw new AppError('setupUnknown', { id: stackId });
    return state;
  }

  /** A port that somebody took between proposal and start: where nothing of this stack ever ran, the next free one does as well. */
  async function moved(stackId: string, id: StepId, error: unknown, report: Report, signal: AbortSignal): Promise<boolean> {
    if (!isAppError(error, 'portInUse')) return false;
    const later = (await record(stackId).read())?.steps.slice(stepIds.indexOf(id) + 1);
    if (later?.some((status) => status.evidence.length > 0)) return false;
    let { ports } = (await contextOf(stackId, 'place', report, signal)).inputs.place;
    // While one port is given up, somebody may take another: then that one moves, too.
    for (let taken: AppError = error, tries = 5; tries > 0; tries -= 1) {
      const port = Number(taken.details.port);
      const name = (Object.keys(ports) as (keyof typeof ports)[]).find((one) => ports[one] === port);
      if (name === undefined) return false;
      ports = { ...ports, [name]: await nextFree(port + 1, new Set(Object.values(ports))) };
      try {
        await apply(stackId, 'place', { ports }, report, signal);
        return true;
      } catch (again) {
        if (!isAppError(again, 'portTaken')) throw again;
        taken = again;
      }
    }
    return false;
  }

  async function stillTrue(stackId: string, id: StepId, report: Report, signal: AbortSignal, proposals: Proposals): Promise<boolean> {
    try {
      await check(stackId, id, report, signal, proposals);
      return true;
    } catch (error) {
      if (signal.aborted) throw error;
      return false;
    }
  }

  return {
    record,
    contextOf,
    async apply(stackId, id, raw, report, signal) {
      const proposals: Proposals = new Map();
      await apply(stackId, id, raw, report, signal, proposals);
      // What cannot be told of the next step is told when it is opened.
      await skipNext(stackId, id, proposals, report, signal).catch((error: unknown) => {
        if (!isAppError(error)) throw error;
      });
    },
    check,
    express,
    async plan(stackId, id, raw) {
      const context = await contextOf(stackId, id, () => undefined, new AbortController().signal);
      const input = await inputFor(stepOf(id), context, raw);
      Object.assign(context.inputs, { [id]: input });
      const reason = await stepOf(id).skips?.(context);
      if (reason !== undefined) return { plan: nothingToDo(reason), input: input as RawInput };
      return { plan: await stepOf(id).plan(context, input as never), input: input as RawInput };
    },
  };
}

/** The plan of a step that will be skipped. */
function nothingToDo(reason: Text): StepPlan {
  return { changes: [reason], warnings: [], commands: [], files: [], seconds: 0 };
}

/** Whether clusters were added beside the one that the set-up makes. */
export function hasFurther({ minioClusters }: Stack): boolean {
  return minioClusters.length > 1 && minioClusters.some(({ id }) => id === firstCluster);
}

/** A file token works once, so it is not part of what a step remembers. */
function keepable({ file: _, ...input }: RawInput): RawInput {
  return input;
}
