import { userInfo } from 'node:os';
import type { AuditFilter, AuditLook, AuditRow, auditProcedures } from '../../../shared/audit.ts';
import { sameCluster } from '../../../shared/projected.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { type Language, say, type Text } from '../../../shared/text.ts';
import { minioEndpoint } from '../../clients/s3/forStack.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import type { FileStore } from '../../platform/files.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { createAuditFiles } from './auditFiles.ts';
import { estimateOf, sameScope } from './estimate.ts';
import { type Found, findingsOf, limitsOf, reasonKey } from './findings.ts';
import { type LastCount, lastCounts } from './lastCounts.ts';
import { type LastKeys, lastKeys } from './lastKeys.ts';
import { lookAround } from './looking.ts';
import { lookAt } from './objectLook.ts';
import { seenOf, takeTotals } from './progress.ts';
import { reportPage } from './report/page.ts';
import { ownFingerprint, reportKeyOf } from './report/reportKey.ts';
import { formOf, openExport } from './report/rowPages.ts';
import { verifyReport } from './report/verify.ts';
import { writeReport } from './report/writeReport.ts';
import { createRuns } from './runs.ts';
import { createSample, type SampleDeps } from './sample/sample.ts';
import { saveRows } from './saveRows.ts';
import { createSeen, type SeenBy } from './seen.ts';
import { shownOf } from './shown.ts';
import { createViews } from './views.ts';

interface Deps extends DomainDeps, Pick<SampleDeps, 'sampleStack'> {
  dataFolder: string;
  files: Pick<FileStore, 'offer'>;
  isProtected(): boolean;
  /** Lines of the journal about one MinIO cluster, the first unless named, oldest first. */
  journalOf(stackId: string, cluster?: string): Promise<string[]>;
  /** Ids of all stacks: a report names the one that signed it. */
  stackIds(): Promise<string[]>;
  /** The generated stack to look around in, made when there is none. */
  sampleStack(): Promise<Pick<Stack, 'id' | 'name'>>;
}

export interface AuditService {
  handlers: DomainHandlers<typeof auditProcedures>;
  /** For each bucket of a MinIO cluster, the first unless named, what the newest finished audit of all of it counted. */
  lastCounts(stackId: string, cluster?: string): Promise<Map<string, LastCount>>;
  /** The same for every key of KES. */
  lastKeys(stackId: string, cluster?: string): Promise<LastKeys>;
  /** How the newest finished run that covers it saw one object or version. */
  seen: SeenBy;
  /** How many are kept for a stack. */
  count(stackId: string): Promise<number>;
  /** Lets go of the files of a stack that is about to be removed. */
  release(stackId: string): Promise<void>;
  /** Rows of a finished run of this MinIO cluster that a filter finds, in portions and in the order of buckets and keys. */
  rowsOf(stackId: string, cluster: string | undefined, id: string, filter: AuditFilter): AsyncGenerator<AuditRow[]>;
  /** What works is interrupted and can be resumed. */
  close(): Promise<void>;
}

