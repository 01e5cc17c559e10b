import { describe, expect, it } from 'vitest';
import { type PlaceInput, placeInput } from '../../../shared/setup.ts';
import { checkPlace, placeWarnings, portsHere } from './checkPlace.ts';

const place = (change: Record<string, unknown> = {}): PlaceInput =>
  placeInput.parse({
    name: 'lab',
    folder: '/tmp/lab',
    hosts: ['127.0.0.1'],
    ports: { vault: 1, vaultCluster: 2, kes: 3, minio: 4, minioConsole: 5 },
    product: 'openbao',
    ...change,
  });
const refusal = (code: string): unknown => expect.objectContaining({ code });
const far = { way: 'api', url: 'https://vault.example.com:8200' };
const handed = (folder: string, url = 'https://kes.example.com:7373') => ({ servers: { kes: { way: 'handedOver', url, folder } } });

describe('a place', () => {
  it('may be a folder with spaces, quotes, dollars, percent signs and Chinese', () => {
    for (const name of ['with space', "quo'te", 'dq"x', '$HOME`id`', 'per%41cent', '中文目录', '#hash: y', '-dash'])
      expect(() => checkPlace(place({ folder: `/tmp/${name}/lab` }))).not.toThrow();
  });
  it('is refused early where a server would read its name as something else', () => {
    for (const name of ['{1...4}', 'two\nlines', 'a\u0000b'])
      expect(() => checkPlace(place({ folder: `/tmp/${name}/lab` }))).toThrow(refusal('folderCharacters'));
  });
  it('is refused where it depends on where Sealdeck was started', () => {
    expect(() => checkPlace(place({ folder: 'lab' }))).toThrow(refusal('folderRelative'));
  });
  it('needs different ports and an own address only for servers that run here', () => {
    const ports = { vault: 1, vaultCluster: 1, kes: 3, minio: 4, minioConsole: 5 };
    expect(() => checkPlace(place({ ports }))).toThrow(refusal('portTwice'));
    expect(() => checkPlace(place({ ports, servers: { vault: far } }))).not.toThrow();
    expect(portsHere(place({ servers: { vault: far } })).map(([name]) => name)).toEqual(['kes', 'minio', 'minioConsole']);
    expect(() => checkPlace(place({ hosts: ['lab.example.com'] }))).toThrow(refusal('hostMissing'));
    const elsewhere = { vault: far, kes: { way: 'none' }, minio: { way: 'none' } };
    expect(() => checkPlace(place({ hosts: ['lab.example.com'], servers: elsewhere }))).not.toThrow();
  });
  it('is refused when two servers have one address, also when one of them is here', () => {
    const same = { vault: { way: 'api', url: 'https://127.0.0.1:3' } };
    expect(() => checkPlace(place({ servers: same }))).toThrow(refusal('placeAddressTwice'));
  });
  it('tells another host its port and a folder of its own', () => {
    expect(() => checkPlace(place(handed('/srv/kes')))).not.toThrow();
    expect(() => checkPlace(place(handed('C:\\kes')))).not.toThrow();
    expect(() => checkPlace(place(handed('/srv/kes', 'https://kes.example.com')))).toThrow(refusal('placePortMissing'));
    for (const folder of ['//', 'C:\\', '/srv/../..', 'D:/'])
      expect(() => checkPlace(place(handed(folder)))).toThrow(refusal('placeHostFolder'));
    expect(() => checkPlace(place(handed('/srv/{a,b}')))).toThrow(refusal('folderCharacters'));
  });
  it('lets no Vault of another host keep its keys in memory alone', () => {
    const servers = { vault: { way: 'handedOver', url: 'https://vault.example.com:8200', folder: '/srv/vault' } };
    expect(() => checkPlace(place({ servers, storage: 'inmem' }))).toThrow(refusal('placeInmem'));
    expect(() => checkPlace(place({ storage: 'inmem' }))).not.toThrow();
  });
  it('warns of a server that others cannot reach, and of a KES that nobody can let into Vault', () => {
    const codes = (input: PlaceInput, login: boolean): string[] => placeWarnings(input, login).map(({ code }) => code);
    const kesFar = place(handed('/srv/kes'));
    expect(codes(kesFar, true)).toEqual(['setup.place.warnLoopback']);
    expect(codes({ ...kesFar, hosts: ['192.0.2.7'] }, true)).toEqual([]);
    const vaultFar = place({ servers: { vault: far } });
    expect(codes(vaultFar, false)).toEqual(['setup.place.warnVaultLogin']);
    expect(codes(vaultFar, true)).toEqual([]);
  });
});
