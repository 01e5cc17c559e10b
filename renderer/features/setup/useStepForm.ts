import { useEffect } from 'react';
import { type StepId, type StepStatus, stepInputs } from '../../../shared/setup.ts';
import { useAction } from '../../rpc/hooks.ts';
import { isChanged, type Values } from '../../wizard/formState.ts';
import { type LivePlan, useLivePlan } from '../../wizard/useLivePlan.ts';

interface StepFormState extends LivePlan {
  /** Something is typed that was not applied. */
  readonly changed: boolean;
}

/** A token of a file works once and is no part of what a form remembers. */
function keepable({ file: _, ...rest }: Values): Values {
  return rest;
}

/** The values of a step's form, whether the contract takes them, the live plan, and the draft kept in the engine. */
export function useStepForm(stackId: string, step: StepId, status: StepStatus, edits: Values | undefined, token?: string): StepFormState {
  const kept = stepInputs[step].safeParse(status.input);
  const live = useLivePlan({ stackId, step }, edits, { fallback: kept.success ? kept.data : undefined, token });
  const draft = useAction('setup.draft');
  const { run } = draft;
  const keep = JSON.stringify(keepable(live.asked));
  useEffect(() => {
    if (keep !== '{}') void run({ stackId, step, input: JSON.parse(keep) as Record<string, unknown> });
  }, [run, stackId, step, keep]);

  return { ...live, changed: isChanged(edits, status.input ?? live.proposed) };
}
