import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const rows = readFileSync(join(root, 'docs', 'guides.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| G'))
  .map((line) => line.slice(2, -2).split(' | '));

function hasTest(file: string, name: string): boolean {
  const quoted = [`'${name}'`, `"${name}"`, `\`${name}\``];
  return existsSync(join(root, file)) && quoted.some((one) => readFileSync(join(root, file), 'utf8').includes(one));
}

describe('the table of the guides', () => {
  it('has a row of seven cells for each of the 24 steps', () => {
    expect(rows.map(([id]) => id)).toEqual(Array.from({ length: 24 }, (_, at) => `G${at + 1}`));
    expect(rows.filter((row) => row.length !== 7)).toEqual([]);
  });

  it('names tests that exist, right and wrong input for every step that is proven', () => {
    const proven = rows.filter((row) => row[6] !== 'not begun');
    const named = proven.flatMap(([id, , , right = '', wrong = '']) =>
      [...right.split('<br>'), ...wrong.split('<br>')].map((test) => ({ id, match: /^`([^`]+)` (.+)$/.exec(test) })),
    );
    const missing = named.filter(({ match }) => !hasTest(match?.[1] ?? '', match?.[2] ?? ''));
    expect(missing.map(({ id, match }) => `${id}: ${match?.[0]}`)).toEqual([]);
  });
});
