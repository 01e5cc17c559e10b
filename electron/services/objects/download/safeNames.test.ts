import { describe, expect, it } from 'vitest';
import { numbered, safePath, versionName } from './safeNames.ts';

const linux = (key: string): string => safePath(key, 'linux').parts.join('/');
const windows = (key: string): string => safePath(key, 'win32').parts.join('/');

describe('names of downloads', () => {
  it('usual ones stay, also with letters of any script', () => {
    for (const key of ['a/b c/合同 1.pdf', 'x', 'été/ñ.txt', '100%.txt', '...', '.hidden']) {
      expect(linux(key)).toBe(key);
      expect(safePath(key, 'linux').changed).toBe(false);
    }
  });

  it.each([
    ['../../etc/passwd', '%2E%2E/%2E%2E/etc/passwd'],
    ['/etc/passwd', '_/etc/passwd'],
    ['a//b', 'a/_/b'],
    ['a/./b', 'a/%2E/b'],
    ['..', '%2E%2E'],
    ['line\nbreak\u0000\u007f', 'line%0Abreak%00%7F'],
    // Shown as "invoice exe.pdf", and a program all the same.
    ['invoice \u202efdp.exe', 'invoice %E2%80%AEfdp.exe'],
    ['a\u2067b\u2028c\u0085d', 'a%E2%81%A7b%E2%80%A8c%C2%85d'],
  ])('%j never leads out of the folder', (key, safe) => {
    expect(linux(key)).toBe(safe);
    expect(safePath(key, 'linux').changed).toBe(true);
  });

  it.each([
    ['..\\..\\evil', '..%5C..%5Cevil'],
    ['C:\\x', 'C%3A%5Cx'],
    ['nul', '_nul'],
    ['COM1.txt', '_COM1.txt'],
    ['a/aux/b', 'a/_aux/b'],
    ['name.', 'name%2E'],
    ['name ', 'name%20'],
    ['a<b>|?*"', 'a%3Cb%3E%7C%3F%2A%22'],
  ])('%j means no device and no other folder on Windows', (key, safe) => {
    expect(windows(key)).toBe(safe);
  });

  it('a part that is too long keeps its beginning, and two such stay two', () => {
    const [one, other] = [`${'é'.repeat(127)}\n1`, `${'é'.repeat(127)}\n2`].map(linux);
    expect(Buffer.byteLength(one ?? '')).toBeLessThanOrEqual(255);
    expect(one).not.toBe(other);
  });

  it('a key that ends with a slash is a folder', () => {
    expect(safePath('a/b/', 'linux')).toEqual({ parts: ['a', 'b'], folder: true, changed: false });
  });

  it.each([
    ['report.pdf', '6e1b2c3d-0000-4000-8000-000000000001', 'report (version 6e1b2c3d-0000-4000-8000-000000000001).pdf'],
    ['.profile', 'null', '.profile (version null)'],
    ['a', '../../b\n', 'a (version ..%2F..%2Fb%0A)'],
    ['a', 'CON:é', 'a (version CON%3A%C3%A9)'],
  ])('%j of a version has its whole id', (name, id, shown) => {
    expect(versionName(name, id)).toBe(shown);
  });

  it('a version’s id that is too long for a name keeps its beginning, and two such stay two', () => {
    const [one, other] = ['1', '2'].map((end) => versionName(`${'x'.repeat(250)}.txt`, `${'語'.repeat(99)}${end}`));
    expect(Buffer.byteLength(one ?? '')).toBeLessThanOrEqual(255);
    expect(one).toMatch(/\.txt$/);
    expect(one).not.toBe(other);
  });

  it('the next number stands before the ending, and never makes a name too long', () => {
    expect(numbered('a.tar.gz', 2)).toBe('a.tar (2).gz');
    expect(numbered('.profile', 2)).toBe('.profile (2)');
    expect(Buffer.byteLength(numbered(`${'ü'.repeat(125)}.pdf`, 12))).toBeLessThanOrEqual(255);
  });
});
