import { expect, it } from 'vitest';
import { inPlaceAddress, placeIn, prefixAddress } from './place.ts';

it('finds the page, its bucket and its prefix in an address', () => {
  expect(placeIn('#/minio')).toEqual({ page: 'grid' });
  expect(placeIn('#/minio/rule/letters')).toEqual({ page: 'grid', rule: 'letters' });
  expect(placeIn('#/minio/require/letters')).toEqual({ page: 'require', bucket: 'letters' });
  expect(placeIn('#/minio/prefix/NO')).toEqual({ page: 'grid' });
  for (const prefix of ['', 'a/b/', '合同 %2F/'])
    expect(placeIn(`#${prefixAddress('letters', prefix)}`)).toEqual({ page: 'prefix', bucket: 'letters', prefix });
});

it('names what is to be encrypted in place, and with what', () => {
  expect(inPlaceAddress('letters')).toBe('#/in-place/new?bucket=letters');
  expect(inPlaceAddress('letters', { prefix: 'a/', rule: { kind: 'sse-kms', key: 'k' } })).toBe(
    '#/in-place/new?bucket=letters&prefix=a%2F&to=sse-kms%3Ak',
  );
});
