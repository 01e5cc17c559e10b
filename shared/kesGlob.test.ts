import { describe, expect, it } from 'vitest';
import { goMatch } from './kesGlob.ts';

describe('Go’s path.Match', () => {
  it.each([
    ['*', 'abc', true],
    ['*', 'a/b', false],
    ['a*b', 'axxb', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a?c', 'a/c', false],
    ['[a-c]x', 'bx', true],
    ['[^a-c]x', 'bx', false],
    ['a\\*', 'a*', true],
    ['/v1/key/*/minio-*', '/v1/key/create/minio-1', true],
    ['/v1/key/*/minio-*', '/v1/key/a/b/minio-1', false],
    ['', '', true],
    ['a[', 'a', undefined],
    ['*[', 'x', undefined],
    ['[]a]', ']', undefined],
    ['a\\', 'a', undefined],
  ])('%s and %s: %s', (pattern, name, wanted) => {
    expect(goMatch(pattern, name)).toBe(wanted);
  });

  it('calls a pattern malformed that is longer than any rule', () => {
    expect(goMatch('*a'.repeat(1_000), 'a'.repeat(80))).toBe(false);
    expect(goMatch('*a'.repeat(500_000), 'a')).toBeUndefined();
  });
});
