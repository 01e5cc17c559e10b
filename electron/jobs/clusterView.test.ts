import { expect, it } from 'vitest';
import { Secret } from '../../shared/secret.ts';
import { placeInput } from '../../shared/setup.ts';
import type { Stack } from '../../shared/stacks.ts';
import { say, type Text } from '../../shared/text.ts';
import { testSecrets } from '../clients/chain.testSupport.ts';
import { stackOf } from '../services/setup/placeDocument.ts';
import { clusterView, openCluster, recordName, whereOf } from './clusterView.ts';
import type { StackAccess, StackFolder, StackServers } from './step.ts';

const ports = { vault: 8200, vaultCluster: 8201, kes: 7373, minio: 9000, minioConsole: 9001 };
const place = placeInput.parse({ name: 'lab', folder: '/lab', hosts: ['127.0.0.1'], ports, product: 'openbao' });
const own = {
  engine: { mount: 'kv', version: 2 as const, prefix: 'minio-2' },
  appRole: { mount: 'approle', role: 'kes-2', policy: 'minio-2-key-policy' },
};

function twoClusters(): Stack {
  const stack = stackOf('lab', place, 'now');
  const [kes, minio] = [stack.kesClusters[0], stack.minioClusters[0]];
  if (!kes || !minio) throw new Error('no cluster');
  const identity = (id: string, purpose: 'minio' | 'operator', certFile: string) => ({ id, purpose, certFile, hash: id });
  return {
    ...stack,
    identities: [
      identity('minio', 'minio', 'certs/minio-client.crt'),
      identity('operator', 'operator', 'certs/operator.crt'),
      identity('minio-2', 'minio', 'clusters/minio-2/certs/minio-client.crt'),
    ],
    kesClusters: [kes, { ...kes, id: 'kes-b', nodes: [{ id: 'kes-2', url: 'https://127.0.0.1:7383', way: 'here' }], placeInStore: own }],
    minioClusters: [
      minio,
      {
        ...minio,
        id: 'minio-2',
        kes: 'kes-b',
        identity: 'minio-2',
        nodes: [{ id: 'minio-2', url: 'https://127.0.0.1:9010', way: 'here' }],
        defaultKey: 'b-default',
      },
    ],
  };
}

function setUp() {
  let stack = twoClusters();
  const asked: string[] = [];
  const servers = { status: async (kind: string, node?: string) => void asked.push(`${kind} ${node}`) } as unknown as StackServers;
  const written: string[] = [];
  const noted: Text[] = [];
  const access = {
    get stack() {
      return stack;
    },
    update: async (change: (stack: Stack) => Stack) => {
      stack = change(stack);
    },
    secrets: testSecrets([['minio.root', new Secret('first')]]),
    folder: {
      path: (path: string) => `/lab/${path}`,
      write: async (path: string) => void written.push(path),
    } as unknown as StackFolder,
    servers,
    journal: async (action: Text) => void noted.push(action),
  } satisfies StackAccess;
  return { access, asked, written, noted };
}

it('shows one cluster as if it were the only one, with its own place in the shared key store', () => {
  const { stack } = clusterView(setUp().access, 'minio-2');
  expect(stack.minioClusters).toMatchObject([{ id: 'minio-2', identity: 'minio' }]);
  expect(stack.kesClusters.map(({ id }) => id)).toEqual(['kes-b']);
  expect(stack.keyStores).toMatchObject([{ id: 'vault', ...own }]);
  expect(stack.identities.map(({ id, hash, certFile }) => [id, hash, certFile])).toEqual([
    ['operator', 'operator', 'certs/operator.crt'],
    ['minio', 'minio-2', 'certs/minio-client.crt'],
  ]);
});

it('is the whole stack as it was for the cluster that the stack was set up with, but for the others', async () => {
  const { access } = setUp();
  const before = access.stack;
  const view = clusterView(access, 'minio');
  expect(view.stack).toEqual({
    ...stackOf('lab', place, 'now'),
    identities: before.identities.filter(({ id }) => id !== 'minio-2'),
  });
  expect(view.folder.path('kes/kes.yaml')).toBe('/lab/kes/kes.yaml');
  expect(view.secrets.get('minio.root')?.reveal()).toBe('first');
  await view.update((stack) => ({
    ...stack,
    keyStores: stack.keyStores.map((one) => ({ ...one, engine: { ...one.engine, prefix: 'moved' } })),
  }));
  expect(access.stack.keyStores[0]?.engine.prefix).toBe('moved');
  expect(access.stack.kesClusters[1]?.placeInStore).toEqual(own);
});

