import type { objectProcedures } from '../../../shared/objects.ts';
import { say } from '../../../shared/text.ts';
import { minioEndpoint, withListing, withObjectClient } from '../../clients/s3/forStack.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { bucketHeadOf } from './bucketHead.ts';
import { listForPeople } from './list.ts';
import { removeEach } from './remove.ts';
import { ruleGoneAt } from './ruleGone.ts';

type Browsing = Pick<DomainHandlers<typeof objectProcedures>, 'objects.list' | 'objects.bucket' | 'objects.remove' | 'objects.removeMany'>;

export interface BrowsingDeps extends DomainDeps {
  /** Lines of the journal about one MinIO cluster of the stack, the first unless named, oldest first. */
  journalOf?(stackId: string, cluster?: string): Promise<string[]>;
}

/** Looking into buckets, and removing what is there. */
export function createBrowsing({ open, jobs, publish, journalOf }: BrowsingDeps): Browsing {
  return {
    'objects.list': async ({ stackId, cluster, ...order }, { signal }) =>
      withListing(await open(stackId, cluster), (client) => listForPeople(client, order, signal)),

    'objects.bucket': async ({ stackId, cluster, bucket }) => {
      const head = await bucketHeadOf(await minioEndpoint(await open(stackId, cluster)), bucket);
      const gone = head.rule.value?.kind === 'none' ? ruleGoneAt((await journalOf?.(stackId, cluster)) ?? [], bucket) : undefined;
      return gone === undefined ? head : { ...head, ruleGoneAt: gone };
    },

    'objects.remove': async ({ stackId, cluster, bucket, key, versionId }) => {
      const access = await open(stackId, cluster);
      const { deleteMarker } = await withObjectClient(access, (client) => client.remove({ bucket, key, versionId }));
      const marked = deleteMarker && versionId === undefined;
      await access.journal(say(marked ? 'objectDidMark' : 'objectDidRemove', { where: `${bucket}/${key}`, version: versionId ?? '' }));
      publish('objects.changed', { stackId, bucket });
      return { deleteMarker: marked };
    },

    'objects.removeMany': async ({ stackId, cluster, bucket, objects }) => {
      const access = await open(stackId, cluster);
      return jobs.start({
        title: say('objectsRemoving', { count: objects.length, bucket }),
        stackId,
        unit: 'objects',
        run: (report, signal) =>
          withObjectClient(access, async (client) => {
            const result = await removeEach(client, bucket, objects, report, signal).finally(() =>
              publish('objects.changed', { stackId, bucket }),
            );
            const { removed, markers, failures } = result;
            await access.journal(say('objectsDidRemove', { bucket, removed, markers, failures }));
            return result;
          }),
      });
    },
  };
}
