import { describe, expect, it } from 'vitest';
import { folderFor } from './folder.ts';

describe('the proposed folder', () => {
  const base = { name: 'local-lab', folder: '/home/ops/sealdeck/local-lab' };

  it('follows the name', () => {
    expect(folderFor(base, 'second')).toBe('/home/ops/sealdeck/second');
    expect(folderFor({ name: 'local-lab', folder: 'C:\\Users\\ops\\sealdeck\\local-lab' }, 'two')).toBe('C:\\Users\\ops\\sealdeck\\two');
  });

  it('never climbs out of its parent or becomes it', () => {
    expect(folderFor(base, '../../etc')).toBe('/home/ops/sealdeck/..-..-etc');
    expect(folderFor(base, '  ')).toBe(base.folder);
  });

  it('stays when it was chosen apart from the name', () => {
    expect(folderFor({ name: 'local-lab', folder: '/data' }, 'second')).toBe('/data');
  });
});
