import type { QueryClient } from '@tanstack/react-query';
import type { Audit } from '../../shared/audit.ts';
import type { InPlace } from '../../shared/inPlace.ts';
import type { JobSnapshot } from '../../shared/jobs.ts';
import { clusterMark } from '../../shared/projected.ts';
import type { Upload } from '../../shared/uploads.ts';
import type { Client, EventName, Output, ProcedureName } from './client.ts';

/** What to ask again after an event that only names what changed. */
const stale: Partial<Record<EventName, readonly ProcedureName[]>> = {
  'stacks.changed': [
    'clusters.picture',
    'stacks.list',
    'stacks.get',
    'vault.status',
    'kes.status',
    'minio.status',
    'minio.buckets',
    'certificates.list',
    'certificates.files',
    'certificates.makePlan',
    'kes.apiKeys',
  ],
  'setup.changed': ['setup.state', 'stacks.list', 'stacks.get'],
  'lab.changed': [
    'clusters.picture',
    'lab.status',
    'stacks.removal',
    'stacks.backupPlan',
    'vault.status',
    'kes.status',
    'minio.status',
    'minio.buckets',
    'buckets.list',
    'lab.servers',
    'certificates.served',
  ],
  'clusters.changed': ['clusters.picture', 'clusters.propose', 'clusters.plan', 'stacks.get', 'lab.status'],
  'vault.changed': [
    'clusters.picture',
    'vault.status',
    'vault.custody',
    'stacks.get',
    'kes.status',
    'minio.status',
    'vault.engines',
    'vault.keyNames',
    'vault.roles',
    'vault.role',
    'vault.policies',
    'vault.policy',
    'vault.draftPolicy',
    'vault.audit',
    'vault.transit',
  ],
  'objects.changed': ['objects.stat', 'objects.card'],
  'buckets.changed': [
    'kes.keyList',
    'buckets.list',
    'buckets.undos',
    'buckets.whatWon',
    'buckets.policyPlan',
    'minio.buckets',
    'objects.bucket',
  ],
  'proof.changed': ['proof.list', 'proof.get'],
  'audit.removed': ['audit.list'],
  'uploads.removed': ['uploads.list'],
  'inPlace.removed': ['inPlace.list'],
  // Whatever is done with a customer's key, or with what KES logs in with, is journalled.
  'journal.changed': ['journal.list', 'journal.verify', 'objects.customerKeys', 'objects.customerKeyUse', 'keyStores.state'],
};

/** What a finished job may have changed: servers are up or down, a proof is there. */
const afterJob: readonly ProcedureName[] = [
  'clusters.picture',
  'objects.bucket',
  'lab.status',
  'vault.status',
  'vault.custody',
  'kes.status',
  'minio.status',
  'minio.buckets',
  'buckets.list',
  'certificates.list',
  'certificates.served',
  'kes.keys',
  'kes.rights',
  'kes.tryRights',
  'kes.planConfig',
  'kes.keyList',
  'kes.playState',
  'kes.moveStanding',
  'minio.staticKeyMove',
  'minio.running',
  'minio.copies',
  'kes.movePlan',
  'setup.planAlone',
  'proof.list',
  'setup.state',
  'lab.servers',
];

function stackIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { stackId, id } = value as { stackId?: unknown; id?: unknown };
  const named = stackId ?? id;
  return typeof named === 'string' ? named : undefined;
}

/** The newest snapshot of a job replaces the older one; a job not seen before comes first. */
export function withJob(jobs: readonly JobSnapshot[], job: JobSnapshot): JobSnapshot[] {
  return jobs.some((known) => known.id === job.id) ? jobs.map((known) => (known.id === job.id ? job : known)) : [job, ...jobs];
}

/** The newest snapshot of a run replaces the older one; a run not seen before comes where its id, its beginning, puts it. */
export function withAudit(audits: readonly Audit[], audit: Audit): Audit[] {
  if (audits.some(({ id }) => id === audit.id)) return audits.map((known) => (known.id === audit.id ? audit : known));
  return [audit, ...audits].sort((a, b) => (a.id < b.id ? 1 : -1));
}

/**
 * A run's newest counts go into the answers that show it. When it changes its state, what it found is asked again, and so is
 * the list: an answer that was on its way may be older than the event, and no further event would put it right.
 */
