import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { kesInput } from '../../../shared/kes.ts';
import { Secret } from '../../../shared/secret.ts';
import { placeInput, type StepInputs } from '../../../shared/setup.ts';
import { testSecrets } from '../../clients/chain.testSupport.ts';
import { kesFor } from '../../clients/kes/forStack.ts';
import { makeTestIdentity } from '../../clients/kes/kes.testSupport.ts';
import type { StepContext } from '../../jobs/step.ts';
import { stackOf } from '../setup/placeDocument.ts';
import { createStackFolder } from '../stacks/stackFolder.ts';
import { kesYaml } from './kesConfig.ts';
import { planHandedOver } from './kesElsewhere.ts';
import { canLogIn, configValues, environmentOf, previewOf, writesStore } from './kesValues.ts';
import { keepKeyStoreSecrets } from './stores/secrets.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-values-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const input = kesInput.parse({});
const cipherTrust = { kind: 'gemalto', values: { endpoint: 'https://ct.example.net', 'credentials.domain': 'storage' }, ca: '' };

/** A stack with that key store, KES here or handed over; its certificates are only text. */
async function contextOf(keyStore: object, kes: object = { way: 'here' }): Promise<StepContext> {
  const place = placeInput.parse({
    name: 'test',
    folder,
    hosts: ['127.0.0.1'],
    ports: { vault: 1, vaultCluster: 2, kes: 3, minio: 4, minioConsole: 5 },
    product: 'openbao',
    keyStore,
    servers: { kes },
  });
  const plain = stackOf('test', place, 'now');
  const identities = (['minio', 'operator'] as const).map((purpose, at) => ({
    id: purpose,
    hash: `${at}`.repeat(64),
    purpose,
    certFile: 'x',
  }));
  const others = plain.otherKeyStores?.map((store) => ({ ...store, ca: 'keyStore' }));
  const cas = [{ id: 'keyStore', kind: 'file' as const, subject: 'CN=CT', fingerprint: '', file: 'certs/key-store-ca.crt' }];
  const files = createStackFolder(folder);
  for (const file of ['certs/kes.crt', 'certs/kes.key', 'certs/key-store-ca.crt']) await files.write(file, `text of ${file}\n`, 0o600);
  return {
    stack: { ...plain, identities, cas, ...(others ? { otherKeyStores: others } : {}) },
    inputs: { place } as unknown as StepInputs,
    secrets: testSecrets(),
    folder: files,
  } as unknown as StepContext;
}

