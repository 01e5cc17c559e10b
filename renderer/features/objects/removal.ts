import type { BucketHead, ObjectRow } from '../../../shared/objects.ts';

/** What removing does: content goes, a version goes, a delete marker comes or goes. */
export interface Removal {
  readonly kind: 'gone' | 'versionGone' | 'marker' | 'unmark' | 'suspended' | 'unread';
  readonly forGood: boolean;
}

/** Rows of a listing of versions name their version, which goes for good; others get what a plain delete does in this bucket. */
export function removalOf(objects: readonly ObjectRow[], versioning: BucketHead['versioning']['value']): Removal {
  if (objects.length > 0 && objects.every(({ deleteMarker }) => deleteMarker)) return { kind: 'unmark', forGood: false };
  if (objects.some(({ versionId }) => versionId !== undefined))
    return { kind: versioning === 'off' ? 'gone' : 'versionGone', forGood: true };
  if (versioning === 'on') return { kind: 'marker', forGood: false };
  if (versioning === 'suspended') return { kind: 'suspended', forGood: true };
  return { kind: versioning === undefined ? 'unread' : 'gone', forGood: true };
}
