import { describe, expect, it } from 'vitest';
import { isPublicIdentity, playSandbox, publicIdentities, publicIdentity } from '../../../shared/publicIdentities.ts';
import { Secret } from '../../../shared/secret.ts';
import { keyOfApiKey } from './apiKey.ts';

/** As they stand in KES's own sources, help and documentation. */
const printed = [
  playSandbox.apiKey,
  'kes:v1:AGaV6VXHasF0FnaB60WdCOeTZ8eTIDikL4zlN16c8NAs',
  'kes:v1:ACQpoGqx3rHHjT938Hfu5hVVQJHZWSqVI2Xp1KlYxFVw',
  'kes:v1:AMxvd2uV1l5dDSRwuKZxSjuM5BDemlr+685+JAHA1TuJ',
  'kes:v1:ABfa1xsnIV0lltXQC8tHXic8lte7J6hT7EoGv6+s5QCW',
  'kes:v1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
];

describe('identities that are printed in public', () => {
  it('are known by the key that everybody has', () => {
    const hashes = printed.map((apiKey) => keyOfApiKey(new Secret(apiKey))?.hash ?? 'no API key');
    expect(hashes.map((hash) => publicIdentity(hash)?.kind)).toEqual(['sandbox', ...Array(5).fill('example')]);
    expect(publicIdentities.filter(({ kind }) => kind !== 'printed').map(({ hash }) => hash)).toEqual(hashes);
  });

  it('are known however the hash is written, and no other is', () => {
    const { hash = '' } = publicIdentities[0] ?? {};
    expect(isPublicIdentity(` ${hash.toUpperCase()} `)).toBe(true);
    expect(isPublicIdentity(hash.replace(/^./, '0'))).toBe(false);
    expect(publicIdentities.every((known) => /^[0-9a-f]{64}$/.test(known.hash))).toBe(true);
  });
});
