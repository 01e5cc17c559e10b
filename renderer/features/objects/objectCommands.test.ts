import { describe, expect, it } from 'vitest';
import type { Stack } from '../../../shared/stacks.ts';
import { objectCommands } from './objectCommands.ts';

const stack = { id: 'lab', folder: '/lab', minioClusters: [], kesClusters: [], keyStores: [] } as unknown as Stack;
const lines = (shown: Partial<Parameters<typeof objectCommands>[1]>): string[] =>
  objectCommands(stack, { bucket: 'b', prefix: 'p/', versions: false, object: undefined, objects: [], ...shown }).map(
    ({ line = '' }) => line,
  );

describe('the commands beside a level', () => {
  it('list it as it is shown, with versions where they are', () => {
    expect(lines({})).toContain('mc ls lab/b/p/');
    expect(lines({ versions: true })).toContain('mc ls --versions lab/b/p/');
  });

  it('ask for the object of the card, and of its version', () => {
    const object = { key: "p/it's a file", versionId: 'v-1' };
    expect(lines({ object })).toContain(`mc stat --version-id v-1 'lab/b/p/it'\\''s a file'`);
  });

  it('download what is selected: few by mc, more by one line of Sealdeck', () => {
    const objects = Array.from({ length: 5 }, (_, at) => ({ key: `p/${at}`, ...(at === 4 ? { deleteMarker: true } : {}) }));
    expect(lines({ objects: objects.slice(0, 2) }).filter((line) => line.startsWith('mc cp'))).toEqual([
      'mc cp lab/b/p/0 ./',
      'mc cp lab/b/p/1 ./',
    ]);
    expect(lines({ objects, data: ' --data /d' }).at(-1)).toBe(
      'npx --no-install sealdeck download --stack lab --bucket b --prefix p/ p/0 p/1 p/2 p/3 --to ./downloads --data /d',
    );
    const many = Array.from({ length: 60 }, (_, at) => ({ key: `p/${at}` }));
    expect(lines({ objects: many }).at(-1)).toBe('npx --no-install sealdeck download --stack lab --bucket b --prefix p/ --to ./downloads');
  });
});
