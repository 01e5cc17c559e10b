import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import { makeTestIdentity, startTestKes } from './kes.testSupport.ts';

const allow = [
  '/v1/key/create/app-*',
  '/v1/key/describe/app-*',
  '/v1/key/list/*',
  '/v1/key/generate/app-*',
  '/v1/key/encrypt/app-*',
  '/v1/key/decrypt/app-*',
  '/v1/key/delete/app-*',
  '/v1/key/import/app-*',
  '/v1/status',
  '/v1/api',
];

describe('the KES client against a real KES', () => {
  let kes: Awaited<ReturnType<typeof startTestKes>>;
  beforeAll(async () => {
    kes = await startTestKes(allow);
  });
  afterAll(async () => kes?.stop());

  it('creates a key, seals with it, opens it again and deletes it', async () => {
    const client = kes.as(kes.client);
    await client.createKey('app-one');
    await expect(client.createKey('app-one')).rejects.toMatchObject({ code: 'kesKeyExists', details: { name: 'app-one' } });
    expect(await client.describeKey('app-one')).toMatchObject({ name: 'app-one', createdAt: expect.stringMatching(/^20/) });
    expect(await client.listKeys()).toEqual(['app-one']);

    const text = randomBytes(32).toString('base64');
    const sealed = await client.encrypt('app-one', new Secret(text), Buffer.from('context'));
    expect((await client.decrypt('app-one', sealed, Buffer.from('context'))).reveal()).toBe(text);
    await expect(client.decrypt('app-one', sealed)).rejects.toMatchObject({ code: 'kesNotAuthentic' });

    const dataKey = await client.generate('app-one');
    expect(Buffer.from(dataKey.plaintext.reveal(), 'base64')).toHaveLength(32);
    expect((await client.decrypt('app-one', dataKey.ciphertext)).reveal()).toBe(dataKey.plaintext.reveal());
    expect(JSON.stringify(dataKey)).not.toContain(dataKey.plaintext.reveal());

    await client.deleteKey('app-one');
    await expect(client.describeKey('app-one')).rejects.toMatchObject({ code: 'kesKeyNotFound' });
    await client.close();
  });

  it('imports 32 bytes of its own', async () => {
    const client = kes.as(kes.client);
    await client.importKey('app-imported', new Secret(randomBytes(32).toString('base64')));
    expect((await client.describeKey('app-imported')).algorithm).toBe('AES256');
    await client.deleteKey('app-imported');
    await client.close();
  });

  it('tells policy, name and route refusals apart', async () => {
    const client = kes.as(kes.client);
    await expect(client.createKey('other')).rejects.toMatchObject({ code: 'kesNotAuthorised', details: { route: '/v1/key/create' } });
    await expect(client.createKey('app-.')).rejects.toMatchObject({ code: 'kesName' });
    await expect(client.createKey('')).rejects.toMatchObject({ code: 'kesName' });
    expect(await client.probe('DELETE', '/v1/key/delete/app-.')).toMatchObject({ status: 400 });
    expect(await client.probe('GET', '/v1/policy/list/*')).toMatchObject({ status: 403 });
    await client.close();
  });

  it('refuses a stranger, a CA certificate, and a caller without certificate', async () => {
    const stranger = kes.as(await makeTestIdentity('client'));
    await expect(stranger.status()).rejects.toMatchObject({ code: 'kesNotAuthorised' });
    await stranger.close();
    const authority = kes.as(await makeTestIdentity('client', true));
    await expect(authority.status()).rejects.toMatchObject({ code: 'kesNoIdentity' });
    await authority.close();
    const nobody = kes.as();
    await expect(nobody.version()).rejects.toMatchObject({ code: 'tlsIdentityRefused' });
    await nobody.close();
  });

  it('reads status and routes', async () => {
    const client = kes.as(kes.client);
    expect((await client.status()).keystore_unreachable ?? false).toBe(false);
    expect((await client.api()).map((route) => route.path)).toContain('/v1/key/generate/');
    await client.close();
  });

  it('lists 1,100 keys although each answer is cut at 1,024', async () => {
    const client = kes.as(kes.client);
    const names = Array.from({ length: 1100 }, (_, index) => `app-${String(index).padStart(4, '0')}`);
    const rest = [...names];
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let name = rest.pop(); name !== undefined; name = rest.pop()) await client.createKey(name);
      }),
    );
    expect(await client.listKeys()).toEqual(names);
    await client.close();
  });
});
