import { existsSync } from 'node:fs';
import type { Stack } from '../../../../shared/stacks.ts';
import { say } from '../../../../shared/text.ts';
import type { JobRunner } from '../../../jobs/jobRunner.ts';
import type { Publish } from '../../../rpc/eventHub.ts';
import type { AuditFiles } from '../auditFiles.ts';
import { samplePlaces } from './places.ts';
import { makeSampleAudit, sampleAuditId } from './sampleAudit.ts';

export interface SampleDeps {
  jobs: JobRunner;
  publish: Publish;
  files: Pick<AuditFiles, 'pathOf' | 'save' | 'list'>;
  /** The sample stack, made when there is none. */
  sampleStack(): Promise<Pick<Stack, 'id' | 'name'>>;
}

/** The generated stack for looking around: found, or made by a job. Two who ask at once get the same job. */
export function createSample({ jobs, publish, files, sampleStack }: SampleDeps): {
  lookAround(): Promise<{ stackId: string; id: string; jobId: string }>;
} {
  let working: Promise<{ stackId: string; id: string; jobId: string }> | undefined;

  async function begin(): Promise<{ stackId: string; id: string; jobId: string }> {
    const { id: stackId, name } = await sampleStack();
    const { audits } = await files.list(stackId);
    const ready = audits.some(({ id }) => id === sampleAuditId) && existsSync(files.pathOf(stackId, sampleAuditId));
    const { jobId } = jobs.start({
      title: say('auditSampleJob'),
      stackId,
      unit: 'objects',
      total: samplePlaces.flatMap(({ folders }) => folders).reduce((sum, { count }) => sum + count, 0),
      async run(report, signal) {
        if (!ready) publish('audit.changed', await makeSampleAudit({ id: stackId, name }, files, report, signal));
        return { stackId, id: sampleAuditId };
      },
    });
    return { stackId, id: sampleAuditId, jobId };
  }

  return {
    lookAround() {
      working ??= begin().then(
        (begun) => {
          void jobs.wait(begun.jobId).then(() => {
            working = undefined;
          });
          return begun;
        },
        (error: unknown) => {
          working = undefined;
          throw error;
        },
      );
      return working;
    },
  };
}
