import type { AuditGap } from '../../../../shared/audit.ts';
import type { Text } from '../../../../shared/text.ts';
import type { Listed } from '../../../clients/s3/listing.ts';

/** An entry of which everything is said that can be: only delete markers have no state. */
export interface Known extends Listed {
  /** Why `unknown` or `unreadable`. */
  reason?: Text;
  /** HEAD or a read said the state, not the listing. */
  byHead?: boolean;
}

/** What lies behind a place where a page failed: as a good page would have told it, and where to go on. */
export interface Around {
  /** In the order of the listing; the unreadable ones that could be named among them. */
  entries: Known[];
  /** Places that cannot be listed; their `bucket` is the one asked for. */
  gaps: AuditGap[];
  /** Go on after this key (and version). */
  after: string;
  versionAfter?: string;
  /** There is nothing behind it. */
  done: boolean;
}

/** The place of a page that failed. `to` is inclusive: nothing behind it is asked for nor told. */
export interface Place {
  bucket: string;
  prefix: string;
  versions: boolean;
  after: string;
  versionAfter?: string;
  to?: string;
}
