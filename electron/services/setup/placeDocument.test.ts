import { describe, expect, it } from 'vitest';
import { type PlaceInput, placeInput } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { placed, placeNow, placeOf, stackOf } from './placeDocument.ts';

const place = (servers: Record<string, unknown> = {}, change: Record<string, unknown> = {}): PlaceInput =>
  placeInput.parse({
    name: 'lab',
    folder: '/tmp/lab',
    hosts: ['127.0.0.1', 'localhost'],
    ports: { vault: 8200, vaultCluster: 8201, kes: 7373, minio: 9000, minioConsole: 9001 },
    product: 'openbao',
    servers,
    ...change,
  });
const api = (url: string) => ({ way: 'api', url });
const none = { way: 'none' };
const of = (input: PlaceInput): Stack => stackOf('lab', input, 'now');
const connected = place({ vault: api('https://v:1'), kes: api('https://k:2'), minio: api('https://m:3') });

/** What Connect saves of a Vault by API. */
function connect(stack: Stack): Stack {
  const [store] = stack.keyStores;
  if (!store) throw new Error('no key store');
  return {
    ...stack,
    keyStores: [{ ...store, product: 'vault', storage: 'file', ca: 'mine', engine: { mount: 'secret', version: 1, prefix: 'keys' } }],
  };
}

describe('a place applied to a document', () => {
  it('keeps what Connect saved of a server by API, and what later steps wrote of those that are set up', () => {
    const saved = connect(of(connected));
    expect(placed(saved, { ...connected, kvVersion: 2 }).keyStores).toEqual(saved.keyStores);
    const here = of(place());
    const [store] = here.keyStores;
    const prepared = { ...here, keyStores: store ? [{ ...store, engine: { ...store.engine, mount: 'made' }, rootRevokedAt: 'then' }] : [] };
    const again = placed(prepared, place({}, { storage: 'file', kvVersion: 1 })).keyStores[0];
    expect(again).toMatchObject({ storage: 'file', rootRevokedAt: 'then', engine: { mount: 'made', version: 1 } });
  });
  it('makes and removes clusters as servers come and go, and ties them to each other', () => {
    const alone = placed(of(place()), place({ vault: none, kes: none }));
    expect([alone.keyStores, alone.kesClusters]).toEqual([[], []]);
    expect(alone.minioClusters[0]).not.toHaveProperty('kes');
    const back = placed(alone, place({ vault: none, kes: api('https://k:2') }));
    expect(back.minioClusters[0]).toMatchObject({ kes: 'kes', nodes: [{ way: 'here' }] });
    expect(back.kesClusters[0]).toMatchObject({ ca: 'kes', nodes: [{ id: 'kes-1', url: 'https://k:2', way: 'api' }] });
    expect(back.kesClusters[0]).not.toHaveProperty('keyStore');
    expect(placed(back, place({ kes: api('https://k:2') })).kesClusters[0]?.keyStore).toBe('vault');
  });
  it('takes a server of another way for another server', () => {
    const moved = placed(connect(of(connected)), place());
    expect(moved.keyStores).toEqual(of(place()).keyStores);
    expect(moved.origin).toBe('lab');
  });
  it('moves one node and leaves the others', () => {
    const stack = of(connected);
    const [kes] = stack.kesClusters;
    const two: Stack = {
      ...stack,
      kesClusters: kes ? [{ ...kes, nodes: [...kes.nodes, { id: 'kes-2', url: 'https://k2:2', way: 'api' }] }] : [],
    };
    const urls = placed(two, { ...connected, servers: { ...connected.servers, kes: { way: 'api', url: 'https://new:2' } } }).kesClusters[0]
      ?.nodes;
    expect(urls?.map(({ url }) => url)).toEqual(['https://new:2', 'https://k2:2']);
  });
  it('speaks of the first cluster and leaves those that were added', () => {
    const stack = of(place());
    const [kes, minio] = [stack.kesClusters[0], stack.minioClusters[0]];
    if (!kes || !minio) throw new Error('no cluster');
    const added = { ...kes, id: 'kes-b', nodes: [{ id: 'kes-2', url: 'https://127.0.0.1:7383', way: 'here' as const }] };
    const second = { ...minio, id: 'minio-b', kes: 'kes-b', identity: 'minio-b', defaultKey: 'b-default' };
    const two: Stack = { ...stack, kesClusters: [kes, added], minioClusters: [minio, second] };
    const again = placed(two, place({}, { ports: { vault: 8200, vaultCluster: 8201, kes: 7399, minio: 9000, minioConsole: 9001 } }));
    expect(again.kesClusters[0]?.nodes[0]?.url).toBe('https://127.0.0.1:7399');
    expect([again.kesClusters[1], again.minioClusters[1]]).toEqual([added, second]);
    expect(again.minioClusters[0]?.kes).toBe('kes');
  });
  it('is told from the document where Connect gave or moved a server, and its name where the stack was renamed', () => {
    const kept = place({ vault: none, kes: api('https://old:2') });
    const now = placeNow(kept, { ...of(connected), name: 'renamed' }, true);
    expect(now).toMatchObject({ name: 'renamed', servers: { vault: api('https://v:1'), kes: api('https://k:2'), minio: { way: 'here' } } });
    expect(placeNow(kept, of(connected), false).name).toBe('lab');
  });
  it('can be read off a document that came without one', () => {
    const handed = { way: 'handedOver', url: 'https://k:7373', folder: '/srv/kes' };
    for (const input of [place(), connected, place({ kes: handed, minio: none })]) expect(of(placeOf(of(input)))).toEqual(of(input));
  });

  it('ties KES to a key store that is not Vault, keeps its CA while the form says nothing of it, and lets it go', () => {
    const aws = place({}, { keyStore: { kind: 'aws', values: { endpoint: 'host', region: 'r', kmskey: '' } } });
    const made = of(aws);
    expect([made.keyStores, made.kesClusters[0]?.keyStore]).toEqual([[], 'keyStore']);
    expect(made.otherKeyStores).toEqual([{ id: 'keyStore', kind: 'aws', values: { endpoint: 'host', region: 'r' } }]);
    expect(placeOf(made).keyStore).toEqual({ kind: 'aws', values: { endpoint: 'host', region: 'r' } });
    const cipherTrust = (ca?: string) =>
      place({}, { keyStore: { kind: 'gemalto', values: { endpoint: 'https://ct' }, ...(ca === undefined ? {} : { ca }) } });
    const trusted = placed(made, cipherTrust('-----BEGIN CERTIFICATE-----'));
    expect(trusted.otherKeyStores).toMatchObject([{ kind: 'gemalto', ca: 'keyStore' }]);
    expect(placed(trusted, cipherTrust()).otherKeyStores).toMatchObject([{ ca: 'keyStore' }]);
    expect(placed(trusted, cipherTrust('')).otherKeyStores?.[0]).not.toHaveProperty('ca');
    const back = placed(trusted, place());
    expect(back).not.toHaveProperty('otherKeyStores');
    expect(back.kesClusters[0]?.keyStore).toBe('vault');
  });
});
