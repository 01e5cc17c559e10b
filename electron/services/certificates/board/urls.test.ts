import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeAuthority } from '../../../platform/tls.testSupport.ts';
import { createTestStack, type TestStack } from '../certificates.testSupport.ts';
import { type UsedUrl, usedUrls } from './urls.ts';

let stack: TestStack;
let ca: string;
beforeEach(async () => {
  stack = await createTestStack(['127.0.0.1']);
  ca = (await makeAuthority('Company CA')).ca;
});
afterEach(() => stack.remove());

/** Each URL in one line: server, address, trust, users. */
const rowsFor = (urls: readonly UsedUrl[]): string[] =>
  urls.map(({ server, url, hop: { trust }, users }) =>
    [server, url, trust.kind, trust.file ?? '-', ...users.map(({ who }) => who.code)].join(' '),
  );
const write = (path: string, content: string): Promise<void> => stack.context.folder.write(path, content, 0o600);
const found = async (hosts: readonly string[] = []) => rowsFor(await usedUrls(stack.context, hosts));

it('each name of this machine is one more URL of every server that is here, IPv6 in brackets', async () => {
  expect(await found(['127.0.0.1', 'lab.example.com', '::1'])).toEqual([
    'vault https://127.0.0.1:1 file certs/ca.crt boardUserSealdeck boardUserPlace',
    'vault https://lab.example.com:1 file certs/ca.crt boardUserPlace',
    'vault https://[::1]:1 file certs/ca.crt boardUserPlace',
    'kes https://127.0.0.1:3 file certs/ca.crt boardUserSealdeck boardUserPlace',
    'kes https://lab.example.com:3 file certs/ca.crt boardUserPlace',
    'kes https://[::1]:3 file certs/ca.crt boardUserPlace',
    'minio https://127.0.0.1:4 file certs/ca.crt boardUserSealdeck boardUserPlace',
    'minio https://lab.example.com:4 file certs/ca.crt boardUserPlace',
    'minio https://[::1]:4 file certs/ca.crt boardUserPlace',
  ]);
});

it('KES and MinIO bring their own trust: a file, the roots of the system, or both', async () => {
  await write('trust/company.crt', ca);
  const path = stack.context.folder.path('trust/company.crt');
  await write(
    'kes/kes.yaml',
    `keystore:\n  vault:\n    endpoint: https://vault.example.com:8200\n    tls:\n      ca: ${JSON.stringify(path)}\n`,
  );
  await write(
    'minio/minio.env',
    `MINIO_KMS_KES_ENDPOINT=https://127.0.0.1:3,https://kes-2.example.com:7373\nMINIO_KMS_KES_CAPATH="${stack.context.folder.path('trust')}"\n`,
  );
  const urls = await usedUrls(stack.context, []);
  expect(rowsFor(urls)).toEqual([
    'vault https://127.0.0.1:1 file certs/ca.crt boardUserSealdeck',
    'vault https://vault.example.com:8200 file trust/company.crt boardUserServer',
    'kes https://127.0.0.1:3 file certs/ca.crt boardUserSealdeck',
    'kes https://127.0.0.1:3 fileAndSystem trust boardUserServer',
    'kes https://kes-2.example.com:7373 fileAndSystem trust boardUserServer',
    'minio https://127.0.0.1:4 file certs/ca.crt boardUserSealdeck',
  ]);
  expect(urls[1]?.hop.trust.subjects).toEqual(['Company CA']);
  // A KES that nobody else knows is looked at where the URL says, not at the node that has the same port.
  expect(urls[1]?.dial).toBe('https://vault.example.com:8200');
});

it('a trust file that is not there is passed over: KES believes nobody then, MinIO the roots of the system', async () => {
  await write('kes/kes.yaml', 'keystore:\n  vault:\n    endpoint: https://127.0.0.1:1\n    tls:\n      ca: /nowhere/ca.crt\n');
  await write('minio/minio.env', 'MINIO_KMS_KES_ENDPOINT=https://127.0.0.1:3\nMINIO_KMS_KES_CAPATH=/nowhere\n');
  const urls = await usedUrls(stack.context, []);
  const [vault, kes] = ['vault', 'kes'].map((server) =>
    urls.find((url) => url.server === server && url.users[0]?.who.code === 'boardUserServer'),
  );
  expect(vault?.hop).toMatchObject({ trust: { kind: 'file', file: '/nowhere/ca.crt', subjects: [] }, anchors: [] });
  expect(kes?.hop.trust).toMatchObject({ kind: 'system' });
  expect(kes?.hop.anchors.length).toBeGreaterThan(10);
});

it('what a configuration for another host names is not looked for here', async () => {
  await write(
    'handover/kes/kes.yaml',
    'keystore:\n  vault:\n    endpoint: https://127.0.0.1:1\n    tls:\n      ca: /etc/kes/vault-ca.crt\n',
  );
  const urls = await usedUrls(stack.context, []);
  expect(urls.find(({ users }) => users[0]?.who.code === 'boardUserServer')?.hop.trust).toEqual({
    kind: 'unknown',
    file: '/etc/kes/vault-ca.crt',
    subjects: [],
  });
});

it('a pin and the roots of the system are what Sealdeck itself may believe', async () => {
  await write('connect/kes-ca.pem', ca);
  await stack.context.update((document) => ({
    ...document,
    cas: [
      { id: 'kes', kind: 'pin', subject: 'x', fingerprint: 'x', file: 'connect/kes-ca.pem' },
      { id: 'minio', kind: 'system', subject: 'system', fingerprint: '', file: '' },
    ],
    kesClusters: document.kesClusters.map((one) => ({ ...one, ca: 'kes' })),
    minioClusters: document.minioClusters.map((one) => ({ ...one, ca: 'minio' })),
  }));
  expect((await found()).slice(1)).toEqual([
    'kes https://127.0.0.1:3 pin connect/kes-ca.pem boardUserSealdeck',
    'minio https://127.0.0.1:4 system - boardUserSealdeck',
  ]);
});

it('an address that is none, or plain http, is no URL to look at', async () => {
  await write('minio/minio.env', 'MINIO_KMS_KES_ENDPOINT=http://127.0.0.1:3,not a url,https://\n');
  expect((await found()).filter((line) => line.includes('boardUserServer'))).toEqual([]);
});
