import { useEffect, useState } from 'react';
import { z } from 'zod';
import type { JobSnapshot } from '../../shared/jobs.ts';
import { type Evidence, evidence, type WizardStep } from '../../shared/setup.ts';
import { useJob, useJobs } from '../jobs/useJob.ts';
import { type Action, useAction } from '../rpc/hooks.ts';
import type { Values } from './formState.ts';

const result = z.object({ evidence: z.array(evidence) });

interface AloneJob {
  readonly job: JobSnapshot | undefined;
  /** What the other side answered, once it has ended well. */
  readonly evidence: readonly Evidence[] | undefined;
  readonly start: Action<'setup.runAlone'>;
  run(input: Values): Promise<void>;
  /** Forgets the run that ended, so that another can begin. */
  again(): void;
}

/** The run of one step by itself. One that another window started, or this one before a reload, is followed as well. */
export function useAloneJob(stackId: string, step: WizardStep): AloneJob {
  const [followed, setFollowed] = useState<string | undefined>(undefined);
  const start = useAction('setup.runAlone');
  const found = useJobs().find(
    ({ stackId: of, state, title }) =>
      of === stackId && state === 'running' && title.code === 'setup.job.alone' && title.params?.step === `@setup.step.${step}`,
  )?.id;
  useEffect(() => {
    if (found !== undefined) setFollowed(found);
  }, [found]);
  const job = useJob(followed);
  const ended = job?.state === 'succeeded' ? result.safeParse(job.result) : undefined;
  return {
    job,
    evidence: ended?.success ? ended.data.evidence : undefined,
    start,
    async run(input) {
      const started = await start.run({ stackId, step, input: { ...input } });
      if (started) setFollowed(started.jobId);
    },
    again() {
      start.reset();
      setFollowed(undefined);
    },
  };
}
