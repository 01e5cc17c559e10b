import type { AppError } from '../../shared/rpc/errors.ts';
import { type StepId, type StepInputs, type StepPlan, stepInputs, type WizardStep } from '../../shared/setup.ts';
import { useCall } from '../rpc/hooks.ts';
import type { Values } from './formState.ts';
import { badFields, isBad } from './issues.ts';
import { useDebounced } from './useDebounced.ts';

export interface LivePlan {
  /** Undefined until the engine has proposed them. */
  readonly values: StepInputs[StepId] | undefined;
  /** What the engine proposes, without what is typed. */
  readonly proposed: Values | undefined;
  readonly valid: boolean;
  /** What is typed, rested and fit for the contract: what the plan is about. */
  readonly asked: Values;
  readonly plan: StepPlan | undefined;
  readonly planError: AppError | undefined;
  wrong(path: string, sentence: string): string | undefined;
}

const restMs = 350;

/**
 * The values of a step's form and the plan that follows what is typed. `alone`: outside the set-up. `fallback` stands in
 * until the engine answers; `token` is that of a file that goes along.
 */
export function useLivePlan(
  { stackId, step, alone = false }: { stackId: string; step: StepId; alone?: boolean },
  edits: Values | undefined,
  { fallback, token }: { fallback?: Values | undefined; token?: string | undefined } = {},
): LivePlan {
  const name = alone ? 'setup.planAlone' : 'setup.plan';
  const of = { stackId, step: step as WizardStep };
  const base = useCall(name, { ...of, input: {} });
  const proposed = base.data?.input ?? fallback;
  const values = proposed === undefined ? undefined : { ...proposed, ...edits };
  const bad = values === undefined ? new Set<string>() : badFields(stepInputs[step], values);
  const valid = values !== undefined && bad.size === 0;

  const typed = token === undefined ? (edits ?? {}) : { ...edits, file: token };
  const rested = useDebounced({ step, typed, valid }, restMs);
  const asked = rested.step === step && rested.valid ? rested.typed : {};
  const live = useCall(name, { ...of, input: { ...asked } }, { keepPrevious: rested.step === step });

  return {
    values: values as StepInputs[StepId] | undefined,
    proposed,
    valid,
    asked,
    plan: live.data?.plan ?? base.data?.plan,
    planError: live.error ?? base.error ?? undefined,
    wrong: (path, sentence) => (isBad(bad, path) ? sentence : undefined),
  };
}
