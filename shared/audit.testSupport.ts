import { type Audit, audit } from './audit.ts';

const none = { objects: [0, 0, 0, 0, 0, 0], bytes: [0, 0, 0, 0, 0, 0] };

/** For tests and measurements: a run that found nothing yet, but for what is given. Parsed, so that it stays a possible one. */
export function madeAudit(more: Partial<Audit> = {}): Audit {
  return audit.parse({
    version: 1,
    id: '20261122T020000-1a2b3c4d',
    stackId: 'lab',
    stackName: 'lab',
    sample: false,
    scope: { prefix: '', versions: false },
    options: { verifyAll: false },
    method: 'list',
    state: 'finished',
    phase: 'done',
    startedAt: '2026-11-22T02:00:00.000Z',
    at: '2026-11-22T02:01:00.000Z',
    workedMs: 60_000,
    who: { user: 'kim', credential: 'auditor', server: 'https://127.0.0.1:9000' },
    protected: true,
    current: none,
    noncurrent: none,
    deleteMarkers: 0,
    folderMarkers: 0,
    opens: { yes: 0, no: 0, notTested: 0 },
    buckets: { done: 1, total: 1 },
    requests: 1,
    gaps: 0,
    ...more,
  });
}
