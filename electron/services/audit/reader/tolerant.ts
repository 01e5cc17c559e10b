import { type AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { ListingClient, Page, PageRequest } from '../../../clients/s3/listing.ts';
import { pause } from '../../../jobs/pause.ts';
import { codePoints } from './codePoints.ts';
import type { KmsWatch } from './kmsWatch.ts';
import { isAboutObjects, mayBeAway } from './refusals.ts';

/** A page, or why objects on it made it fail. */
export type Tried = { page: Page; failed?: undefined } | { page?: undefined; failed: AppError };

/** Asks for a page and waits while the KMS is away. Throws what is not about objects. */
export type Ask = (request: Omit<PageRequest, 'signal'>) => Promise<Tried>;

export function createAsk(client: ListingClient, watch: KmsWatch, signal: AbortSignal): Ask {
  return async (wanted) => {
    const request = withoutShortcut(wanted);
    for (let failures = 0; ; ) {
      try {
        return { page: await client.page({ ...request, signal }) };
      } catch (error) {
        if (mayBeAway(error) && (await watch.wasAway())) continue;
        failures++;
        if (isAppError(error, 'kmsUnavailable') && failures === 1) {
          await pause(250, signal);
          continue;
        }
        // Fewer objects need less time.
        const tooLong = isAppError(error, 'networkTimeout') && (request.maxKeys ?? 1000) > 1;
        if (tooLong || isAboutObjects(error)) return { failed: error as AppError };
        throw error;
      }
    }
  };
}

/** `max-keys=1` with a prefix and no marker shows an object of exactly that name as if there were no other (minio.md 4.1). */
function withoutShortcut<R extends Omit<PageRequest, 'signal'>>(request: R): R {
  if (request.versions || request.maxKeys !== 1 || request.prefix === '' || (request.after ?? '') !== '') return request;
  return { ...request, after: justBefore(request.prefix) };
}

/** A text that sorts before every key with that prefix, and after those that sort before it as far as that matters. */
function justBefore(prefix: string): string {
  const points = codePoints(prefix);
  if (points.length > 1) return points.slice(0, -1).join('');
  const only = prefix.codePointAt(0) ?? 0;
  return only <= 1 ? '' : String.fromCodePoint(only === 0xe000 ? 0xd7ff : only - 1);
}
