import { expect, it } from 'vitest';
import { sampleStack } from '../../../dev/sampleStack.ts';
import { clusterOfRole } from './users.ts';

it('names the MinIO cluster whose KES logs in with a role, and none for a stranger’s', () => {
  const [kes] = sampleStack.kesClusters;
  const [minio] = sampleStack.minioClusters;
  if (!kes || !minio) throw new Error('the sample has no cluster');
  const placeInStore = {
    engine: { mount: 'kv', version: 2 as const, prefix: 'archive' },
    appRole: { mount: 'approle', role: 'kes-archive', policy: 'archive-key-policy' },
  };
  const stack = {
    ...sampleStack,
    kesClusters: [kes, { ...kes, id: 'kes-archive', placeInStore }],
    minioClusters: [minio, { ...minio, id: 'archive', kes: 'kes-archive' }],
  };
  expect(clusterOfRole(stack, 'approle', 'kes-role')).toBe('minio');
  expect(clusterOfRole(stack, 'approle', 'kes-archive')).toBe('archive');
  expect(clusterOfRole(stack, 'other', 'kes-archive')).toBeUndefined();
});
