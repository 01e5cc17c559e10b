import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Walked, walk } from './walk.ts';

it.skipIf(process.platform === 'win32')(
  'names files by the folder that was chosen, and leaves out what is no file, with the reason',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sealdeck-walk-'));
    try {
      mkdirSync(join(folder, 'tree', 'deep', 'empty'), { recursive: true });
      writeFileSync(join(folder, 'tree', 'deep', 'b'), '12345');
      writeFileSync(join(folder, 'tree', 'a'), '');
      writeFileSync(Buffer.concat([Buffer.from(join(folder, 'tree')), Buffer.from([0x2f, 0xff, 0x41])]), 'x');
      symlinkSync(join(folder, 'tree'), join(folder, 'tree', 'deep', 'loop'));
      symlinkSync('nowhere', join(folder, 'dangling'));
      execFileSync('mkfifo', [join(folder, 'tree', 'pipe')]);
      const found: Walked[] = [];
      const paths = [join(folder, 'tree'), join(folder, 'dangling'), join(folder, 'missing'), join(folder, 'tree', 'a')];
      for await (const some of walk(paths, new AbortController().signal)) found.push(...some);
      const told = found.map(({ path, size, error }) => `${path} ${error?.code ?? size}`).sort();
      expect(told).toEqual(
        [
          'a 0',
          'dangling uploadLink',
          'missing uploadSourceGone',
          'tree/a 0',
          'tree/deep/b 5',
          'tree/deep/loop uploadLink',
          'tree/pipe uploadSpecial',
          'tree/\ufffdA uploadNameNotText',
        ].sort(),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