describe('the configuration for a key store that is not Vault', () => {
  it('a configuration without what KES logs in with is refused, and names the fields', async () => {
    const context = await contextOf(cipherTrust);
    expect(canLogIn(context)).toBe(false);
    await expect(configValues(context, input)).rejects.toMatchObject({
      code: 'keyStoreSecretMissing',
      details: { store: 'Thales CipherTrust', fields: 'credentials.token' },
    });
    // The plan is there all the same, and warns.
    expect(await previewOf(context, input)).toContain('token: "${' + 'KES_CREDENTIALS_TOKEN}"');
    expect(writesStore(context, 'minio', 'minio-*').warnings.map(({ code }) => code)).toEqual(['keyStoreSecretWarning']);
  });

  it('holds its lines, its CA and its secret, which the preview shows as a variable', async () => {
    const context = await contextOf(cipherTrust);
    await keepKeyStoreSecrets(context, 'gemalto', { 'credentials.token': new Secret('the-token') });
    const config = parse(kesYaml(await configValues(context, input)));
    expect(config.keystore).toEqual({
      gemalto: {
        keysecure: {
          endpoint: 'https://ct.example.net',
          credentials: { token: 'the-token', domain: 'storage' },
          tls: { ca: join(folder, 'certs/key-store-ca.crt') },
        },
      },
    });
    const preview = await previewOf(context, input);
    expect(preview).not.toContain('the-token');
    expect(parse(preview).keystore.gemalto.keysecure.credentials.token).toBe('${' + 'KES_CREDENTIALS_TOKEN}');
  });

  it('forgets the secrets of one kind when those of another are given', async () => {
    const context = await contextOf(cipherTrust);
    await keepKeyStoreSecrets(context, 'aws', { 'credentials.secretkey': new Secret('s') });
    expect(canLogIn(context)).toBe(false);
    await keepKeyStoreSecrets(context, 'gemalto', { 'credentials.token': new Secret('t') });
    expect(context.secrets.get('kes.keyStore')?.reveal()).not.toContain('secretkey');
  });

  it('is laid out for another host with that host’s own paths', async () => {
    const context = await contextOf(cipherTrust, { way: 'handedOver', url: 'https://kes.example.net:7373', folder: '/etc/kes' });
    await keepKeyStoreSecrets(context, 'gemalto', { 'credentials.token': new Secret('the-token') });
    const { keystore, tls } = parse(kesYaml(await configValues(context, input)));
    expect(keystore.gemalto.keysecure.tls.ca).toBe('/etc/kes/key-store-ca.crt');
    expect(tls.key).toBe('/etc/kes/kes.key');
    const plan = await planHandedOver(context, input);
    expect(JSON.stringify(plan)).not.toContain('the-token');
  });

  it('gives KES a proxy and roots by its environment where its file has no line for them, here and on another host', async () => {
    const azure = { kind: 'azure', values: { endpoint: 'https://v.vault.azure.net' }, proxy: 'http://proxy.example.net:3128' };
    expect(environmentOf(await contextOf(azure))).toEqual({
      HTTPS_PROXY: 'http://proxy.example.net:3128',
      SSL_CERT_FILE: join(folder, 'certs/key-store-ca.crt'),
    });
    expect(environmentOf(await contextOf(cipherTrust))).toEqual({});
    const away = await contextOf(azure, { way: 'handedOver', url: 'https://kes.example.net:7373', folder: '/etc/kes' });
    const { files } = await planHandedOver(away, input);
    const unit = files.find(({ path }) => path.endsWith('kes.service'))?.content;
    expect(unit).toContain('Environment=HTTPS_PROXY=http://proxy.example.net:3128\nEnvironment=SSL_CERT_FILE=/etc/kes/key-store-ca.crt\n');
  });

  it('keeps files in the stack’s own folder unless another one is named, and warns that they are not encrypted', async () => {
    const context = await contextOf({ kind: 'fs' });
    const values = async (): Promise<unknown> => parse(kesYaml(await configValues(context, input))).keystore;
    expect(await values()).toEqual({ fs: { path: join(folder, 'kes/keys') } });
    expect(writesStore(context, 'minio', 'minio-*').warnings.map(({ code }) => code)).toEqual(['keyStoreFilesWarning']);
    const named = await contextOf({ kind: 'fs', values: { path: '/srv/keys' } });
    expect(parse(kesYaml(await configValues(named, input))).keystore).toEqual({ fs: { path: '/srv/keys' } });
  });

  it('takes lists and names of GCP, and no lines for what is left to the machine', async () => {
    const context = await contextOf({ kind: 'gcp', values: { project_id: 'p', scopes: 'https://a, https://b' } });
    expect(parse(kesYaml(await configValues(context, input))).keystore).toMatchObject({
      gcp: { secretmanager: { project_id: 'p', scopes: ['https://a', 'https://b'] } },
    });
  });

  it('asks KES for no list of keys where it would never end, whoever wants it', async () => {
    const context = await contextOf({ kind: 'fortanix', values: { endpoint: 'https://sdkms.example.net' } });
    const { cert, key } = await makeTestIdentity('client');
    await context.folder.write('x', cert, 0o644);
    await context.folder.write('certs/ca.crt', cert, 0o644);
    await context.secrets.set('operator.key', key);
    const kes = await kesFor(context, 'operator');
    await expect(kes.listKeys()).rejects.toMatchObject({ code: 'keyStoreNoList', details: { store: 'Fortanix SDKMS' } });
    await kes.close();
  });
});
