import { isDeepStrictEqual } from 'node:util';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { type Evidence, type SetupState, type StepId, type StepInputs, type StepPlan, stepIds, stepInputs } from '../../../shared/setup.ts';
import { say, type Text } from '../../../shared/text.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import type { AnyStep, DomainDeps, Step, StepContext } from '../../jobs/step.ts';
import { invalid, toWire } from '../../rpc/connection.ts';
import { nextFree } from './ports.ts';
import { type SetupRecord, setupRecord } from './state.ts';

type RawInput = Record<string, unknown>;

export interface Runner {
  record(stackId: string): SetupRecord;
  plan(stackId: string, step: StepId, input: RawInput): Promise<{ plan: StepPlan; input: RawInput }>;
  apply(stackId: string, step: StepId, input: RawInput, report: Report, signal: AbortSignal): Promise<void>;
  check(stackId: string, step: StepId, report: Report, signal: AbortSignal): Promise<void>;
  /** All steps in order: a proven one is checked and only applied again when the other side disagrees. */
  express(stackId: string, inputs: Partial<Record<StepId, RawInput>>, report: Report, signal: AbortSignal): Promise<SetupState>;
}

/** Steps whose proof lies in the past and does not wear out by a restart; express does not repeat them. */
const lasting: ReadonlySet<StepId> = new Set<StepId>(['object', 'proof', 'admin']);

export function createRunner(deps: DomainDeps & { dataFolder: string; steps: readonly AnyStep[] }): Runner {
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

  /** Inputs of all steps: what was applied or drafted where it still fits, the step's own proposal otherwise. */
  async function contextOf(stackId: string, report: Report, signal: AbortSignal): Promise<StepContext> {
    const access = await deps.open(stackId);
    const state = await record(stackId).read();
    if (!state) throw new AppError('setupUnknown', { id: stackId });
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
    for (const status of state.steps) {
      const kept = stepInputs[status.id].safeParse(status.input);
      const value: unknown = kept.success ? kept.data : await stepOf(status.id).propose(context);
      Object.assign(inputs, { [status.id]: value });
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

  /** Runs one act of a step and writes its outcome down, whatever it is. */
  async function run(stackId: string, id: StepId, signal: AbortSignal, act: () => Promise<Evidence[]>): Promise<void> {
    await record(stackId).change(id, ({ error: _, reason: __, ...status }) => ({ ...status, state: 'running' }));
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

  async function apply(stackId: string, id: StepId, raw: RawInput, report: Report, signal: AbortSignal): Promise<void> {
    await requireEarlier(stackId, id);
    const step = stepOf(id);
    const context = await contextOf(stackId, report, signal);
    const before = context.inputs[id];
    const input = await inputFor(step, context, raw);
    const changed = !isDeepStrictEqual(before, input);
    const wasProven = (await record(stackId).read())?.steps.find((status) => status.id === id)?.state === 'proven';
    await record(stackId).change(id, (status) => ({ ...status, input: keepable(input as RawInput) }));
    Object.assign(context.inputs, { [id]: input });
    if (changed && wasProven) await markLaterStale(stackId, id);
    await run(stackId, id, signal, async () => {
      await step.apply(context, input as never);
      signal.throwIfAborted();
      return step.check(context, input as never);
    });
  }

  async function check(stackId: string, id: StepId, report: Report, signal: AbortSignal): Promise<void> {
    const context = await contextOf(stackId, report, signal);
    await run(stackId, id, signal, () => stepOf(id).check(context, context.inputs[id] as never));
  }

  async function markLaterStale(stackId: string, id: StepId): Promise<void> {
    const from = stepIds.indexOf(id) + 1;
    await record(stackId).changeAll((state) => ({
      ...state,
      steps: state.steps.map((status, at) =>
        at >= from && status.state === 'proven' ? { ...status, state: 'todo', reason: say('setup.stale') } : status,
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
        (rests || (id !== 'proof' && (await stillTrue(stackId, id, report, signal))))
      )
        continue;
      changed ||= given === undefined || status?.state !== 'proven';
      const tell: Report = (progress) => report({ done: at, total: stepIds.length, note: progress.note ?? note });
      try {
        await apply(stackId, id, given ?? {}, tell, signal);
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
    const { ports } = (await contextOf(stackId, report, signal)).inputs.place;
    const taken = Number(error.details.port);
    const name = (Object.keys(ports) as (keyof typeof ports)[]).find((one) => ports[one] === taken);
    if (name === undefined) return false;
    const free = await nextFree(taken + 1, new Set(Object.values(ports)));
    await apply(stackId, 'place', { ports: { ...ports, [name]: free } }, report, signal);
    return true;
  }

  async function stillTrue(stackId: string, id: StepId, report: Report, signal: AbortSignal): Promise<boolean> {
    try {
      await check(stackId, id, report, signal);
      return true;
    } catch (error) {
      if (signal.aborted) throw error;
      return false;
    }
  }

  return {
    record,
    apply,
    check,
    express,
    async plan(stackId, id, raw) {
      const context = await contextOf(stackId, () => undefined, new AbortController().signal);
      const input = await inputFor(stepOf(id), context, raw);
      Object.assign(context.inputs, { [id]: input });
      return { plan: await stepOf(id).plan(context, input as never), input: input as RawInput };
    },
  };
}

/** A file token works once, so it is not part of what a step remembers. */
function keepable({ file: _, ...input }: RawInput): RawInput {
  return input;
}
