import type { RemoveResult } from '../../../shared/objects.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { ObjectClient } from '../../clients/s3/objectTypes.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import { eachOf } from '../../platform/eachOf.ts';

export interface Doomed {
  key: string;
  versionId?: string | undefined;
}

const atOnce = 8;
const namedAtMost = 100;

/** Removes each, whatever becomes of the others. Throws only when the server cannot be asked at all, and `cancelled`. */
export async function removeEach(
  client: Pick<ObjectClient, 'remove'>,
  bucket: string,
  objects: readonly Doomed[],
  report: Report,
  signal: AbortSignal,
): Promise<RemoveResult> {
  const result: RemoveResult = { removed: 0, markers: 0, failures: 0, failed: [] };
  report({ done: 0, total: objects.length });
  await eachOf(objects, atOnce, async ({ key, versionId }) => {
    if (signal.aborted) throw new AppError('cancelled');
    try {
      const { deleteMarker } = await client.remove({ bucket, key, versionId });
      if (deleteMarker) result.markers += 1;
      else result.removed += 1;
    } catch (error) {
      // Without an answer there is no server to ask for the next one.
      if (!isAppError(error) || error.details.code === undefined) throw error;
      result.failures += 1;
      if (result.failed.length < namedAtMost) result.failed.push({ key, error: error.frame });
    }
    report({ done: result.removed + result.markers + result.failures });
  });
  return result;
}
