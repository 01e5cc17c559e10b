import { expect, it } from 'vitest';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Listed, ListingClient } from '../../clients/s3/listing.ts';
import { listForPeople } from './list.ts';

const listed = (key: string): Listed => ({ key, size: 1, modifiedAt: 0, etag: 'e', latest: true, deleteMarker: false }) as Listed;

it('one name that cannot be asked for hides no other: its state is unknown, with the reason', async () => {
  // As from a server that keeps such names and tells no states: MinIO has none.
  const client: Pick<ListingClient, 'page' | 'head'> = {
    page: async () => ({ entries: [listed('a/../b'), listed('c')], prefixes: [], bytes: 0 }),
    async head(_, key) {
      if (key === 'a/../b') throw new AppError('objectNameRefused', { name: key });
      return { status: 200, encryption: { state: 'sse-s3' } };
    },
  };
  const { objects } = await listForPeople(client as ListingClient, { bucket: 'b', prefix: '', versions: false, folders: false });
  expect(objects.map(({ key, encryption }) => [key, encryption.state, encryption.reason?.params?.code])).toEqual([
    ['a/../b', 'unknown', 'objectNameRefused'],
    ['c', 'sse-s3', undefined],
  ]);
});
