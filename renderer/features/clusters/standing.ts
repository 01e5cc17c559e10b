import { type ClusterPicture, type ClusterRecord, type ClusterStep, clusterProof, clusterSteps } from '../../../shared/clusters.ts';
import type { JobSnapshot } from '../../../shared/jobs.ts';
import { kesMark, minioMark } from '../../components/health.ts';
import type { Mark } from '../../components/StateIcon.tsx';
import type { StepLine } from '../../wizard/steps.ts';

/** How a cluster is: as its KES and its MinIO are together. One that is being added is not there yet. Pure. */
export function clusterMark({ kes, minio, unfinished }: ClusterPicture): Mark {
  if (unfinished) return 'absent';
  const both = [kesMark(kes?.nodes ?? [], false), minioMark(minio, false)];
  return both.includes('fail') || both.includes('absent') ? 'fail' : both.includes('warn') ? 'warn' : 'ok';
}

/** The steps of an addition, standing at one of them. `proven`: all are done. */
export function stepLines(at: ClusterStep | 'proven', state: 'running' | 'failed' | 'todo'): StepLine<ClusterStep>[] {
  const before = at === 'proven' ? clusterSteps.length : clusterSteps.indexOf(at);
  return clusterSteps.map((id, place) => ({ id, state: place < before ? 'proven' : place === before ? state : 'todo' }));
}

/** Where a running addition is, by what its job has counted. */
export function stepOf(job: JobSnapshot | undefined, record: ClusterRecord | undefined): ClusterStep {
  return (job && clusterSteps[Math.min(job.done, clusterSteps.length - 1)]) ?? record?.step ?? 'document';
}

/** Every addition that did not come to its end, whether the document knows its cluster already or not. */
export function unfinishedOf(picture: {
  readonly clusters: readonly ClusterPicture[];
  readonly unfinished: readonly ClusterRecord[];
}): ClusterRecord[] {
  return [...picture.clusters.flatMap(({ unfinished }) => unfinished ?? []), ...picture.unfinished];
}

/** The newest proof that the clusters are apart, which an addition ends in as well; undefined while the engine remembers none. */
export function newestProof(jobs: readonly JobSnapshot[], stackId: string) {
  for (const job of jobs) {
    if (job.stackId !== stackId || job.state !== 'succeeded') continue;
    const found =
      job.title.code === 'clusters.jobProve'
        ? clusterProof.safeParse(job.result)
        : job.title.code === 'clusters.job'
          ? clusterProof.safeParse((job.result as { proof?: unknown } | undefined)?.proof)
          : undefined;
    if (found?.success) return found.data;
  }
  return undefined;
}
