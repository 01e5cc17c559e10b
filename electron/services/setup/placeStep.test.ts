import { describe, expect, it } from 'vitest';
import { type PlaceInput, placeInput } from '../../../shared/setup.ts';
import { checkPlace } from './placeStep.ts';

const place = (folder: string): PlaceInput =>
  placeInput.parse({
    name: 'lab',
    folder,
    hosts: ['127.0.0.1'],
    ports: { vault: 1, vaultCluster: 2, kes: 3, minio: 4, minioConsole: 5 },
    product: 'openbao',
  });

describe('a place', () => {
  it('may be a folder with spaces, quotes, dollars, percent signs and Chinese', () => {
    for (const name of ['with space', "quo'te", 'dq"x', '$HOME`id`', 'per%41cent', '中文目录', '#hash: y', '-dash'])
      expect(() => checkPlace(place(`/tmp/${name}/lab`))).not.toThrow();
  });
  it('is refused early where a server would read its name as something else', () => {
    for (const name of ['{1...4}', 'two\nlines', 'a\u0000b'])
      expect(() => checkPlace(place(`/tmp/${name}/lab`))).toThrow(expect.objectContaining({ code: 'folderCharacters' }));
  });
  it('is refused where it depends on where Sealdeck was started', () => {
    expect(() => checkPlace(place('lab'))).toThrow(expect.objectContaining({ code: 'folderRelative' }));
  });
});
