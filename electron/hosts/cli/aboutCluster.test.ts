import { expect, it } from 'vitest';
import type { Client } from '../../rpc/client.ts';
import { aboutCluster, namedRun } from './aboutCluster.ts';

it('names the cluster in every call that takes one, but for those that name their own', async () => {
  const sent: unknown[] = [];
  const plain = { call: async (name: string, input: object) => void sent.push([name, input]) } as unknown as Client;
  const client = aboutCluster(plain, 'minio-2');
  await client.call('buckets.list', { stackId: 'lab' });
  await client.call('minio.status', { stackId: 'lab', cluster: 'minio' });
  await client.call('stacks.get', { id: 'lab' });
  await client.call('clusters.picture', { stackId: 'lab' });
  expect(sent).toEqual([
    ['buckets.list', { cluster: 'minio-2', stackId: 'lab' }],
    ['minio.status', { cluster: 'minio', stackId: 'lab' }],
    ['stacks.get', { id: 'lab' }],
    ['clusters.picture', { stackId: 'lab' }],
  ]);
  expect(aboutCluster(plain, undefined)).toBe(plain);
});

it('names a run so that it is found again', () => {
  expect([namedRun('20261122T120000-0123abcd', undefined), namedRun('a', 'minio-2')]).toEqual([
    '20261122T120000-0123abcd',
    'a --cluster minio-2',
  ]);
});
