import { describe, expect, it } from 'vitest';
import { hcl, quoted } from './hcl.ts';

describe('hcl', () => {
  it('writes one setting a line, blocks with quoted labels', () => {
    const lines = [['ui', true], { head: ['storage', 'raft'], body: [['path', '/a b'], { comment: 'one\ntwo' }, ['n', 1]] }] as const;
    expect(hcl(lines)).toBe('ui = true\nstorage "raft" {\n  path = "/a b"\n  # one two\n  n = 1\n}\n');
  });

  it('writes an empty block', () => expect(hcl([{ head: ['storage', 'inmem'], body: [] }])).toBe('storage "inmem" {\n}\n'));

  it('refuses a setting written twice', () => {
    expect(() =>
      hcl([
        ['ui', true],
        ['ui', false],
      ]),
    ).toThrow('ui is written twice');
    expect(hcl([['a', 1], { head: ['b'], body: [['a', 2]] }])).toContain('  a = 2');
  });

  it.each([
    ['C:\\data', '"C:\\\\data"'],
    ['say "x"', '"say \\"x\\""'],
    ['a\nb', '"a\\nb"'],
    ['$' + '{env}', '"\\u0024{env}"'],
    ['5$', '"5$"'],
  ])('escapes %j', (value, expected) => expect(quoted(value)).toBe(expected));
});
