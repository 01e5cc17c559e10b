import type { BucketRow } from '../../../shared/buckets.ts';
import type { Mark } from '../../components/StateIcon.tsx';

interface Answer {
  mark: Mark;
  says: 'all' | 'some' | 'automatic' | 'unread' | 'noKms';
  ruled: number;
  open: number;
  unread: number;
}

/** The page's one sentence. Rules that could not be read are never counted among either. Pure. */
export function answerOf(
  buckets: readonly Pick<BucketRow, 'rule'>[],
  kms: { kind: string; autoEncryption?: boolean | undefined },
): Answer | undefined {
  if (buckets.length === 0) return undefined;
  const unread = buckets.filter(({ rule }) => rule === undefined).length;
  const open = buckets.filter(({ rule }) => rule?.kind === 'none').length;
  const counts = { ruled: buckets.length - unread - open, open, unread };
  if (kms.kind === 'none') return { mark: 'warn', says: 'noKms', ...counts };
  if (unread > 0) return { mark: 'warn', says: 'unread', ...counts };
  if (open === 0) return { mark: 'ok', says: 'all', ...counts };
  return kms.autoEncryption ? { mark: 'ok', says: 'automatic', ...counts } : { mark: 'warn', says: 'some', ...counts };
}
