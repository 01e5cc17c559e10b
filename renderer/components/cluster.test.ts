import { expect, it } from 'vitest';
import { isAboutOneCluster, pageOfCluster } from './cluster.tsx';

it.each(['/minio', '/objects/work/a/b', '/audit', '/audit?state=plaintext', '/kes', '/kes/nodes', '/in-place/x', '/wizard/check/work'])(
  '%s is about one MinIO cluster',
  (address) => expect(isAboutOneCluster(address)).toBe(true),
);

it.each(['/', '/clusters', '/vault/roles', '/certificates', '/kes/move', '/setup/kes', '/wizard/bucket/work', '/journal', '/stack'])(
  '%s is about the whole stack, or about the first',
  (address) => expect(isAboutOneCluster(address)).toBe(false),
);

it('a link to a page of the first cluster takes the other one out of the address, where it would stay', () => {
  expect(pageOfCluster('/kes', 'minio')).toBe('/kes?');
  expect(pageOfCluster('/kes', 'minio-2')).toBe('/kes?cluster=minio-2');
});
