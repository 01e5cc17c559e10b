import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { azureEndpoint, startAzure } from '../electron/services/kes/stores/azureStandIn.testSupport.ts';
import { startCipherTrust } from '../electron/services/kes/stores/cipherTrustStandIn.testSupport.ts';
import { startEntrust } from '../electron/services/kes/stores/entrustStandIn.testSupport.ts';
import { startFortanix } from '../electron/services/kes/stores/fortanixStandIn.testSupport.ts';
import { googleAccount, startGoogle } from '../electron/services/kes/stores/googleStandIn.testSupport.ts';
import { startMoto } from '../electron/services/kes/stores/moto.testSupport.ts';
import type { StepId } from '../shared/setup.ts';
import { type CliRun, call, enginePid, sealdeck } from './cli.ts';
import { openPracticeLab } from './foreignTools.ts';
import { allProcessText } from './processes.ts';
import { type StackPlace, stackPlace } from './stackPlace.ts';
import { leaks } from './tracers.ts';

/** The chain with a key store that is not Vault: AWS by moto, CipherTrust by a stand-in of ours, KES's own files. */

let place: StackPlace;
let dir: string;
let data: string;
const open: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  place = await stackPlace();
  ({ dir, data } = place);
});
afterEach(async () => {
  await place.clear();
  for (const close of open.splice(0).reverse()) await close();
});

/** The lines of a key store as KES's file has them, in a file of their own. */
function linesFile(name: string, lines: object): string {
  const file = join(place.folder, name);
  writeFileSync(file, JSON.stringify(lines), { mode: 0o600 });
  return file;
}
const up = (...args: string[]): Promise<CliRun> => sealdeck(['up', '--dir', dir, '--practice', '--build-servers', ...args, '--json']);
const states = (run: CliRun): Record<string, unknown> => Object.fromEntries(run.lines.map(({ step, state }) => [step, state]));
const vaultSteps: readonly StepId[] = ['vault', 'unseal', 'prepare', 'admin'];

describe('the whole chain with AWS Secrets Manager', () => {
  const tracer = 'tracer/Aws+Secret0Access1Key2Of3Forty4Chars';
  const awsLines = (endpoint: string): object => ({
    keystore: { aws: { secretsmanager: { endpoint, region: 'us-east-1', credentials: { accesskey: 'AKIATEST', secretkey: tracer } } } },
  });

  it('ends in a proof without Vault, AWS holds the key, and the credentials are in kes.yaml alone', async () => {
    const moto = await startMoto();
    open.push(moto.stop);
    const run = await up('--key-store', 'aws', '--key-store-file', linesFile('aws.json', awsLines(moto.url)));
    expect(run.stderr).toBe('');
    expect(run.lines.at(-1)).toMatchObject({ proof: 'proven', level: 'dependency' });
    for (const step of vaultSteps) expect(states(run)[step]).toBe('skipped');
    expect(await moto.secrets()).toEqual(['minio-default']);

    const stackId = String(run.lines.at(-1)?.stack);
    const lab = await openPracticeLab(dir, data, stackId);
    expect(lab.stack.keyStores).toEqual([]);
    const secrets = [...lab.secrets.all, tracer];
    expect(secrets.filter((secret) => allProcessText().includes(secret))).toEqual([]);
    expect(leaks(dir, secrets)).toEqual([]);
    expect(leaks(dir, [tracer], []).map(({ file }) => file)).toEqual(['kes/kes.yaml']);
    expect(JSON.stringify(await call(['--data', data], 'stacks.get', { id: stackId }))).not.toContain(tracer);
    expect(await call(['--data', data], 'keyStores.state', { stackId })).toEqual({
      kind: 'aws',
      kept: ['credentials.secretkey'],
      missing: [],
    });
    expect(await call(['--data', data], 'vault.status', { stackId })).toMatchObject({ nodes: [] });
    expect(await call(['--data', data], 'kes.status', { stackId })).toMatchObject({ nodes: [{ state: 'working' }] });

    // Run again it finds nothing to do; without AWS the state is told in AWS's name, and KES recovers by itself.
    const again = await up();
    expect(again.lines.at(-1)).toMatchObject({ proof: 'proven', stack: stackId });
    const other = await up('--key-store', 'openbao');
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('stackDiffers') });
    await moto.stop();
    const down = (await call(['--data', data], 'kes.status', { stackId })) as { nodes: { state: string; error: object }[] };
    expect(down.nodes[0]).toMatchObject({
      state: 'keyStoreDown',
      error: { code: 'keyStoreDown', details: { store: 'AWS Secrets Manager' } },
    });
  });

  it('goes on after SIGKILL at step boundaries to the same end, and is restored from a backup, which holds no key', async () => {
    const moto = await startMoto();
    open.push(moto.stop);
    const given = ['--key-store', 'aws', '--key-store-file', linesFile('aws.json', awsLines(moto.url))];
    for (const step of ['place', 'kes', 'key', 'proof'] as const) {
      let seen = false;
      let over = false;
      const running = sealdeck(['up', '--dir', dir, '--practice', '--build-servers', ...given, '--json'], {
        onLine: (line) => (seen ||= line.step === step && line.state === 'proven'),
      }).then(() => (over = true));
      while (!over && !seen) await sleep(1);
      const pid = enginePid(data);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      await running;
    }
    // The credentials were given once, and need not be given again.
    const end = await up();
    expect(end.stderr).toBe('');
    expect(end.lines.at(-1)).toMatchObject({ proof: 'proven' });
    expect(await moto.secrets()).toEqual(['minio-default']);

    const stackId = String(end.lines.at(-1)?.stack);
    const plan = (await call(['--data', data], 'stacks.backupPlan', { id: stackId, objects: true })) as { warnings: { code: string }[] };
    expect(plan.warnings.map(({ code }) => code)).toContain('keyStoreBackup');
    const passphrase = join(place.folder, 'passphrase');
    writeFileSync(passphrase, 'the words of the backup\n', { mode: 0o600 });
    const saved = await sealdeck(['backup', '--dir', dir, '--to', place.folder, '--objects', '--passphrase-file', passphrase, '--json']);
    expect(saved.code).toBe(0);
    expect(saved.stderr).toContain('The keys lie in AWS Secrets Manager');
    const file = String(saved.lines.at(-1)?.file);
    await sealdeck(['down', '--dir', dir, '--json']);
    const second = join(place.folder, 'lab2');
    const restored = await sealdeck(['restore', file, '--dir', second, '--practice', '--passphrase-file', passphrase, '--json']);
    try {
      expect(restored.stderr).toBe('');
      const { proofs } = await call(['--data', join(second, '.sealdeck')], 'proof.list', {
        stackId: String(restored.lines.at(-1)?.stackId),
      });
      expect((proofs as object[])[0]).toMatchObject({ result: 'proven', level: 'dependency' });
    } finally {
      await sealdeck(['down', '--dir', second, '--json']);
    }
  });
});

