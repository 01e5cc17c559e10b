import { expect, it } from 'vitest';
import { type ClusterScope, inCluster } from './inCluster.ts';

const second: ClusterScope = { stackId: 'lab', cluster: 'minio-2', several: true };
const first: ClusterScope = { stackId: 'lab', cluster: undefined, several: true };

it('names the cluster of the window in every call about its stack that takes one', () => {
  expect(inCluster('buckets.list', { stackId: 'lab' }, second)).toEqual({ stackId: 'lab', cluster: 'minio-2' });
  expect(inCluster('minio.status', { stackId: 'lab' }, second)).toEqual({ stackId: 'lab', cluster: 'minio-2' });
});

it('leaves what is said, what is about another stack, and what takes no cluster', () => {
  const said = { stackId: 'lab', cluster: 'minio-3' };
  expect(inCluster('buckets.list', said, second)).toBe(said);
  const other = { stackId: 'other' };
  expect(inCluster('buckets.list', other, second)).toBe(other);
  const whole = { stackId: 'lab' };
  expect(inCluster('vault.status', whole, second)).toBe(whole);
  const all = { stackId: 'lab' };
  expect(inCluster('clusters.picture', all, second)).toBe(all);
});

it('asks the same of the first cluster as of a stack with one, but for what tells of all unless one is named', () => {
  const input = { stackId: 'lab' };
  expect(inCluster('buckets.list', input, first)).toBe(input);
  expect(inCluster('kes.status', input, first)).toEqual({ stackId: 'lab', cluster: 'minio' });
  expect(inCluster('kes.status', input, { ...first, several: false })).toBe(input);
});
