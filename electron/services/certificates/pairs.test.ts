import { expect, it } from 'vitest';
import type { Stack } from '../../../shared/stacks.ts';
import { withMinioIdentity } from './pairs.ts';

it('an exchange of the first MinIO’s identity leaves those of added clusters and the operator’s', () => {
  const identities: Stack['identities'] = [
    { id: 'minio', hash: 'old', purpose: 'minio', certFile: 'certs/minio-client.crt' },
    { id: 'operator', hash: 'ours', purpose: 'operator', certFile: 'certs/operator.crt' },
    { id: 'minio-2', hash: 'second', purpose: 'minio', certFile: 'clusters/minio-2/certs/minio-client.crt' },
  ];
  const after = withMinioIdentity({ identities } as Stack, 'new').identities;
  expect(after.map(({ hash }) => hash)).toEqual(['new', 'ours', 'second']);
});
