import type { objectProcedures } from '../../../shared/objects.ts';
import { say } from '../../../shared/text.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import type { AnyStep } from '../../jobs/step.ts';
import type { FileStore } from '../../platform/files.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { type BrowsingDeps, createBrowsing } from './browsing.ts';
import { type AuditView, cardOf } from './card.ts';
import { checkObjects } from './check.ts';
import { commandsFor } from './commands.ts';
import { type CustomerKeyDeps, createCustomerKeyHandlers } from './customerKeyHandlers.ts';
import { createDownloads } from './download/handlers.ts';
import { createObjectStep, type Files } from './objectStep.ts';
import { readRow } from './upload.ts';

/** Objects of a stack's buckets: listing, the state of one, checking, downloads. */
export function createObjects(
  deps: BrowsingDeps & CustomerKeyDeps & { files: Files & Pick<FileStore, 'offer'>; auditView: AuditView; dataFolder: string },
): {
  handlers: DomainHandlers<typeof objectProcedures>;
  steps: AnyStep[];
} {
  const { open, jobs, files, auditView } = deps;
  return {
    steps: [createObjectStep({ files })],
    handlers: {
      'objects.check': async ({ stackId, cluster, bucket, prefix, limit }) => {
        const access = await open(stackId, cluster);
        return jobs.start({
          title: say('objectsCheckJob', { where: `${bucket}/${prefix}` }),
          stackId,
          unit: 'objects',
          run: (report, signal) => withS3(access, (s3) => checkObjects(s3, { bucket, prefix, limit }, report, signal)),
        });
      },
      ...createBrowsing(deps),
      ...createDownloads(deps),
      'objects.card': async ({ stackId, cluster, ...at }) => cardOf(await open(stackId, cluster), at, auditView),
      'objects.commands': async ({ stackId, cluster, ...at }) => ({ snippets: await commandsFor(await open(stackId, cluster), at) }),
      ...createCustomerKeyHandlers(deps),

      'objects.stat': async ({ stackId, cluster, bucket, key }) => withS3(await open(stackId, cluster), (s3) => readRow(s3, bucket, key)),
    },
  };
}
