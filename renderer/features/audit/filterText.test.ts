import { describe, expect, it } from 'vitest';
import type { AuditFilter } from '../../../shared/audit.ts';
import { bytesIn, changed, dayStart, kindsIn, without } from './filterText.ts';
import { addressOf, filterIn, placeIn, withFilter } from './place.ts';

const id = '20261122T143108-1a2b3c4d';
const hostile = 'a b+c/%2F&x=1?#"<ü>\n\u202e合同/😀/';

const filters: AuditFilter[] = [
  {},
  { states: ['plaintext', 'unreadable'], bucket: 'customer-documents-eu-central-production' },
  { prefix: hostile, contains: hostile },
  { kmsKey: '' },
  { kmsKey: 'minio-docs', opens: 'no', versions: 'all' },
  { minSize: 0, maxSize: 5_368_709_120, from: '2023-01-01T00:00:00.000Z', before: '2024-01-01T00:00:00.000Z' },
  { versions: 'deleteMarkers', opens: 'notTested' },
];

describe('the filter of the table', () => {
  it.each(filters)('%j comes back from its address as it was', (filter) => {
    const place = placeIn(addressOf(id, 'objects', filter));
    expect(place).toMatchObject({ id, page: 'run', view: 'objects' });
    expect(filterIn(place.query)).toEqual(filter);
  });

  it.each(filters)('%j comes back from a browser that wrote the address its own way', (filter) => {
    const url = new URL(`http://127.0.0.1/${addressOf(id, 'objects', filter)}`);
    expect(filterIn(placeIn(url.hash).query)).toEqual(filter);
  });

  it('leaves what else stands in the address, and takes the former filter out', () => {
    const before = new URLSearchParams('sort=size&down=1&states=sse-c&contains=x');
    expect(withFilter(before, { bucket: 'b1' }).toString()).toBe('sort=size&down=1&bucket=b1');
  });

  it('drops what an address says wrongly and keeps the rest', () => {
    expect(filterIn(new URLSearchParams('states=pink&bucket=b1&minSize=many&opens=maybe'))).toEqual({ bucket: 'b1' });
  });

  it('loses a kind as a whole, and one without a value by itself', () => {
    const filter: AuditFilter = { minSize: 1, maxSize: 2, from: '2023-01-01T00:00:00.000Z', states: ['sse-c'] };
    expect(without(filter, 'size')).toEqual({ from: '2023-01-01T00:00:00.000Z', states: ['sse-c'] });
    expect(changed(filter, { states: [], minSize: undefined, prefix: '', kmsKey: '' })).toEqual({
      maxSize: 2,
      from: '2023-01-01T00:00:00.000Z',
      kmsKey: '',
    });
    expect(kindsIn({ kmsKey: '', before: '2023-01-01T00:00:00.000Z' })).toEqual(['kmsKey', 'written']);
  });
});

describe('what is typed into a filter', () => {
  it.each([
    ['0', 0],
    ['4096', 4096],
    ['64 KiB', 65_536],
    ['64kb', 65_536],
    ['1.5g', 1_610_612_736],
    ['2,5 MiB', 2_621_440],
    ['12B', 12],
  ])('the size %s is %d bytes', (text, bytes) => expect(bytesIn(text)).toBe(bytes));

  it.each(['', 'x', '-1', '1 KK', '1e9', '4 mib more'])('%j is no size', (text) => expect(bytesIn(text)).toBeUndefined());

  it('takes a day from its first moment on, and nothing that is no day', () => {
    expect(dayStart('2023-09-14')).toBe(new Date(2023, 8, 14).toISOString());
    expect(dayStart('2023-13-40')).toBeUndefined();
    expect(dayStart('14.9.2023')).toBeUndefined();
  });
});
