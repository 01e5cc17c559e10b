import type { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';
import { type Evidence, type StepInputs, type StepPlan, stepInputs, type WizardStep } from '../../../shared/setup.ts';
import type { Text } from '../../../shared/text.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import type { AnyStep, Step, StepContext } from '../../jobs/step.ts';
import { invalid } from '../../rpc/connection.ts';
import { type Runner, requireWritable } from './runner.ts';

type RawInput = Record<string, unknown>;

export interface Alone {
  /** A plan of what is typed so far. While a field that only a person can know is missing, it is empty. */
  plan(stackId: string, step: WizardStep, input: RawInput): Promise<{ plan: StepPlan; input: RawInput }>;
  /** Applies and checks the step. Throws `setupNothingToDo` where the stack leaves nothing to it. */
  run(stackId: string, step: WizardStep, input: RawInput, report: Report, signal: AbortSignal): Promise<{ evidence: Evidence[] }>;
}

const nothing: StepPlan = { changes: [], warnings: [], commands: [], files: [], seconds: 0 };

/** One step of the chain by itself, on any stack. The record of the guided set-up is no condition for it and is not written. */
export function createAlone({ steps, contextOf }: { steps: readonly AnyStep[]; contextOf: Runner['contextOf'] }): Alone {
  const stepOf = (id: WizardStep): Step => steps.find((step) => step.id === id) as unknown as Step;

  async function proposed(step: Step, context: StepContext): Promise<RawInput> {
    return { ...((await step.alone?.propose?.(context)) ?? context.inputs[step.id]) };
  }

  async function refusal(step: Step, context: StepContext): Promise<Text | undefined> {
    const reason = await step.skips?.(context);
    if (reason === undefined) await step.alone?.requires?.(context);
    return reason;
  }

  return {
    async plan(stackId, id, raw) {
      const step = stepOf(id);
      const context = await contextOf(stackId, id, () => undefined, new AbortController().signal);
      const reason = await refusal(step, context);
      const input = { ...(await proposed(step, context)), ...raw };
      if (reason !== undefined) return { plan: { ...nothing, warnings: [reason] }, input };
      const parsed = stepInputs[id].safeParse(input);
      if (!parsed.success) {
        if (isUnfinished(parsed.error, raw)) return { plan: nothing, input };
        throw invalid(parsed.error);
      }
      Object.assign(context.inputs, { [id]: parsed.data });
      return { plan: await step.plan(context, parsed.data as never), input: parsed.data as RawInput };
    },

    async run(stackId, id, raw, report, signal) {
      const step = stepOf(id);
      const context = await contextOf(stackId, id, report, signal);
      requireWritable(context.stack);
      if ((await refusal(step, context)) !== undefined) throw new AppError('setupNothingToDo', { step: `@setup.step.${id}` });
      const parsed = stepInputs[id].safeParse({ ...(await proposed(step, context)), ...raw });
      if (!parsed.success) throw invalid(parsed.error);
      const input = parsed.data as StepInputs[WizardStep];
      Object.assign(context.inputs, { [id]: input });
      await step.apply(context, input as never);
      signal.throwIfAborted();
      return { evidence: await step.check(context, input as never) };
    },
  };
}

/** Whether only fields are wrong that nobody has typed yet. */
function isUnfinished(error: z.ZodError, typed: RawInput): boolean {
  return error.issues.every(({ path }) => path.length > 0 && !Object.hasOwn(typed, String(path[0])));
}
