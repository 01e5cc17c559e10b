import { expect, it } from 'vitest';
import { addressOf, addressOfRole, placeOf } from './place.ts';

it('finds part and role of an address, and roles for what it does not know', () => {
  expect(placeOf(addressOf('roles'))).toEqual({ part: 'roles' });
  expect(placeOf(addressOf('transit'))).toEqual({ part: 'transit' });
  expect(placeOf(addressOfRole('auth/team a', 'kes.role'))).toEqual({ part: 'roles', role: { mount: 'auth/team a', role: 'kes.role' } });
  expect(placeOf('/vault/access/nothing')).toEqual({ part: 'roles' });
});
