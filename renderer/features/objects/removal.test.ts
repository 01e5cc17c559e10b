import { describe, expect, it } from 'vitest';
import type { ObjectRow } from '../../../shared/objects.ts';
import { removalOf } from './removal.ts';

const object = (more: Partial<ObjectRow> = {}): ObjectRow => ({ key: 'a', size: 1, encryption: { state: 'sse-s3' }, ...more });

describe('what removing does', () => {
  it.each([
    ['on', 'marker', false],
    ['suspended', 'suspended', true],
    ['off', 'gone', true],
    [undefined, 'unread', true],
  ] as const)('of an object in a bucket whose versions are %s: %s', (versioning, kind, forGood) => {
    expect(removalOf([object()], versioning)).toEqual({ kind, forGood });
  });

  it('a version goes for good, with delete markers among them too', () => {
    const rows = [object({ versionId: '1' }), object({ versionId: '2', deleteMarker: true })];
    expect(removalOf(rows, 'on')).toEqual({ kind: 'versionGone', forGood: true });
  });

  it('delete markers alone bring objects back', () => {
    expect(removalOf([object({ versionId: '2', deleteMarker: true })], 'on')).toEqual({ kind: 'unmark', forGood: false });
  });
});