function keepAudit(queries: QueryClient, audit: Audit): void {
  const { stackId, id } = audit;
  const list = ['audit.list', { stackId, ...clusterMark(audit.cluster) }];
  const old = queries.getQueryData<Output<'audit.list'>>(list);
  const before = old?.audits.find((known) => known.id === id);
  if (old) queries.setQueryData<Output<'audit.list'>>(list, { ...old, audits: withAudit(old.audits, audit) });
  queries.setQueryData<Output<'audit.get'>>(['audit.get', { stackId, id }], (run) => (run ? { ...run, audit } : undefined));
  // While the first list is on its way, only what ends the events asks again: else each event would put the answer off.
  if (before ? before.state === audit.state : !old && audit.state === 'running') return;
  void queries.invalidateQueries({ queryKey: list });
  void queries.invalidateQueries({
    predicate: ({ queryKey: [called, input] }) => String(called).startsWith('audit.') && (input as { id?: string } | undefined)?.id === id,
  });
}

/** The newest snapshot of an upload replaces the older one. As with audits, a change of phase asks for the list again. */
function keepUpload(queries: QueryClient, upload: Upload): void {
  const list = ['uploads.list', { stackId: upload.stackId, ...clusterMark(upload.cluster) }];
  const old = queries.getQueryData<Output<'uploads.list'>>(list)?.uploads;
  if (old) {
    const uploads = [...old.filter(({ id }) => id !== upload.id), upload].sort((a, b) => (a.id < b.id ? 1 : -1));
    queries.setQueryData<Output<'uploads.list'>>(list, { uploads });
  }
  if (old?.find(({ id }) => id === upload.id)?.phase !== upload.phase) void queries.invalidateQueries({ queryKey: list });
}

/** The same for a run of encryption in place; its plan is asked again with its state. */
function keepInPlace(queries: QueryClient, run: InPlace): void {
  const { stackId, id, state } = run;
  const list = ['inPlace.list', { stackId, ...clusterMark(run.cluster) }];
  const old = queries.getQueryData<Output<'inPlace.list'>>(list)?.runs;
  if (old) {
    const runs = [...old.filter((known) => known.id !== id), run].sort((a, b) => (a.id < b.id ? 1 : -1));
    queries.setQueryData<Output<'inPlace.list'>>(list, { runs });
  }
  if (old?.find((known) => known.id === id)?.state === state) return;
  void queries.invalidateQueries({ queryKey: list });
  void queries.invalidateQueries({ queryKey: ['inPlace.get', { stackId, id }] });
}

/** Keeps the query cache true: events with a whole snapshot are put in, the others make their queries stale, a new connection all of them. */
export function keepFresh(client: Client, queries: QueryClient): () => void {
  const offEvents = client.onAnyEvent((name, payload) => {
    if (name === 'settings.changed') queries.setQueryData(['settings.read', {}], payload);
    if (name === 'store.changed') queries.setQueryData(['store.status', {}], payload);
    if (name === 'jobs.changed') {
      queries.setQueryData<Output<'jobs.list'>>(['jobs.list', {}], (old) => ({ jobs: withJob(old?.jobs ?? [], payload as JobSnapshot) }));
    }
    if (name === 'audit.changed') keepAudit(queries, payload as Audit);
    if (name === 'uploads.changed') keepUpload(queries, payload as Upload);
    if (name === 'inPlace.changed') keepInPlace(queries, payload as InPlace);
    const ended = name === 'jobs.changed' && (payload as JobSnapshot).state !== 'running';
    const names = ended ? afterJob : stale[name];
    if (!names) return;
    const stack = ended ? (payload as JobSnapshot).stackId : stackIn(payload);
    void queries.invalidateQueries({
      predicate: ({ queryKey: [called, input] }) => {
        if (!names.includes(called as ProcedureName)) return false;
        const asked = stackIn(input);
        return stack === undefined || asked === undefined || asked === stack;
      },
    });
  });
  let before = client.state();
  const offState = client.onState(() => {
    const now = client.state();
    // What was being asked again keeps its last answer: that the connection is lost stands at the top of the window.
    if (now === 'lost') void queries.cancelQueries({ predicate: ({ state }) => state.data !== undefined });
    if (now === 'open' && before === 'lost') void queries.invalidateQueries();
    before = now;
  });
  return () => {
    offEvents();
    offState();
  };
}
