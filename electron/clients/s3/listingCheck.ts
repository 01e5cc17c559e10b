import { AppError } from '../../../shared/rpc/errors.ts';
import { compareKeys } from './keyOrder.ts';
import type { Page, PageRequest, PageToken } from './listing.ts';

/**
 * Throws `answerNotUnderstood` for a page that would lose objects, give them twice or never come to an end: keys outside
 * the prefix, not in the order of their bytes, not behind `after`, or the same token again. With a token, `after` may be
 * given as well: the last key of the page before.
 */
export function checkPage(request: PageRequest, page: Page, host: string): void {
  const { bucket, versions, prefix, after = '', versionAfter, token } = request;
  const refuse = (reason: string): never => {
    throw new AppError('answerNotUnderstood', { host, reason: `the listing of ${bucket}: ${reason}` });
  };
  // A page may begin inside the key that the one before ended with.
  const inside = versions && (versionAfter !== undefined || token !== undefined);
  let last = after;
  let lastVersion: string | undefined;
  for (const { key, versionId } of page.entries) {
    const isFirst = lastVersion === undefined;
    const order = last === '' ? 1 : compareKeys(key, last);
    if (order < 0 && !request.unordered)
      refuse(isFirst ? 'it goes back behind where it was asked to begin' : 'its keys are not in the order of their bytes');
    if (order === 0 && !(isFirst ? inside : versions)) refuse('it shows a key that was shown before');
    if (order === 0 && !isFirst && versionId === lastVersion) refuse('it shows a version twice');
    if (!key.startsWith(prefix)) refuse('it shows keys outside the prefix that was asked for');
    last = key;
    lastVersion = versionId ?? '';
  }
  for (const name of page.prefixes) if (!name.startsWith(prefix)) refuse('it shows keys outside the prefix that was asked for');
  if (token && page.next && sameToken(token, page.next)) refuse('it goes on where it began, without end');
}

function sameToken(a: PageToken, b: PageToken): boolean {
  if ('continuation' in a) return 'continuation' in b && a.continuation === b.continuation;
  return 'keyMarker' in b && a.keyMarker === b.keyMarker && a.versionMarker === b.versionMarker;
}
