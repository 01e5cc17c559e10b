import { generateKey, type PartialConfig, revokeKey } from 'openpgp';
import { describe, expect, it } from 'vitest';
import { checkPgpKey } from './pgpKeys.ts';

const userIDs = [{ name: 'Operations', email: 'ops@example.org' }];
const codeOf = (text: string, who?: string) =>
  checkPgpKey(text, who).then(
    () => 'fit',
    (error: { code: string; details: Record<string, unknown> }) => error,
  );

describe('a custodian’s PGP key', async () => {
  const { publicKey, privateKey } = await generateKey({ type: 'ecc', curve: 'curve25519Legacy', userIDs, format: 'object' });
  const armored = publicKey.armor();

  it('is taken armored, with text around it, and binary', async () => {
    const facts = {
      fingerprint: publicKey.getFingerprint().toUpperCase(),
      userIds: ['Operations <ops@example.org>'],
      algorithm: 'Curve25519',
    };
    expect(await checkPgpKey(armored)).toMatchObject(facts);
    expect(await checkPgpKey(`pub ed25519\r\n\r\n${armored.replace(/\n/g, '\r\n')}`)).toMatchObject(facts);
    expect(await checkPgpKey(Buffer.from(publicKey.write()).toString('base64'))).toMatchObject(facts);
  });

  it('is refused with its private part, armored or binary', async () => {
    expect(await codeOf(privateKey.armor(), 'Ann')).toMatchObject({ code: 'vaultPgpPrivate', details: { who: 'Ann' } });
    expect(await codeOf(Buffer.from(privateKey.write()).toString('base64'))).toMatchObject({ code: 'vaultPgpPrivate' });
  });

  it('is refused when there are two, in two blocks or in one', async () => {
    const other = (await generateKey({ type: 'ecc', userIDs, format: 'object' })).publicKey;
    expect(await codeOf(`${armored}\n${other.armor()}`)).toMatchObject({ code: 'vaultPgpSeveral', details: { count: 2 } });
    const both = Buffer.concat([publicKey.write(), other.write()]).toString('base64');
    expect(await codeOf(both)).toMatchObject({ code: 'vaultPgpSeveral', details: { count: 2 } });
  });

  it('is refused when it can only sign', async () => {
    const { publicKey: signs } = await generateKey({ type: 'ecc', userIDs, subkeys: [], format: 'object' });
    expect(await codeOf(signs.armor())).toMatchObject({ code: 'vaultPgpSignOnly', details: { who: 'Operations <ops@example.org>' } });
  });

  it('is refused when it or its encryption subkey has expired', async () => {
    const past = new Date('2020-01-01');
    const { publicKey: old } = await generateKey({ type: 'ecc', userIDs, date: past, keyExpirationTime: 60, format: 'object' });
    expect(await codeOf(old.armor())).toMatchObject({ code: 'vaultPgpExpired', details: { at: '2020-01-01T00:01:00.000Z' } });
    const subkeys = [{ keyExpirationTime: 60 }];
    const { publicKey: half } = await generateKey({ type: 'ecc', userIDs, date: past, subkeys, format: 'object' });
    expect(await codeOf(half.armor())).toMatchObject({ code: 'vaultPgpSignOnly' });
  });

  it('is refused when it is revoked', async () => {
    const revoked = await revokeKey({ key: privateKey, format: 'object' });
    expect(await codeOf(revoked.publicKey.armor())).toMatchObject({ code: 'vaultPgpRevoked' });
  });

  it('is refused with RSA of 1024 bits, and of version 6', async () => {
    const config: PartialConfig = { minRSABits: 1024 };
    const { publicKey: short } = await generateKey({ type: 'rsa', rsaBits: 1024, userIDs, config, format: 'object' });
    expect(await codeOf(short.armor())).toMatchObject({ code: 'vaultPgpWeak', details: { algorithm: 'RSA 1024', min: 2048 } });
    const { publicKey: six } = await generateKey({ type: 'curve25519', userIDs, config: { v6Keys: true }, format: 'object' });
    expect(await codeOf(six.armor())).toMatchObject({ code: 'vaultPgpWeak' });
  });

  it('is refused when it is no key at all', async () => {
    for (const text of [
      'garbage',
      'Z2FyYmFnZQ==',
      armored.slice(0, 200),
      armored.replace(/PUBLIC KEY BLOCK/g, 'MESSAGE'),
      'x'.repeat(5000),
    ])
      expect(await codeOf(text), text.slice(0, 40)).toMatchObject({ code: 'vaultPgpNotKey' });
    const damaged = publicKey.write();
    damaged[20] = (damaged[20] ?? 0) ^ 0xff;
    expect(await codeOf(Buffer.from(damaged).toString('base64'))).not.toBe('fit');
  });
});
