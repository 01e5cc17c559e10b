import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import { createKesClient } from '../../../clients/kes/client.ts';
import { kesAddress } from '../../../clients/kes/forStack.ts';
import { withMinioAdmin } from '../../../clients/minioAdmin/forStack.ts';
import { identityOf } from '../../../platform/certificateFacts.ts';
import { makeAuthority } from '../../../platform/tls.testSupport.ts';
import { makeCertificate } from '../build.ts';
import { namesOf } from '../inspect.ts';
import { type BoardStack, startBoardStack } from './board.testSupport.ts';
import { renew } from './renew.ts';
import { renewalOf, requestOf } from './renewal.ts';
import { planSwap, swap } from './swap.ts';

let stack: BoardStack;
beforeAll(async () => {
  stack = await startBoardStack();
  for (const kind of ['vault', 'kes', 'minio'] as const) await stack.start(kind);
}, 120_000);
afterAll(async () => stack?.stop());

const codes = (evidence: readonly { text: { code: string }; outcome: string }[]): string[] =>
  evidence.map(({ text, outcome }) => `${outcome} ${text.code}`);

async function thrown(work: Promise<unknown>): Promise<{ code: string; details: object }> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!isAppError(error)) throw error ?? new Error('nothing was thrown');
  return error;
}

/** The identity with which KES lets somebody work, or refuses to. */
async function kesTakes(cert: string, key: string): Promise<boolean> {
  const kes = createKesClient({ ...(await kesAddress(stack.context)), cert, key: new Secret(key) });
  try {
    await kes.generate('minio-default');
    return true;
  } catch (error) {
    if (isAppError(error, 'kesNotAuthorised')) return false;
    throw error;
  } finally {
    await kes.close();
  }
}

const minioWorks = async (): Promise<boolean> =>
  withMinioAdmin(stack.context, async (admin) => (await admin.keyStatus('minio-default')).error === undefined);

