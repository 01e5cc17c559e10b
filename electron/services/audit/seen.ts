import type { Audit } from '../../../shared/audit.ts';
import type { ObjectCard } from '../../../shared/objects.ts';
import { sameCluster } from '../../../shared/projected.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import type { AuditFiles } from './auditFiles.ts';
import type { Views } from './views.ts';

interface Place {
  bucket: string;
  key: string;
  versionId?: string | undefined;
}
export type SeenBy = (stackId: string, at: Place, cluster?: string) => Promise<ObjectCard['audit']>;

/** Versions of one key among which the asked one is looked for. */
const versionsLookedAt = 500;

/** A damaged run is passed over: nobody who looks at an object can mend it. */
export function createSeen(files: Pick<AuditFiles, 'list'>, views: Pick<Views, 'use' | 'has'>): SeenBy {
  return async (stackId, at, cluster) => {
    const { audits } = await files.list(stackId);
    const newest = audits.find((audit) => sameCluster(audit.cluster, cluster) && covers(audit, at) && views.has(stackId, audit.id));
    if (!newest) return undefined;
    try {
      const filter = { bucket: at.bucket, prefix: at.key, versions: 'all' as const };
      const view = { filter, sort: 'key' as const, descending: false, offset: 0, limit: versionsLookedAt };
      const { rows } = await views.use(stackId, newest.id, (store) => store.rows(view));
      const row = rows.find(
        ({ key, latest, versionId }) => key === at.key && (at.versionId === undefined ? latest : versionId === at.versionId),
      );
      if (row?.state === undefined) return undefined;
      const { state, kmsKey, reason } = row;
      return { id: newest.id, at: newest.endedAt ?? newest.at, encryption: { state, key: kmsKey, reason } };
    } catch (error) {
      if (isAppError(error)) return undefined;
      throw error;
    }
  };
}

function covers({ state, scope }: Audit, { bucket, key }: Place): boolean {
  return state === 'finished' && (scope.buckets === undefined || scope.buckets.includes(bucket)) && key.startsWith(scope.prefix);
}
