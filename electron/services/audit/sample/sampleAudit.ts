import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Audit, auditStates } from '../../../../shared/audit.ts';
import { say } from '../../../../shared/text.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import { makeFolder } from '../../../platform/makeFolder.ts';
import { startThread, threadFile } from '../../../platform/threadCalls.ts';
import type { AuditFiles } from '../auditFiles.ts';
import type { StoreCalls, Target } from '../work.ts';
import { entriesOf } from './generate.ts';
import { samplePlaces } from './places.ts';

/** The one audit of the sample; always the same. */
export const sampleAuditId = '20261120T143108-5a3d1e00';
const startedAt = '2026-11-20T14:31:08.000Z';
const endedAt = '2026-11-20T14:32:27.000Z';
/** The key of `places.ts` that its KES has no more. */
const goneKey = 'minio-docs-2023';
/** The store takes so many rows at a time into one transaction. */
const inFlight = 12;

type Told = Pick<Audit, 'current' | 'noncurrent' | 'deleteMarkers' | 'folderMarkers' | 'opens' | 'gaps'>;

/**
 * Writes the generated audit of a sample stack through the store, as a run would, and lists it last: killed before that,
 * there is none, and the next call begins anew. No server is asked.
 */
export async function makeSampleAudit(
  stack: { id: string; name: string },
  files: Pick<AuditFiles, 'pathOf' | 'save'>,
  report: Report,
  signal: AbortSignal,
): Promise<Audit> {
  const path = files.pathOf(stack.id, sampleAuditId);
  const unfinished = join(dirname(path), 'sample.part');
  const clear = async (): Promise<void> => {
    for (const end of ['', '-wal', '-shm', '-journal']) await rm(`${unfinished}${end}`, { force: true });
  };
  await makeFolder(dirname(path), 0o700);
  await clear();
  const thread = startThread<StoreCalls>(threadFile(import.meta.dirname, 'auditStore', '../store/thread.ts'));
  const store = thread.calls;
  thread.onTold((told) => {
    const { arranging = 0 } = told as { arranging?: number };
    report({ done: Math.round(objects * (0.6 + 0.4 * arranging)), note: say('auditNoteArranging') });
  });
  try {
    const buckets = samplePlaces.map(({ facts, folders }) => ({ ...facts, expected: folders.reduce((sum, { count }) => sum + count, 0) }));
    await store.create(unfinished, auditOf(stack), buckets);
    await fill(store, (rows) => report({ done: Math.round(rows * 0.6), total: objects, note: say('auditSampleNote') }), signal);
    await judge(store);
    await store.arrange();
    signal.throwIfAborted();
    const audit = auditOf(stack, await store.totals());
    await store.saveAudit(audit);
    await store.close();
    await rename(unfinished, path);
    await files.save(audit);
    return audit;
  } finally {
    await thread.end();
    await clear();
  }
}

const objects = samplePlaces.flatMap(({ folders }) => folders).reduce((sum, { count }) => sum + count, 0);

async function fill(store: StoreCalls, tell: (rows: number) => void, signal: AbortSignal): Promise<void> {
  const open = new Set<Promise<void>>();
  const reasons = { unknown: say('auditNoPermission', { permission: 's3:GetObject', answer: '403 AccessDenied' }) };
  let rows = 0;
  for (const [bucket, place] of samplePlaces.entries()) {
    for (const entries of entriesOf(bucket, place, reasons)) {
      signal.throwIfAborted();
      rows += entries.keys.length;
      const commit = store.commit({ entries, ranges: [] });
      open.add(commit);
      // A failure is thrown at the next wait, not into nowhere.
      commit.then(
        () => open.delete(commit),
        () => undefined,
      );
      // The engine answers others in between.
      await (open.size >= inFlight ? Promise.race(open) : nextTurn());
      tell(rows);
    }
    await Promise.all(open);
    await store.commit({ ranges: [{ id: bucket, bucket, after: '\u{10ffff}', done: true }] });
  }
}

/** As reading the samples would tell it: one key is gone, all others open. */
async function judge(store: StoreCalls): Promise<void> {
  const samples = await store.samples();
  const gone = samples.filter(({ kmsKey }) => kmsKey === goneKey);
  const answer = '404 kms:KeyNotFound';
  const errorOf = ({ bucket, key }: Target) => {
    const where = `${samplePlaces[bucket]?.facts.name}/${key}`;
    return { code: 'kmsKeyNotFound', details: { status: 404, code: 'kms:KeyNotFound', where } };
  };
  await store.judge(
    samples.map(({ bucket, state, kmsKey, newest }) => ({
      bucket,
      state,
      kmsKey,
      opens: kmsKey === goneKey ? { answer: 'no', how: 'sample', error: errorOf(newest) } : { answer: 'yes', how: 'sample' },
    })),
    gone
      .flatMap(({ oldest, newest }) => [oldest, newest])
      .map((target) => ({
        row: target.row,
        state: auditStates.indexOf('unreadable'),
        reason: say('auditKeyGone', { answer }),
        opens: { answer: 'no', how: 'read', error: errorOf(target) },
      })),
  );
}

function auditOf(stack: { id: string; name: string }, told?: Told): Audit {
  const none = { objects: [0, 0, 0, 0, 0, 0], bytes: [0, 0, 0, 0, 0, 0] };
  const { current = none, noncurrent = none, deleteMarkers = 0, folderMarkers = 0, gaps = 0 } = told ?? {};
  return {
    version: 1,
    id: sampleAuditId,
    stackId: stack.id,
    stackName: stack.name,
    sample: true,
    scope: { prefix: '', versions: false },
    options: { verifyAll: false },
    method: 'list',
    state: told === undefined ? 'running' : 'finished',
    phase: told === undefined ? 'listing' : 'done',
    startedAt,
    endedAt,
    at: endedAt,
    workedMs: Date.parse(endedAt) - Date.parse(startedAt),
    who: {
      user: 'sample',
      credential: 'auditor-ro',
      server: 'https://minio.fra1.example:9000',
      serverVersion: 'RELEASE.2025-04-22T22-12-26Z',
    },
    protected: true,
    current,
    noncurrent,
    deleteMarkers,
    folderMarkers,
    gaps,
    opens: told?.opens ?? { yes: 0, no: 0, notTested: 0 },
    buckets: { done: told === undefined ? 0 : samplePlaces.length, total: samplePlaces.length },
    expected: { objects, from: 'usage', at: '2026-11-20T13:58:00.000Z' },
    requests: 1_311,
  };
}
