import { describe, expect, it } from 'vitest';
import { placeKey } from './map/values.ts';
import { addressOf, placeIn, scopeAsked, selectedIn, withSelected } from './place.ts';

const cells = [
  { bucket: 'docs', prefix: '', name: 'docs' },
  { bucket: 'docs', prefix: '2024/a b%2F&/', name: 'a b%2F&/' },
  { bucket: 'docs', prefix: '/', name: '/' },
  { bucket: 'docs', prefix: '2024/\n/', name: '\n/' },
  { bucket: 'docs', prefix: '2024/', name: '' },
  { bucket: 'docs', prefix: '2024/', name: '…' },
];

describe('what is selected on the map', () => {
  it.each(cells)('comes back from the address: $bucket/$prefix $name', (cell) => {
    const address = addressOf('20261122T120000-1a2b3c4d', 'map', withSelected(new URLSearchParams({ by: 'bytes' }), cell));
    const { query } = placeIn(address);
    expect(selectedIn(query)).toBe(placeKey(cell));
    expect(query.get('by')).toBe('bytes');
  });

  it('is nothing when the address names none, or when it was taken back', () => {
    expect(selectedIn(new URLSearchParams())).toBeUndefined();
    expect(selectedIn(withSelected(withSelected(new URLSearchParams(), cells[4]), undefined))).toBeUndefined();
  });
});

it('begins a new audit with the place that an address asks for, and with everything where it says nothing that holds', () => {
  const asked = (hash: string) => scopeAsked(placeIn(hash).query);
  expect(placeIn('#/audit/new?bucket=letters').page).toBe('new');
  expect(asked('#/audit/new?bucket=letters&prefix=a%2F%25&versions=1')).toEqual({ buckets: ['letters'], prefix: 'a/%', versions: true });
  expect(asked('#/audit/new?bucket=NO')).toEqual({ prefix: '', versions: false });
});
