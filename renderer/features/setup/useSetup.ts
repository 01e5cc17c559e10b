import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { JobSnapshot } from '../../../shared/jobs.ts';
import type { SetupState, StepId } from '../../../shared/setup.ts';
import type { Language } from '../../../shared/text.ts';
import { formatClock, formatDay } from '../../components/format.ts';
import { useJob } from '../../jobs/useJob.ts';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import type { ListedStep } from '../../wizard/StepList.tsx';

/** The steps with their names and times in the reader's language. */
export function useListedSteps(state: SetupState): ListedStep<StepId>[] {
  const language = useLanguage();
  const { sentence } = useSentence();
  const { t } = useWords();
  return state.steps.map((step) => ({
    id: step.id,
    state: step.state,
    name: sentence({ code: `setup.step.${step.id}` }),
    time:
      step.at === undefined || step.state === 'todo' || step.state === 'running'
        ? step.reason
          ? t('setup.again')
          : undefined
        : shortTime(step.at, language),
    reason: step.reason ? sentence(step.reason) : undefined,
  }));
}

/** There is room for the clock of today, or for the day. */
function shortTime(at: string, language: Language): string {
  const day = formatDay(at, language);
  return day === formatDay(new Date().toISOString(), language) ? formatClock(at, language) : day;
}

/** The job of this set-up, whichever window started it; the last one stays known after it ended. */
export function useSetupJob(state: SetupState): JobSnapshot | undefined {
  const last = useRef(state.jobId);
  if (state.jobId !== undefined) last.current = state.jobId;
  return useJob(last.current);
}

/** Plans are made of what servers answer: after a job they are asked again. */
export function useFreshPlans(jobId: string | undefined): void {
  const queries = useQueryClient();
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs whenever a job begins or ends
  useEffect(() => {
    void queries.invalidateQueries({ queryKey: ['setup.plan'] });
  }, [queries, jobId]);
}