it('writes a change of one cluster into the document and leaves the other, and what the key store says of it', async () => {
  const { access } = setUp();
  const before = access.stack;
  const view = clusterView(access, 'minio-2');
  await view.update((stack) => stack);
  expect(new Set(access.stack.identities)).toEqual(new Set(before.identities));
  expect({ ...access.stack, identities: before.identities }).toEqual(before);
  await view.update((stack) => ({
    ...stack,
    name: 'renamed',
    identities: stack.identities.map((one) => (one.purpose === 'minio' ? { ...one, hash: 'new' } : one)),
    keyStores: stack.keyStores.map((one) => ({ ...one, rootRevokedAt: 'then', appRole: { ...one.appRole, role: 'other' } })),
    minioClusters: stack.minioClusters.map((one) => ({ ...one, defaultKey: 'c-default' })),
  }));
  const { stack } = access;
  expect(stack.name).toBe('renamed');
  expect(stack.identities.find(({ id }) => id === 'minio-2')).toMatchObject({
    hash: 'new',
    certFile: 'clusters/minio-2/certs/minio-client.crt',
  });
  expect(stack.identities.find(({ id }) => id === 'minio')).toEqual(before.identities[0]);
  expect(stack.keyStores[0]).toEqual({ ...before.keyStores[0], rootRevokedAt: 'then' });
  expect(stack.kesClusters[1]?.placeInStore?.appRole.role).toBe('other');
  expect(stack.minioClusters.map(({ defaultKey, identity }) => [defaultKey, identity])).toEqual([
    [before.minioClusters[0]?.defaultKey, 'minio'],
    ['c-default', 'minio-2'],
  ]);
});

it('keeps files, secrets and servers of two clusters apart, and shares what belongs to the stack', async () => {
  const { access, asked, written } = setUp();
  const view = clusterView(access, 'minio-2');
  await view.folder.write('certs/minio-client.key', '', 0o600);
  await view.folder.write('certs/operator.crt', '', 0o600);
  expect(written).toEqual(['clusters/minio-2/certs/minio-client.key', 'certs/operator.crt']);
  const paths = ['kes/kes.yaml', 'minio/data', 'handover/kes/kes.yaml', 'certs/ca.crt', 'vault/data', 'kesx/a', 'certs/kes.crt'];
  expect(paths.map((path) => view.folder.path(path).replace('/lab/', ''))).toEqual([
    'clusters/minio-2/kes/kes.yaml',
    'clusters/minio-2/minio/data',
    'clusters/minio-2/handover/kes/kes.yaml',
    'certs/ca.crt',
    'vault/data',
    'kesx/a',
    'clusters/minio-2/certs/kes.crt',
  ]);

  expect(view.secrets.has('minio.root')).toBe(false);
  await view.secrets.set('minio.root', new Secret('second'));
  await view.secrets.set('vault.operator', new Secret('login'));
  expect(['minio.root', 'minio-2:minio.root', 'vault.operator'].map((name) => access.secrets.get(name as 'minio.root')?.reveal())).toEqual([
    'first',
    'second',
    'login',
  ]);

  for (const kind of ['vault', 'kes', 'minio'] as const) await view.servers.status(kind);
  await view.servers.status('vault', 'vault-3');
  expect(asked).toEqual(['vault vault-1', 'kes kes-2', 'minio minio-2', 'vault vault-3']);
});

it('marks what is kept about a cluster, except the first, whose records are as they always were', async () => {
  const { access: whole, noted } = setUp();
  const access: StackAccess = whole;
  const [first, second] = [clusterView(access, 'minio'), clusterView(access, 'minio-2')];
  expect([first.cluster, second.cluster]).toEqual([undefined, 'minio-2']);
  expect([first, second].map((one) => [whereOf(one), recordName('restart', one.cluster)])).toEqual([
    ['lab', 'restart'],
    ['lab, minio-2', 'restart@minio-2'],
  ]);
  for (const one of [first, second]) await one.journal(say('bucketDidRule', { bucket: 'work', rule: 'SSE-S3' }));
  expect(noted.map(({ params }) => params?.cluster)).toEqual([undefined, 'minio-2']);
  expect([first, second].map((one) => one.folder.path('buckets/undos.json'))).toEqual([
    '/lab/buckets/undos.json',
    '/lab/clusters/minio-2/buckets/undos.json',
  ]);
});

it('opens the first cluster of several where none is named, and all of a stack that has one', async () => {
  const { access } = setUp();
  const open = openCluster(async (_, cluster) => (cluster === undefined ? access : clusterView(access, cluster)));
  expect((await open('lab')).stack.minioClusters.map(({ id }) => id)).toEqual(['minio']);
  expect((await open('lab', 'minio-2')).stack.minioClusters.map(({ id }) => id)).toEqual(['minio-2']);
  await access.update((stack) => ({ ...stack, minioClusters: stack.minioClusters.slice(0, 1) }));
  expect(await open('lab')).toBe(access);
});

it('refuses a cluster that the stack does not have', () => {
  expect(() => clusterView(setUp().access, 'minio-9')).toThrow(expect.objectContaining({ code: 'minioClusterUnknown' }));
});