describe('the whole chain with Thales CipherTrust', () => {
  it('says that the certificate is not believed, then that the token is refused, and ends in a proof once both are right', async () => {
    const cipherTrust = await startCipherTrust({ token: 'tracer-refresh-token-of-today', domain: 'storage' });
    const other = await startCipherTrust({ token: 'token' });
    open.push(cipherTrust.close, other.close);
    writeFileSync(join(place.folder, 'ca.pem'), cipherTrust.ca);
    writeFileSync(join(place.folder, 'other.pem'), other.ca);
    const lines = (token: string, ca = 'ca.pem'): object => ({
      endpoint: cipherTrust.url,
      credentials: { token, domain: 'storage' },
      tls: { ca },
    });
    const asked = ['--key-store', 'ciphertrust', '--key-store-file'];

    const foreign = await up(...asked, linesFile('foreign.json', lines('a-stale-token', 'other.pem')));
    expect(foreign.stderr).toMatch(/^tlsTrust: /);
    expect(existsSync(join(dir, 'kes', 'kes.yaml'))).toBe(false);

    const wrong = await up(...asked, linesFile('stale.json', lines('a-stale-token')));
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/^keyStoreRefused: .*Thales CipherTrust.*/m);
    expect(wrong.stderr).toContain('401 Unauthorized');
    expect(wrong.stderr).not.toContain('a-stale-token');

    const right = await up(...asked, linesFile('right.json', lines('tracer-refresh-token-of-today')));
    expect(right.stderr).toBe('');
    expect(right.lines.at(-1)).toMatchObject({ proof: 'proven', level: 'dependency' });
    expect([...cipherTrust.secrets.keys()]).toEqual(['minio-default']);
    expect(leaks(dir, ['tracer-refresh-token-of-today'], []).map(({ file }) => file)).toEqual(['kes/kes.yaml']);

    // Nobody answers there: said by the address, and the keys do not move by an option.
    await cipherTrust.close();
    open.splice(open.indexOf(cipherTrust.close), 1);
    const moved = await up(...asked, linesFile('moved.json', { ...lines('t'), endpoint: other.url }));
    expect(moved).toMatchObject({ code: 1, stderr: expect.stringMatching(/^stackDiffers: /) });
  });
});

