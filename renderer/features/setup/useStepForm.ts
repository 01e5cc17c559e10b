import { useEffect } from 'react';
import type { AppError } from '../../../shared/rpc/errors.ts';
import { type StepId, type StepInputs, type StepPlan, type StepStatus, stepInputs } from '../../../shared/setup.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { isChanged, type Values } from '../../wizard/formState.ts';
import { badFields, isBad } from '../../wizard/issues.ts';
import { useDebounced } from '../../wizard/useDebounced.ts';

interface StepFormState {
  /** Undefined until the engine has proposed them. */
  readonly values: StepInputs[StepId] | undefined;
  readonly valid: boolean;
  /** Something is typed that was not applied. */
  readonly changed: boolean;
  readonly plan: StepPlan | undefined;
  readonly planError: AppError | undefined;
  wrong(path: string, sentence: string): string | undefined;
}

const restMs = 350;

/** A token of a file works once and is no part of what a form remembers. */
function keepable({ file: _, ...rest }: Values): Values {
  return rest;
}

/** The values of a step's form, whether the contract takes them, the live plan, and the draft kept in the engine. */
export function useStepForm(stackId: string, step: StepId, status: StepStatus, edits: Values | undefined, token?: string): StepFormState {
  const base = useCall('setup.plan', { stackId, step, input: {} });
  const kept = stepInputs[step].safeParse(status.input);
  const fallback = kept.success ? kept.data : undefined;
  const proposed = (base.data?.input ?? fallback) as Values | undefined;
  const values = proposed === undefined ? undefined : { ...proposed, ...edits };
  const bad = values === undefined ? new Set<string>() : badFields(stepInputs[step], values);
  const valid = values !== undefined && bad.size === 0;

  const typed = token === undefined ? (edits ?? {}) : { ...edits, file: token };
  const rested = useDebounced({ step, typed, valid }, restMs);
  const asked = rested.step === step && rested.valid ? rested.typed : {};
  const live = useCall('setup.plan', { stackId, step, input: { ...asked } }, { keepPrevious: rested.step === step });
  const draft = useAction('setup.draft');
  const { run } = draft;
  const keep = JSON.stringify(keepable(asked));
  useEffect(() => {
    if (keep !== '{}') void run({ stackId, step, input: JSON.parse(keep) as Record<string, unknown> });
  }, [run, stackId, step, keep]);

  return {
    values: values as StepInputs[StepId] | undefined,
    valid,
    changed: isChanged(edits, status.input ?? proposed),
    plan: live.data?.plan ?? base.data?.plan,
    planError: live.error ?? base.error ?? undefined,
    wrong: (path, sentence) => (isBad(bad, path) ? sentence : undefined),
  };
}