describe('renewal with the same key', () => {
  test.each(['vault', 'kes', 'minio'] as const)('%s serves a new certificate of the same key, without a restart', async (kind) => {
    const file = kind === 'minio' ? 'minio/certs/public.crt' : `certs/${kind}.crt`;
    const before = await stack.certificate(file);
    const { pid } = await stack.context.servers.status(kind);
    const evidence = await renew(stack.context, { id: kind, days: 42 }, stack.how);
    expect(codes(evidence)).toEqual(['ok boardSeenSame', 'ok boardSeenServed']);
    const after = await stack.certificate(file);
    expect(after.fingerprint256).not.toBe(before.fingerprint256);
    expect(identityOf(after)).toBe(identityOf(before));
    expect(after.subject).toBe(before.subject);
    expect(namesOf(after)).toEqual(namesOf(before));
    expect(Math.round((after.validToDate.getTime() - Date.now()) / 86_400_000)).toBe(42);
    expect((await stack.context.servers.status(kind)).pid).toBe(pid);
    const shown = execFileSync(
      'sh',
      ['-c', `openssl s_client -connect 127.0.0.1:${stack.ports[kind]} </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256`],
      { encoding: 'utf8' },
    );
    expect(shown.trim().split('=')[1]).toBe(after.fingerprint256);
  });

  test('MinIO’s identity and the operator’s stay what KES’s policy names', async () => {
    for (const id of ['minio-client', 'operator'] as const) {
      const file = `certs/${id}.crt`;
      const before = identityOf(await stack.certificate(file));
      const evidence = await renew(stack.context, { id }, stack.how);
      expect(evidence.every(({ outcome }) => outcome === 'ok')).toBe(true);
      expect(identityOf(await stack.certificate(file))).toBe(before);
    }
    const { identities } = await stack.board();
    expect(identities.map(({ policies }) => policies[0]?.name)).toEqual(['minio', 'sealdeck-operator']);
  });

  test('a name in use that the certificate lacks comes in with it', async () => {
    const { hosts, added } = await renewalOf(stack.context, 'vault', [...stack.hosts, 'vault.example.com']);
    expect(added).toEqual(['vault.example.com']);
    await renew(stack.context, { id: 'vault' }, { ...stack.how, hosts });
    const { rows } = await stack.board();
    expect(rows.filter(({ server }) => server === 'vault').every(({ cells }) => cells.every(({ state }) => state === 'ok'))).toBe(true);
    expect(namesOf(await stack.certificate('certs/vault.crt'))).toContain('vault.example.com');
  });

  test('a company CA signs the request of the key that is there; an answer that does not fit changes nothing', async () => {
    const company = await makeAuthority('Company CA');
    const { folder, secrets } = stack.context;
    const caKey = secrets.get('ca.key') ?? new Secret('');
    await secrets.delete('ca.key');
    const before = await stack.read('certs/kes.crt');
    const renewal = await renewalOf(stack.context, 'kes', stack.hosts);
    expect(renewal.by).toEqual({ kind: 'elsewhere', issuer: 'Sealdeck local CA' });
    const said = execFileSync('openssl', ['req', '-verify', '-noout', '-text'], {
      input: requestOf(renewal),
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    expect(said).toContain('DNS:localhost');
    const sign = async (change: Parameters<typeof company.issue>[1]) =>
      (await company.issue('server', { key: renewal.key, ...change })).cert;
    const stranger = (await company.issue('server')).cert;
    const refused: [string | undefined, string][] = [
      [undefined, 'boardRenewNoReply'],
      [stranger, 'boardReplyKey'],
      [await sign({ hosts: ['localhost'] }), 'boardReplyNames'],
      [await sign({ use: 'client', hosts: ['127.0.0.1', 'localhost'] }), 'boardReplyPurpose'],
      [await sign({ use: 'ca', hosts: ['127.0.0.1', 'localhost'] }), 'boardReplyPurpose'],
      [await sign({ days: -1 }), 'boardReplyEnded'],
      ['no certificate at all', 'boardReplyKey'],
    ];
    for (const [reply, code] of refused) {
      const error = await thrown(renew(stack.context, { id: 'kes', reply }, stack.how));
      expect(reply?.includes('BEGIN') && code === 'boardReplyPurpose' ? ['boardReplyPurpose', 'boardReplyCa'] : [code]).toContain(
        error.code,
      );
      expect(await stack.read('certs/kes.crt')).toBe(before);
    }
    const evidence = await renew(stack.context, { id: 'kes', reply: `${company.ca}${await sign({})}` }, stack.how);
    expect(codes(evidence)).toEqual(['ok boardSeenSame', 'ok boardSeenServed']);
    expect(new X509Certificate(await stack.read('certs/kes.crt')).issuer).toContain('Company CA');
    await secrets.set('ca.key', caKey);
    await folder.write('certs/kes.crt', before, 0o644);
    await renew(stack.context, { id: 'kes' }, stack.how);
  });

  test('a server that cannot read its new certificate is named, with the one that it still shows', async () => {
    const key = await stack.read('certs/vault.key');
    const how = { ...stack.how, seconds: 2 };
    // As after a key that went missing between the plan and the reload: the server keeps what it has.
    const working = stack.context.folder.write;
    (stack.context.folder as { write: typeof working }).write = async (path, content, mode) => {
      await working(path, content, mode);
      if (path === 'certs/vault.crt') await stack.context.folder.remove('certs/vault.key');
    };
    const served = (await stack.board()).rows.find(({ server }) => server === 'vault')?.certificate?.fingerprint;
    expect(await thrown(renew(stack.context, { id: 'vault' }, how))).toMatchObject({
      code: 'boardNotServed',
      details: { server: 'Vault' },
    });
    (stack.context.folder as { write: typeof working }).write = working;
    const row = (await stack.board()).rows.find(({ server }) => server === 'vault');
    expect(row?.certificate?.fingerprint).toBe(served);
    expect(row?.cells.find(({ id }) => id === 'file')).toMatchObject({ state: 'fail', says: { code: 'boardFileKey' } });
    await working('certs/vault.key', key, 0o600);
    await renew(stack.context, { id: 'vault' }, stack.how);
  });

  test('a self-signed server certificate and one whose key is lost are refused with the way out', async () => {
    const { folder } = stack.context;
    const [cert, key] = [await stack.read('certs/vault.crt'), await stack.read('certs/vault.key')];
    await folder.remove('certs/vault.key');
    expect(await thrown(renew(stack.context, { id: 'vault' }, stack.how))).toMatchObject({ code: 'certificateKeyLost' });
    await folder.write('certs/vault.key', (await stack.issue({})).key.reveal(), 0o600);
    expect(await thrown(renew(stack.context, { id: 'vault' }, stack.how))).toMatchObject({ code: 'certificateMismatch' });
    const caKey = stack.context.secrets.get('ca.key') ?? new Secret('');
    await stack.context.secrets.delete('ca.key');
    const own = await stack.issue({ issuer: 'own' });
    await folder.write('certs/vault.key', own.key.reveal(), 0o600);
    await folder.write('certs/vault.crt', own.cert, 0o644);
    expect(await thrown(renew(stack.context, { id: 'vault' }, stack.how))).toMatchObject({ code: 'boardRenewSelfSigned' });
    expect(await stack.read('certs/vault.crt')).toBe(own.cert);
    await stack.context.secrets.set('ca.key', caKey);
    await folder.write('certs/vault.key', key, 0o600);
    await folder.write('certs/vault.crt', cert, 0o644);
  });
});

describe('a new key for MinIO’s identity', () => {
  const restart = async (id: string, kind: 'kes'): Promise<void> => stack.restart(id, kind);
  const run = (deps = { restart }) => swap(stack.context, stack.hosts, deps, () => undefined, stack.how.signal);

  test('the new one is allowed before the old one goes, MinIO is tested in between and after, and the old one is refused', async () => {
    const old = { cert: await stack.read('certs/minio-client.crt'), key: await stack.read('certs/minio-client.key') };
    const plan = await planSwap(stack.context, stack.hosts);
    expect(plan.changes.map(({ code }) => code)).toEqual([
      'boardSwapMake',
      'boardSwapAllow',
      'boardSwapWrite',
      'boardSwapTest',
      'boardSwapForbid',
    ]);
    stack.forget();
    const evidence = await run();
    expect(codes(evidence)).toEqual(['ok boardSeenAllowed', 'ok boardSeenMinio', 'ok boardSeenMinio', 'ok boardSeenForbidden']);
    const now = { cert: await stack.read('certs/minio-client.crt'), key: await stack.read('certs/minio-client.key') };
    expect(now.key).not.toBe(old.key);
    expect(await kesTakes(now.cert, now.key)).toBe(true);
    expect(await kesTakes(old.cert, old.key)).toBe(false);
    expect(await minioWorks()).toBe(true);
    const hash = identityOf(new X509Certificate(now.cert));
    expect(stack.context.stack.identities.find(({ purpose }) => purpose === 'minio')?.hash).toBe(hash);
    // The policy is written with the new identity before MinIO’s files are, and both before the old one is taken out.
    expect(stack.written.filter((file) => file === 'kes/kes.yaml' || file.startsWith('certs/minio-client'))).toEqual([
      'kes/kes.yaml',
      'certs/minio-client.key',
      'certs/minio-client.crt',
      'kes/kes.yaml',
    ]);
    const yaml = await stack.read('kes/kes.yaml');
    expect(yaml).toContain(`    - "${hash}"`);
    expect(yaml).toContain('# For a test');
    expect(stack.context.secrets.has('minio.swap')).toBe(false);
    expect(stack.isKey(now.key)).toBe(true);
  });

  test('where MinIO’s open connection still uses the old identity, that one comes back at once, and the next run ends it', async () => {
    const old = { cert: await stack.read('certs/minio-client.crt'), key: await stack.read('certs/minio-client.key') };
    expect(await thrown(run({ restart: async () => undefined }))).toMatchObject({ code: 'boardSwapStillOld' });
    expect(await kesTakes(old.cert, old.key)).toBe(true);
    expect(await minioWorks()).toBe(true);
    expect((await stack.board()).swap?.phase).toBe('written');
    expect((await planSwap(stack.context, stack.hosts)).changes[0]?.code).toBe('boardSwapGoesOn');
    await run();
    expect(await kesTakes(old.cert, old.key)).toBe(false);
    expect(await minioWorks()).toBe(true);
    expect((await stack.board()).swap).toBeUndefined();
  });

  test('cut off after any write it goes on with one new key, and MinIO has its data keys all the while', async () => {
    // After the pair was sealed, the policy, the key, the certificate, the first test, and the policy again.
    for (const writes of [1, 3, 5, 6, 9, 10]) {
      const before = identityOf(await stack.certificate('certs/minio-client.crt'));
      stack.dieAfter(writes);
      await expect(run(), `${writes} writes`).rejects.toThrow('killed');
      stack.dieAfter(Number.POSITIVE_INFINITY);
      expect(await minioWorks(), `cut after ${writes} writes`).toBe(true);
      const kept = await stack.read('kes/kes.yaml');
      await run();
      expect(await minioWorks(), `gone on after ${writes} writes`).toBe(true);
      const after = identityOf(await stack.certificate('certs/minio-client.crt'));
      expect(after).not.toBe(before);
      const yaml = await stack.read('kes/kes.yaml');
      expect(yaml.match(/[0-9a-f]{64}/g), kept).toHaveLength(2);
      expect(yaml).toContain(after);
    }
  }, 120_000);

  test('cut off after its last step it only forgets itself, and the next exchange begins anew', async () => {
    const { folder, secrets } = stack.context;
    // Killed before its record is gone, and before its keys are: in both cases the exchange itself is done.
    for (const [at, dies] of [
      ['folder', folder],
      ['secrets', secrets],
    ] as const) {
      const own = at === 'folder' ? 'remove' : 'delete';
      const parts = dies as unknown as Record<string, (name: string) => Promise<void>>;
      const working = parts[own];
      parts[own] = async (name) => (/swap/.test(name) ? Promise.reject(new Error('killed')) : working?.(name));
      await expect(run(), at).rejects.toThrow('killed');
      if (working) parts[own] = working;
      const after = await stack.read('certs/minio-client.crt');
      expect(await minioWorks(), at).toBe(true);
      expect((await stack.board()).swap?.phase, at).toBe(at === 'folder' ? 'removed' : undefined);
      if (at === 'folder') expect(await run()).toEqual([]);
      expect(await stack.read('certs/minio-client.crt'), at).toBe(after);
    }
    const before = await stack.read('certs/minio-client.key');
    expect(codes(await run())).toContain('ok boardSeenForbidden');
    expect(await stack.read('certs/minio-client.key')).not.toBe(before);
    expect(secrets.has('minio.swap')).toBe(false);
  });

  test('allowed and then written over by another hand, the new identity is allowed again before MinIO gets it', async () => {
    const yaml = await stack.read('kes/kes.yaml');
    // Killed after the policy was written and said to be so.
    stack.dieAfter(3);
    await expect(run()).rejects.toThrow('killed');
    stack.dieAfter(Number.POSITIVE_INFINITY);
    const { swap: begun } = await stack.board();
    await stack.context.folder.write('certs/swap.json', JSON.stringify({ version: 1, ...begun, phase: 'allowed' }), 0o600);
    await stack.context.folder.write('kes/kes.yaml', yaml, 0o600);
    expect(codes(await run())).toContain('ok boardSeenForbidden');
    expect(await minioWorks()).toBe(true);
  });

  test('an identity that no policy names cannot be exchanged, and nothing is made', async () => {
    const yaml = await stack.read('kes/kes.yaml');
    const hash = identityOf(await stack.certificate('certs/minio-client.crt'));
    await stack.context.folder.write('kes/kes.yaml', yaml.replace(hash, 'f'.repeat(64)), 0o600);
    stack.forget();
    expect(await thrown(run())).toMatchObject({ code: 'boardIdentityUnnamed' });
    expect(stack.written).toEqual([]);
    await stack.context.folder.write('kes/kes.yaml', yaml, 0o600);
  });
});

test('a client certificate with CA:TRUE is red, as KES takes none', async () => {
  const [cert, key] = [await stack.read('certs/minio-client.crt'), await stack.read('certs/minio-client.key')];
  const ca = makeCertificate({ use: 'ca', subject: { commonName: 'minio' }, days: 9, hosts: [], key: new Secret(key) });
  await stack.context.folder.write('certs/minio-client.crt', ca, 0o644);
  const row = (await stack.board()).identities.find(({ id }) => id === 'minio-client');
  expect(row?.cells).toContainEqual(
    expect.objectContaining({ id: 'ca', state: 'fail', says: { code: 'boardCaYes' }, fix: { kind: 'renew', target: 'minio-client' } }),
  );
  expect(await thrown(kesTakes(ca, key))).toMatchObject({ code: 'kesNoIdentity' });
  await stack.context.folder.write('certs/minio-client.crt', cert, 0o644);
});