it.each([
  {
    store: 'entrust',
    begin: () => startEntrust({ vaultId: 'v', boxId: 'b', username: 'kes', password: 'right' }),
    lines: { vault_id: 'v', box_id: 'b', credentials: { username: 'kes', password: 'right' } },
  },
  { store: 'fortanix', begin: () => startFortanix({ key: 'YXBwOnJpZ2h0' }), lines: { credentials: { key: 'YXBwOnJpZ2h0' } } },
])('ends in a proof with the stand-in for $store, and asks for no list that does not end', async ({ store, begin, lines }) => {
  const standIn = await begin();
  open.push(standIn.close);
  writeFileSync(join(place.folder, 'ca.pem'), standIn.ca);
  const run = await up(
    '--key-store',
    store,
    '--key-store-file',
    linesFile('l.json', { endpoint: standIn.url, ...lines, tls: { ca: 'ca.pem' } }),
  );
  expect(run.stderr).toBe('');
  expect(run.lines.at(-1)).toMatchObject({ proof: 'proven', level: 'dependency' });
  expect([...standIn.secrets.keys()]).toEqual(['minio-default']);
  expect(standIn.calls.filter((call) => call === 'GET /crypto/v1/keys')).toEqual([]);
});

it('ends in a proof with the stand-ins for Azure and GCP, by their own names through the proxy that the set-up was told of', async () => {
  const tenant = { tenantId: '11111111-2222-3333-4444-555555555555', clientId: 'kes', clientSecret: 'tracer-client-secret' };
  const azure = await startAzure(tenant);
  const account = googleAccount('project-1');
  const google = await startGoogle(account);
  open.push(azure.close, google.close);
  const stores = [
    {
      store: 'azure',
      standIn: azure,
      lines: {
        endpoint: azureEndpoint,
        credentials: { tenant_id: tenant.tenantId, client_id: tenant.clientId, client_secret: tenant.clientSecret },
      },
    },
    {
      store: 'gcp',
      standIn: google,
      lines: {
        project_id: account.project,
        credentials: {
          client_email: account.clientEmail,
          client_id: account.clientId,
          private_key_id: account.keyId,
          private_key: account.privateKey,
        },
      },
    },
  ];
  for (const { store, standIn, lines } of stores) {
    dir = join(place.folder, store);
    writeFileSync(join(place.folder, 'ca.pem'), standIn.ca);
    const run = await up(
      '--key-store',
      store,
      '--key-store-file',
      linesFile('l.json', { ...lines, proxy: standIn.proxy, tls: { ca: 'ca.pem' } }),
    );
    expect(run.stderr).toBe('');
    expect(run.lines.at(-1)).toMatchObject({ proof: 'proven', level: 'dependency' });
    expect([...standIn.secrets.keys()]).toEqual(['minio-default']);
    await sealdeck(['down', '--dir', dir, '--json']);
  }
});

it('keeps keys in files for a test, warns of it, and ends in a proof', async () => {
  const run = await up('--key-store', 'fs');
  expect(run.stderr).toBe('');
  expect(run.lines.at(-1)).toMatchObject({ proof: 'proven', level: 'dependency' });
  expect(readFileSync(join(dir, 'kes', 'keys', 'minio-default'), 'utf8')).not.toBe('');
  const stackId = String(run.lines.at(-1)?.stack);
  const { plan } = (await call(['--data', data], 'setup.plan', { stackId, step: 'kes' })) as { plan: { warnings: { code: string }[] } };
  expect(plan.warnings.map(({ code }) => code)).toContain('keyStoreFilesWarning');
  const removal = (await call(['--data', data], 'stacks.removal', { id: stackId })) as { lost: { code: string }[] };
  expect(removal.lost.map(({ code }) => code)).toContain('keyStoreLostFiles');
});

it('refuses lines that KES would refuse or ignore before anything is made, and repeats no value', async () => {
  const cases: [store: string, lines: object | undefined, said: string][] = [
    ['aws', undefined, 'is needed'],
    ['aws', { endpoint: 'host', credentials: { accesskey: 'k', secretkey: 'typed-secret' } }, 'region'],
    ['aws', { endpoint: 'host', region: 'r', credentials: { accesskey: 'k', secretkey: '$' + '{AWS_SECRET}' } }, 'credentials.secretkey'],
    ['gcp', { project_id: 'p', endpoint: 'secretmanager.googleapis.com:443' }, 'endpoint'],
    ['entrust', { endpoint: 'https://host', vault_id: 'v', box_id: 'b', credentials: { user: 'typed-secret' } }, 'credentials'],
    ['fortanix', { endpoint: 'ftp://host', credentials: { key: 'typed-secret' } }, 'endpoint'],
    ['vault', { endpoint: 'https://host' }, 'not Vault'],
  ];
  for (const [store, lines, said] of cases) {
    const file = lines === undefined ? [] : ['--key-store-file', linesFile(`${store}.json`, lines)];
    const run = await up('--key-store', store, ...file);
    expect(run.code, store).toBe(2);
    expect(run.stderr).toContain(said);
    expect(run.stderr).not.toContain('typed-secret');
  }
  expect(existsSync(dir)).toBe(false);
});
