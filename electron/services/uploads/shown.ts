import { clusterMark } from '../../../shared/projected.ts';
import type { Upload } from '../../../shared/uploads.ts';
import type { Rate } from './rate.ts';
import { type Head, itemOf } from './store/rows.ts';
import type { UploadStore } from './store/store.ts';

const open = ['waits', 'sending', 'checking'] as const;

/** An upload as everybody sees it. `rate`: of one that runs. */
export function shownOf(store: UploadStore, rate: Rate | undefined): Upload {
  const { head } = store;
  const { counts, files, bytes, sent, conflicts, warnings } = store.sums();
  const left = open.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const perSecond = rate?.bytesPerSecond();
  const secondsLeft = rate?.secondsLeft(Math.max(0, bytes - sent), left);
  return {
    ...plainHead(head),
    files,
    bytes,
    sent,
    counts: Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    conflicts,
    warnings,
    ...(perSecond === undefined ? {} : { rate: Math.round(perSecond) }),
    ...(secondsLeft === undefined ? {} : { secondsLeft }),
    ...(head.needsFiles ? { missing: store.missing() } : {}),
    ...alarmOf(store),
  };
}

function plainHead({
  id,
  stackId,
  cluster,
  bucket,
  prefix,
  phase,
  source,
  choice,
  meant,
  onConflict,
  needsFiles,
  error,
  startedAt,
  at,
}: Head) {
  return {
    id,
    stackId,
    ...clusterMark(cluster),
    bucket,
    prefix,
    phase,
    source,
    choice,
    onConflict,
    needsFiles,
    at,
    ...(meant ? { meant } : {}),
    ...(error ? { error } : {}),
    ...(startedAt === undefined ? {} : { startedAt }),
  };
}

function alarmOf(store: UploadStore): Pick<Upload, 'alarm'> {
  const { alarm, meant } = store.head;
  if (!alarm) return {};
  const item = itemOf(store.row(alarm.n));
  return { alarm: { item, why: alarm.why, ...(meant ? { meant } : {}), ...(item.landed ? { found: item.landed } : {}) } };
}
