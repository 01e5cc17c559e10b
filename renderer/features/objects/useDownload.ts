import { useState } from 'react';
import type { ObjectRow } from '../../../shared/objects.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { saveFrom } from '../../rpc/files.ts';
import { useClient } from '../../rpc/hooks.ts';

/** More at once a browser asks about, or drops. */
export const mostDownloads = 20;
const pauseMs = 400;

interface Downloads {
  start(objects: readonly ObjectRow[]): Promise<number>;
  readonly error: AppError | undefined;
}

/** Hands objects to the browser's own download, one after the other; each breaks off when its content is not what was stored. */
export function useDownload(stackId: string, bucket: string): Downloads {
  const client = useClient();
  const [error, setError] = useState<AppError | undefined>(undefined);
  return {
    error,
    async start(objects) {
      setError(undefined);
      let started = 0;
      try {
        for (const { key, versionId } of objects) {
          if (started > 0) await new Promise((done) => setTimeout(done, pauseMs));
          const version = versionId === undefined ? {} : { versionId };
          const { downloadPath, name } = await client.call('objects.download', { stackId, bucket, key, ...version });
          saveFrom(downloadPath, name);
          started++;
        }
      } catch (failed) {
        setError(failed instanceof AppError ? failed : new AppError('internal', { incident: '-' }));
      }
      return started;
    },
  };
}