/** Audits of a stack: reading every object's encryption, keeping and showing what was read. */
export function createAudit(deps: Deps): AuditService {
  const kept = createAuditFiles(deps.dataFolder);
  const runs = createRuns({ ...deps, files: kept });
  const views = createViews(kept, runs.storeOf);
  const sample = createSample({ ...deps, files: kept });
  const { open, jobs, publish } = deps;

  /** A finished run; of any other the rows are not in order yet. */
  async function finished(stackId: string, id: string) {
    const audit = await runs.get(stackId, id);
    if (audit.state !== 'finished') throw new AppError('auditUnfinished', { id });
    return audit;
  }

  async function whole(stackId: string, id: string) {
    const audit = await runs.get(stackId, id);
    // One that failed before it read anything, or just looks at its buckets, has no rows.
    // A finished one without them must not look as if nothing had been found.
    if (audit.state === 'finished' && !views.has(stackId, id)) throw new AppError('auditFileDamaged', { file: `${id}.sqlite` });
    const none = { buckets: [], keys: [], gaps: [], reasons: new Map<string, Text>() };
    const parts = views.has(stackId, id)
      ? await views.use(stackId, id, async (store) => {
          // What an engine that was killed had read since it last saved the counts.
          if (audit.state === 'interrupted') {
            const saved = seenOf(audit);
            takeTotals(audit, await store.totals());
            if (seenOf(audit) !== saved) publish('audit.changed', audit);
          }
          const [buckets, keys, gaps, reasons] = await Promise.all([store.buckets(), store.keys(), store.gaps(), store.reasons()]);
          return { buckets, keys, gaps, reasons: new Map(reasons.map(({ bucket, state, reason }) => [reasonKey(bucket, state), reason])) };
        })
      : none;
    const found: Found = { audit, ...parts, dataFolder: deps.dataFolder };
    const { buckets, keys, gaps } = parts;
    return { audit, buckets, keys, gaps, findings: findingsOf(found), limits: limitsOf(audit) };
  }

  const pageOf = async (stackId: string, id: string, language: Language) => {
    const { audit, ...parts } = await whole(stackId, id);
    // The key that signs lies in the store as it is now, whatever it was when the audit began.
    const marked = { ...audit, protected: audit.protected && deps.isProtected() };
    return { audit: marked, ...parts, language, madeAt: new Date().toISOString() };
  };

  /** The stack here whose key has this fingerprint. */
  async function signerOf(fingerprint: string): Promise<string | undefined> {
    for (const id of await deps.stackIds()) {
      try {
        const { secrets, stack } = await open(id);
        if (ownFingerprint(secrets) === fingerprint) return stack.name;
      } catch (error) {
        // A damaged document, or a locked store: a report is judged without them.
        if (!isAppError(error)) throw error;
      }
    }
    return undefined;
  }

  return {
    async lastCounts(stackId, cluster) {
      const { audits } = await runs.list(stackId, cluster);
      const there = audits.filter(({ id }) => views.has(stackId, id));
      return lastCounts(there, (id) => views.use(stackId, id, (store) => store.buckets()));
    },
    async lastKeys(stackId, cluster) {
      const { audits } = await runs.list(stackId, cluster);
      const there = audits.filter(({ id }) => views.has(stackId, id));
      const use = {
        buckets: (id: string) => views.use(stackId, id, (store) => store.buckets()),
        keys: (id: string) => views.use(stackId, id, (store) => store.keys()),
      };
      return lastKeys(there, use.buckets, use.keys);
    },
    seen: createSeen(kept, views),
    count: async (stackId) => (await kept.list(stackId)).audits.length,
    async release(stackId) {
      const { audits } = await kept.list(stackId);
      for (const { id } of audits) await views.release(id);
    },
    async *rowsOf(stackId, cluster, id, filter) {
      const audit = await finished(stackId, id);
      if (!sameCluster(audit.cluster, cluster)) throw new AppError('auditUnknown', { id });
      const { store, close } = await views.hold(stackId, id);
      try {
        for (let after: string | undefined; ; ) {
          const { rows, cursor } = await store.page(after, filter, 1000);
          yield rows;
          if (cursor === undefined) return;
          after = cursor;
        }
      } finally {
        await close();
      }
    },
    async close() {
      await runs.close();
      await views.close();
    },

    handlers: {
      'audit.estimate': async ({ stackId, cluster, scope }, { signal }) => {
        const access = await open(stackId, cluster);
        const endpoint = await minioEndpoint(access);
        const place = await lookAround(endpoint, scope, [], signal);
        const { audits } = await runs.list(stackId, cluster);
        return estimateOf(scope, place, audits);
      },
      'audit.start': ({ stackId, cluster, scope, options }) => runs.start(stackId, cluster, scope, options),
      'audit.pause': async ({ stackId, id }) => {
        await runs.pause(stackId, id);
        return {};
      },
      'audit.resume': async ({ stackId, id }) => {
        await views.release(id);
        return runs.resume(stackId, id);
      },
      'audit.cancel': async ({ stackId, id }) => {
        await runs.cancel(stackId, id);
        return {};
      },
      'audit.remove': async ({ stackId, id }) => {
        await runs.remove(stackId, id, () => views.release(id));
        publish('audit.removed', { stackId, id });
        return {};
      },
      'audit.list': ({ stackId, cluster }) => runs.list(stackId, cluster),
      'audit.get': async ({ stackId, id }) => shownOf(await whole(stackId, id)),
      'audit.map': async ({ stackId, id, bucket, ...rest }) => {
        const { at } = await runs.get(stackId, id);
        const place = bucket === undefined ? rest : { ...rest, bucket };
        return { node: await views.use(stackId, id, (store) => store.map(place)), at };
      },
      'audit.rows': ({ stackId, id, ...view }) => views.use(stackId, id, (store) => store.rows(view)),
      'audit.row': ({ stackId, id, row }) => views.use(stackId, id, (store) => store.row(row)),
      'audit.look': async ({ stackId, id, row }): Promise<AuditLook> => {
        const found = await views.use(stackId, id, (store) => store.row(row));
        const { cluster } = await runs.get(stackId, id);
        return lookAt(await open(stackId, cluster), found);
      },
      'audit.compare': async ({ stackId, before, after, change, ...page }) => {
        if (before === after) throw new AppError('auditsDiffer', { reason: '@auditReasonOneRun' });
        const [older, newer] = await Promise.all([finished(stackId, before), finished(stackId, after)]);
        if (!sameScope(older.scope, newer.scope) || !sameCluster(older.cluster, newer.cluster))
          throw new AppError('auditsDiffer', { reason: '@auditReasonOtherPlace' });
        return views.use(stackId, after, (store) =>
          store.compare(kept.pathOf(stackId, before), change === undefined ? page : { ...page, change }),
        );
      },

      'audit.report': async ({ stackId, id, language }) => {
        const audit = await finished(stackId, id);
        const access = await open(stackId, audit.cluster);
        const key = await reportKeyOf(access.secrets, '@auditReportKey');
        return jobs.start({
          title: say('auditReportJob', { id: audit.id }),
          stackId,
          unit: 'objects',
          run: async (report, signal) => {
            const parts = await pageOf(stackId, id, language);
            const reports = access.folder.path('reports');
            const written = await views.use(stackId, id, (store) =>
              writeReport({ ...parts, texts: store.texts, madeBy: userInfo().username, reports, key }, report, signal),
            );
            await access.journal(say('auditReportJournal', { id, folder: written.folder }));
            return written;
          },
        });
      },
      'audit.export': async ({ stackId, id, format, filter, language }) => {
        await finished(stackId, id);
        const name = `sealdeck-audit-${id}.${format}`;
        if (format === 'html') {
          const content = reportPage(await pageOf(stackId, id, language));
          return { name, ...deps.files.offer({ name, type: 'text/html; charset=utf-8', content }) };
        }
        const { store, close } = await views.hold(stackId, id);
        const content = openExport(formOf(format, filter, { texts: store.texts, language }), close);
        const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8';
        return { name, ...deps.files.offer({ name, type, content }) };
      },
      'audit.save': async ({ stackId, id, file, format, filter, language }) => {
        const audit = await finished(stackId, id);
        return jobs.start({
          title: say('auditSaveJob', { file }),
          stackId,
          unit: 'objects',
          run: async (_report, signal) => {
            if (format === 'html') return saveRows(file, [reportPage(await pageOf(stackId, audit.id, language))], signal);
            const { store, close } = await views.hold(stackId, id);
            return saveRows(file, formOf(format, filter, { texts: store.texts, language }), signal).finally(close);
          },
        });
      },
      'audit.verify': async ({ folder }, { signal }) => verifyReport(folder, { signerOf, signal }),
      'audit.lookAround': () => sample.lookAround(),
    },
  };
}
