import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import type { TestChain } from '../../clients/chain.testSupport.ts';
import { keyOfApiKey } from '../../clients/kes/apiKey.ts';
import type { KesClient } from '../../clients/kes/client.ts';
import { makeTestIdentity, type TestIdentity, waitUntil } from '../../clients/kes/kes.testSupport.ts';
import { makeAuthority } from '../../platform/tls.testSupport.ts';
import { type Draft, makeDraft } from './connect.testSupport.ts';
import { type Elsewhere, minioRules, startElsewhere } from './elsewhere.testSupport.ts';

describe('servers that were started outside Sealdeck', () => {
  let other: Elsewhere;
  let chain: TestChain;
  let draft: Draft;
  let operator: KesClient;
  let weak: TestIdentity;
  let url: Elsewhere['url'];
  let ca: string;

  const token = async (policies: string[]): Promise<string> => {
    const answer = await chain.vault.attempt('POST', 'auth/token/create', { body: { policies } });
    return (answer.json as { auth: { client_token: string } }).auth.client_token;
  };
  const unsealed = async (): Promise<void> => {
    await chain.unseal();
    await waitUntil(async () => (await operator.generate('minio-default')).ciphertext !== '', 40_000);
  };

  beforeAll(async () => {
    other = await startElsewhere();
    ({ chain, url, ca, operator, weak } = other);
    draft = await makeDraft();
  });
  afterAll(async () => {
    await draft?.stop();
    await other?.stop();
  });

  it('are looked at before anything is believed', async () => {
    const { chain: shown, trustedBySystem, protocol } = await draft.call('connect.look', { url: url.kes });
    expect(shown[0]).toMatchObject({ names: ['IP:127.0.0.1'], isCa: false, fingerprint: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}/) });
    expect({ trustedBySystem, protocol }).toEqual({ trustedBySystem: false, protocol: 'TLSv1.3' });
  });

  it('are saved one by one into a draft that had none of them', async () => {
    await expect(draft.call('connect.test', { kind: 'kes' })).rejects.toMatchObject({ code: 'connectNoServer' });
    const root = (chain.context.secrets.get('vault.init')?.reveal() ?? '').match(/"root_token":"([^"]+)"/)?.[1] ?? '';
    await draft.call('connect.save', { kind: 'vault', url: url.vault, trust: { kind: 'file', pem: ca } });
    expect((await draft.call('connect.test', { kind: 'vault' })).lights[3]).toMatchObject({ error: { code: 'connectNoCredential' } });
    await draft.call('connect.save', { kind: 'vault', credential: { kind: 'vaultToken', token: root } });
    const { fingerprint } = (await draft.call('connect.look', { url: url.kes })).chain[0] ?? { fingerprint: '' };
    const { cert, key } = other.operatorPair;
    await draft.call('connect.save', {
      kind: 'kes',
      url: url.kes,
      trust: { kind: 'pin', fingerprint },
      credential: { kind: 'kesCertificate', cert, key },
    });
    await draft.call('connect.save', {
      kind: 'minio',
      url: url.minio,
      trust: { kind: 'file', pem: ca },
      credential: { kind: 'minioKeys', accessKey: 'root-user', secretKey: 'root-password' },
      defaultKey: 'minio-default',
    });
    const { stack } = draft.access;
    expect(stack).toMatchObject({ draft: true, readOnly: true, origin: 'connected' });
    expect(stack.keyStores[0]).toMatchObject({ product: 'openbao', storage: 'inmem', nodes: [{ way: 'api' }] });
    expect([stack.kesClusters[0]?.keyStore, stack.minioClusters[0]?.kes]).toEqual(['vault', 'kes']);
    expect(stack.cas.map(({ id, kind }) => `${id} ${kind}`)).toEqual(['vault file', 'kes pin', 'minio file']);
    expect(JSON.stringify(stack)).not.toContain('root-password');
  });

  it('light up at every hop', async () => {
    expect(await draft.lights('vault')).toEqual([
      'name ok connectWord',
      'tcp ok connectMs',
      'tls warn connectEndsSoon connectCertificateEnds',
      'identity warn connectRootToken connectRootToken',
      'policy ok connectRights',
      'keyStore ok connectWord',
      'key notItsJob connectNotItsJob',
    ]);
    expect((await draft.lights('kes')).slice(3)).toEqual([
      'identity ok connectWord',
      'policy ok connectRights',
      'keyStore ok connectMs',
      'key ok connectOpens',
    ]);
    expect((await draft.lights('minio')).slice(3)).toEqual([
      'identity ok connectWord',
      'policy ok connectAdministers',
      'keyStore ok connectKesOnline',
      'key ok connectOpens',
    ]);
    const { said, certificate } = await draft.call('connect.test', { kind: 'vault' });
    expect(said).toMatch(/^OpenBao \d+\.\d+\.\d+, active$/);
    expect(certificate?.names).toEqual(['IP:127.0.0.1']);
  });

  describe('with one thing wrong', () => {
    let wrong: Draft;
    beforeAll(async () => {
      wrong = await makeDraft();
      const { cert, key } = other.operatorPair;
      await wrong.call('connect.save', {
        kind: 'kes',
        url: url.kes,
        trust: { kind: 'file', pem: ca },
        credential: { kind: 'kesCertificate', cert, key },
      });
    });
    afterAll(() => wrong?.stop());

    it('stop at the name, and show what the certificate names', async () => {
      await wrong.call('connect.save', { kind: 'kes', url: url.kes.replace('127.0.0.1', 'localhost') });
      const { lights, certificate, said } = await wrong.call('connect.test', { kind: 'kes' });
      expect(lights[2]).toMatchObject({ outcome: 'fail', label: { code: 'connectWrongName' }, error: { code: 'tlsName' } });
      expect(lights.slice(3).map(({ outcome }) => outcome)).toEqual(Array(4).fill('notTried'));
      expect({ names: certificate?.names, said }).toEqual({ names: ['IP:127.0.0.1'], said: undefined });
      await wrong.call('connect.save', { kind: 'kes', url: url.kes });
    });

    it('stop at the trust', async () => {
      await wrong.call('connect.save', { kind: 'kes', trust: { kind: 'file', pem: (await makeAuthority()).ca } });
      expect((await wrong.lights('kes'))[2]).toBe('tls fail connectNotTrusted tlsTrust');
      await wrong.call('connect.save', { kind: 'kes', trust: { kind: 'system' } });
      expect((await wrong.lights('kes'))[2]).toBe('tls fail connectNotTrusted tlsTrust');
      await wrong.call('connect.save', { kind: 'kes', trust: { kind: 'file', pem: ca } });
      expect((await wrong.lights('kes'))[2]).toMatch(/^tls warn/);
    });

    it('tell an identity in no policy from one whose policy lacks paths', async () => {
      const stranger = await makeTestIdentity('client');
      const use = async ({ cert, key }: TestIdentity): Promise<string[]> => {
        await wrong.call('connect.save', { kind: 'kes', credential: { kind: 'kesCertificate', cert, key: key.reveal() } });
        return wrong.lights('kes');
      };
      expect((await use(stranger))[3]).toBe('identity fail connectUnknownIdentity connectIdentityUnknown');
      expect((await use(weak)).slice(3, 5)).toEqual(['identity ok connectWord', 'policy fail connectNoRights connectRightsMissing']);
      // Self-made from the seed, as KES's own client does it; the hash is known to be in no policy.
      const apiKey = `kes:v1:${Buffer.concat([Buffer.from([0]), randomBytes(32)]).toString('base64')}`;
      await wrong.call('connect.save', { kind: 'kes', credential: { kind: 'kesApiKey', apiKey } });
      expect(await wrong.call('connect.test', { kind: 'kes' })).toMatchObject({
        lights: expect.arrayContaining([
          expect.objectContaining({
            error: {
              code: 'connectIdentityUnknown',
              details: expect.objectContaining({ identity: keyOfApiKey(new Secret(apiKey))?.hash }),
            },
          }),
        ]),
      });
    });

    it('tell what a Vault login may not do, and refuse one that Vault refuses', async () => {
      const save = (engine: { mount: string; version: 1 | 2; prefix: string }) => wrong.call('connect.save', { kind: 'vault', engine });
      await wrong.call('connect.save', {
        kind: 'vault',
        url: url.vault,
        trust: { kind: 'file', pem: ca },
        credential: { kind: 'vaultToken', token: await token(['default']) },
      });
      expect((await wrong.lights('vault')).slice(3, 5)).toEqual([
        'identity ok connectToken',
        'policy fail connectNoRights connectRightsMissing',
      ]);
      await wrong.call('connect.replace', { kind: 'vault', credential: { kind: 'vaultToken', token: await token(['minio-key-policy']) } });
      expect((await wrong.lights('vault')).slice(4, 6)).toEqual([
        'policy warn connectRightsOf connectRightsMissing',
        'keyStore ok connectWord',
      ]);
      await save({ mount: 'kv', version: 1, prefix: 'minio' });
      expect((await wrong.lights('vault'))[4]).toContain('connectRightsMissing');
      await wrong.call('connect.replace', { kind: 'vault', credential: { kind: 'vaultToken', token: await token(['root']) } });
      expect((await wrong.lights('vault'))[5]).toBe('keyStore fail connectOtherVersion kvVersionDiffers');
      await chain.vault.enableEngine('old', 'kv');
      await save({ mount: 'old', version: 1, prefix: 'minio' });
      expect((await wrong.lights('vault')).slice(4, 6)).toEqual(['policy ok connectRights', 'keyStore ok connectWord']);
      await save({ mount: 'sys', version: 2, prefix: 'minio' });
      expect((await wrong.lights('vault'))[5]).toBe('keyStore fail connectOtherEngine connectMountOther');
      await save({ mount: 'nothing', version: 2, prefix: 'minio' });
      expect((await wrong.lights('vault'))[5]).toBe('keyStore fail connectNoMount connectMountMissing');
      const before = wrong.access.secrets.get('vault.operator')?.reveal();
      const bad = { kind: 'vaultToken', token: 'hvs.notonethatthisvaultknows' } as const;
      for (const name of ['connect.replace', 'connect.save'] as const)
        await expect(wrong.call(name, { kind: 'vault', credential: bad })).rejects.toMatchObject({ code: 'vaultPermissionDenied' });
      expect(wrong.access.secrets.get('vault.operator')?.reveal()).toBe(before);
    });

    it('log in once with a secret ID that is good for one use', async () => {
      await chain.vault.writeAppRole('approle', 'once', { token_policies: ['minio-key-policy'], secret_id_num_uses: 1 });
      const roleId = await chain.vault.roleId('approle', 'once');
      const { secretId } = await chain.vault.createSecretId('approle', 'once', {});
      const credential = { kind: 'vaultAppRole', roleId, secretId: secretId.reveal() } as const;
      const engine = { mount: 'kv', version: 2, prefix: 'minio' } as const;
      await wrong.call('connect.save', { kind: 'vault', engine, credential });
      for (let time = 0; time < 2; time += 1) expect((await wrong.lights('vault'))[5]).toBe('keyStore ok connectWord');
      await expect(wrong.call('connect.replace', { kind: 'vault', credential })).rejects.toMatchObject({ code: 'connectLoginRefused' });

      await chain.vault.enableAuth('people', 'userpass');
      await chain.vault.writeUser('people', 'ops', {
        password: new Secret('a-password'),
        policies: ['minio-key-policy'],
        ttl: '1h',
        maxTtl: '1h',
      });
      const person = { kind: 'vaultUserpass', mount: 'people', name: 'ops', password: 'a-password' } as const;
      await wrong.call('connect.replace', { kind: 'vault', credential: person });
      const { lights } = await wrong.call('connect.test', { kind: 'vault' });
      expect(lights[3]).toMatchObject({ outcome: 'ok', label: { params: { value: 'ops' } } });
    });

    it('are content with an S3 login that only reads, and say what a narrow one lacks', async () => {
      await other.addUsers();
      const as = async (name: string): Promise<string[]> => {
        const credential = { kind: 'minioKeys', accessKey: name, secretKey: `${name.replace('-ro', '')}-password` } as const;
        await wrong.call('connect.save', { kind: 'minio', url: url.minio, trust: { kind: 'file', pem: ca }, credential });
        return (await wrong.lights('minio')).slice(3);
      };
      expect(await as('auditor-ro')).toEqual([
        'identity ok connectWord',
        'policy ok connectAudits',
        'keyStore ok connectKesOnline',
        'key ok connectOpens',
      ]);
      expect(await as('narrow')).toEqual([
        'identity ok connectWord',
        'policy warn connectObjectsOnly connectRightsMissing',
        'keyStore warn connectMayNotAsk minioAccessDenied',
        'key notTried connectNotTried',
      ]);
      expect((await as('nothing')).slice(0, 2)).toEqual(['identity ok connectWord', 'policy fail connectNoRights connectRightsMissing']);
    });

    it('refuse an S3 key that MinIO does not know', async () => {
      await wrong.call('connect.save', {
        kind: 'minio',
        url: url.minio,
        trust: { kind: 'file', pem: ca },
        credential: { kind: 'minioKeys', accessKey: 'nobody', secretKey: 'no-password' },
      });
      const { lights, said } = await wrong.call('connect.test', { kind: 'minio' });
      expect(lights[3]).toMatchObject({ outcome: 'fail', label: { code: 'connectRefused' }, error: { code: 'connectKeysRefused' } });
      expect(said).toContain('InvalidAccessKeyId');
    });
  });

  it('are asked through MinIO for the rights of an identity whose key is not here', async () => {
    other.rules.minio = [...minioRules, '/v1/status', '/v1/metrics', '/v1/api'];
    await other.startKes();
    const { ticks } = await draft.call('connect.preflight', {});
    expect(ticks.filter(({ id }) => id.startsWith('kes.minio.')).map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'kes.minio.create unknown',
      'kes.minio.generate ok',
      'kes.minio.decrypt ok',
      'kes.minio.describe unknown',
      'kes.minio.list missing',
      'kes.minio.status ok',
      'kes.minio.metrics ok',
      'kes.minio.api ok',
    ]);
    expect(ticks.find(({ id }) => id === 'kes.minio.list')?.line?.content).toBe('- /v1/key/list/*');
  });

  it('say which line is missing, and are content once it was pasted', async () => {
    const { folder } = chain.context;
    const minio = chain.context.stack.identities.find(({ purpose }) => purpose === 'minio');
    await draft.access.folder.write('certs/minio-client.crt', (await folder.read('certs/minio-client.crt')) ?? '', 0o644);
    await draft.access.folder.write('certs/minio-client.key', (await folder.read('certs/minio-client.key')) ?? '', 0o600);
    await draft.access.update((stack) => ({
      ...stack,
      identities: [...stack.identities, { id: 'minio', purpose: 'minio', hash: minio?.hash ?? '', certFile: 'certs/minio-client.crt' }],
    }));
    const data = 'path "kv/data/minio/*" { capabilities = ["create", "read"] }';
    await chain.vault.writePolicy('minio-key-policy', data);

    const first = (await draft.call('connect.preflight', {})).ticks;
    const missing = first.filter(({ outcome }) => outcome !== 'ok');
    expect(missing.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'kes.minio.list missing',
      'vault.list missing',
      'vault.delete missing',
    ]);
    expect(missing[0]?.line).toEqual({
      file: { code: 'connectFileKes', params: { identity: minio?.hash, list: 'allow' } },
      content: '- /v1/key/list/*',
    });
    expect(first.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['reach.kes', 'reach.minio', 'reach.minio.kes', 'kes.operator.delete']),
    );

    other.rules.minio.push((missing[0]?.line?.content ?? '').slice(2));
    await other.startKes();
    await chain.vault.writePolicy('minio-key-policy', `${data}\n${missing[1]?.line?.content}`);
    expect((await draft.call('connect.preflight', {})).ticks.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  });

  it('turn red behind KES when Vault is sealed, and where the key is gone', async () => {
    await chain.vault.seal();
    expect((await draft.lights('vault'))[3]).toBe('identity fail connectSealed vaultSealed');
    await waitUntil(async () => (await draft.lights('kes'))[5] === 'keyStore fail connectNotReached kesKeyStoreUnreachable');
    expect((await draft.lights('minio'))[5]).toBe('keyStore fail connectKesOffline minioKesOffline');
    const known = draft.access.secrets.get('vault.operator');
    await draft.call('connect.save', { kind: 'vault', credential: { kind: 'vaultToken', token: 'saved-though-it-cannot-be-tried' } });
    await draft.access.secrets.set('vault.operator', known ?? new Secret(''));
    await unsealed();

    await operator.deleteKey('minio-default');
    await waitUntil(async () => (await draft.lights('minio'))[6] === 'key fail connectKeyMissing kesKeyNotFound');
    expect((await draft.lights('kes'))[6]).toBe('key warn connectNoKeyYet kesKeyNotFound');
    await operator.createKey('minio-other');
    expect((await draft.lights('kes'))[6]).toBe('key warn connectOtherKey kesKeyNotFound');
    await operator.createKey('minio-default');
  });

  it('are a MinIO without KES yet, which is where the steps begin', async () => {
    const { servers, folder } = chain.context;
    await servers.stop('minio');
    const args = ['server', '--certs-dir', folder.path('minio/certs'), '--address', new URL(url.minio).host, folder.path('plain')];
    await servers.start('minio', 'minio', { args, env: { MINIO_ROOT_USER: 'root-user', MINIO_ROOT_PASSWORD: 'root-password' } });
    const yet = [
      'identity ok connectWord',
      'policy ok connectAdministers',
      'keyStore warn connectNoKms kmsNotConfigured',
      'key notTried connectNotTried',
    ];
    await waitUntil(async () => JSON.stringify((await draft.lights('minio')).slice(3)) === JSON.stringify(yet));
    const { ticks } = await draft.call('connect.preflight', {});
    expect(ticks.find(({ id }) => id === 'reach.minio.kes')).toMatchObject({ outcome: 'unknown' });
  });

  it('are saved at last, keep their protection, and have a credential replaced in place', async () => {
    await draft.call('connect.finish', {});
    expect(draft.access.stack).toMatchObject({ draft: false, readOnly: true });
    await expect(draft.call('connect.forget', { kind: 'kes' })).rejects.toMatchObject({ code: 'connectNotDraft' });
    const bad = { kind: 'minioKeys', accessKey: 'root-user', secretKey: 'not-the-password' } as const;
    await expect(draft.call('connect.replace', { kind: 'minio', credential: bad })).rejects.toMatchObject({
      code: 'connectKeysRefused',
    });
    const { cert, key } = weak;
    const before = draft.access.secrets.get('operator.key')?.reveal();
    await draft.call('connect.replace', { kind: 'kes', credential: { kind: 'kesCertificate', cert, key: key.reveal() } });
    expect(draft.access.secrets.get('operator.key')?.reveal()).not.toBe(before);
    expect(draft.access.stack.identities.find(({ purpose }) => purpose === 'operator')?.hash).toBe(weak.hash);
    expect(draft.journal().at(-1)).toBe('connectJournalReplaced');
  });
});
