import { describe, expect, it } from 'vitest';
import { readYaml } from './yamlDocument.ts';

describe('YAML of others', () => {
  it.each([
    ['a name that stands twice, on its second line', 'a: 1\nb: 2\na: 3\n', { code: 'DUPLICATE_KEY', line: 3 }],
    ['one that does so further in', 'a:\n  b: {c: 1, c: 2}\n', { code: 'DUPLICATE_KEY', line: 2 }],
    ['brackets without end', `a: ${'['.repeat(60_000)}`, { code: 'RESOURCE_EXHAUSTION', line: 1 }],
    ['a tab', 'a:\n\tb: 1\n', { code: 'TAB_AS_INDENT', line: 2 }],
  ])('is refused for %s', (_what, text, error) => {
    expect(readYaml(text).error).toEqual(error);
  });

  it('is read where many names stand in one map, which is not compared each with each', () => {
    const { documents, error, lineOf } = readYaml(Array.from({ length: 30_000 }, (_, at) => `k${at}: 1`).join('\n'));
    expect(error).toBeUndefined();
    expect(documents[0]?.get('k29999')).toBe(1);
    expect(lineOf(7)).toBe(2);
  });

  it('is one document where that is wanted', () => {
    expect(readYaml('a: 1\n---\nb: 1\n', { one: true }).error).toEqual({ code: 'MULTIPLE_DOCS', line: 2 });
    expect(readYaml('a: 1\n---\nb: 1\n').documents).toHaveLength(2);
    expect(readYaml('', { one: true }).documents[0]?.contents).toBeNull();
  });

  it('keeps every scalar as it is written where that is wanted', () => {
    expect(readYaml('a: 0x10').documents[0]?.get('a')).toBe(16);
    expect(readYaml('a: 0x10', { failsafe: true }).documents[0]?.get('a')).toBe('0x10');
  });
});
