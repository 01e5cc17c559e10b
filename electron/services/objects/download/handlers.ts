import { isAbsolute } from 'node:path';
import type { objectProcedures } from '../../../../shared/objects.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import { customerKeysOf } from '../../../clients/s3/customerKeys.ts';
import { withListing, withObjectClient } from '../../../clients/s3/forStack.ts';
import type { DomainDeps } from '../../../jobs/step.ts';
import type { FileStore } from '../../../platform/files.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';
import { offerObject } from './ticket.ts';
import { downloadToFolder } from './toFolder.ts';
import { createUnfinished } from './unfinished.ts';

type Downloads = Pick<DomainHandlers<typeof objectProcedures>, 'objects.download' | 'objects.downloadTo'>;

/** Downloads: through a browser's own, or to a folder of this machine. */
export function createDownloads({
  open,
  jobs,
  files,
  log,
  dataFolder,
}: DomainDeps & { files: Pick<FileStore, 'offer'>; dataFolder: string }): Downloads {
  const unfinished = createUnfinished(dataFolder, log);
  void unfinished.sweep();
  return {
    'objects.download': async ({ stackId, cluster, bucket, key, versionId }) =>
      offerObject(await open(stackId, cluster), files, { bucket, key, versionId }),

    'objects.downloadTo': async ({ stackId, cluster, ...order }, { host }) => {
      // A page may be that of somebody far away; it must not write files here.
      if (host === 'browser') throw new AppError('downloadNotHere');
      // From where the engine works it would lead into its data folder.
      if (!isAbsolute(order.folder)) throw new AppError('folderRelative', { folder: order.folder });
      const access = await open(stackId, cluster);
      return jobs.start({
        title: say('objectsDownloadJob', { bucket: order.bucket, folder: order.folder }),
        stackId,
        unit: 'bytes',
        run: (report, signal) =>
          withObjectClient(access, (client) =>
            withListing(access, (listing) =>
              downloadToFolder({ client, listing, keys: customerKeysOf(access), unfinished }, order, report, signal),
            ),
          ),
      });
    },
  };
}
