import { expect, it } from 'vitest';
import { placeInput, type ServerPlace } from '../../shared/setup.ts';
import { stackOf } from '../services/setup/placeDocument.ts';
import { minioIdle } from './ways.ts';

const codeFor = (kes: ServerPlace, minio: ServerPlace): string | undefined => {
  const place = placeInput.parse({
    name: 'lab',
    folder: '/lab',
    hosts: ['127.0.0.1'],
    ports: { vault: 1, vaultCluster: 2, kes: 3, minio: 4, minioConsole: 5 },
    product: 'openbao',
    servers: { kes, minio },
  });
  return minioIdle(stackOf('lab', place, 'now'))?.code;
};
const none: ServerPlace = { way: 'none' };
const here: ServerPlace = { way: 'here' };
const api: ServerPlace = { way: 'api', url: 'https://elsewhere:1' };

it('leaves objects alone while there is no MinIO, or one to be set up that knows no KES', () => {
  expect(codeFor(here, none)).toBe('minioSkipNone');
  expect(codeFor(none, here)).toBe('minioSkipNoKes');
  expect(codeFor(none, { way: 'handedOver', url: 'https://m:1', folder: '/srv/m' })).toBe('minioSkipNoKes');
  // A MinIO that others run may have a KES that this stack does not know.
  expect(codeFor(none, api)).toBeUndefined();
  expect(codeFor(api, here)).toBeUndefined();
});
