import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { certificatesInput } from '../../../../shared/certificates.ts';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import type { ServerKind } from '../../../../shared/stacks.ts';
import { withKes } from '../../../clients/kes/forStack.ts';
import { withMinioAdmin } from '../../../clients/minioAdmin/forStack.ts';
import { needsOf } from '../needs.ts';
import { type BoardStack, startBoardStack } from './board.testSupport.ts';
import { type Installing, install, planInstall } from './install.ts';
import { makePublicCa } from './publicFolders.testSupport.ts';

let stack: BoardStack;
let ca: Awaited<ReturnType<typeof makePublicCa>>;
beforeAll(async () => {
  ca = await makePublicCa();
  stack = await startBoardStack();
  for (const kind of ['vault', 'kes', 'minio'] as const) await stack.start(kind);
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await ca?.remove();
});

const run = (input: Installing) => install(stack.context, input, stack.how, () => undefined);
const rowsOf = async (kind: ServerKind) => (await stack.board()).rows.filter(({ server }) => server === kind);
const here = ['127.0.0.1', 'localhost'];

/** The chain as openssl sees it, judged by the root alone. */
function opensslSees(kind: ServerKind, name: string): string {
  const args = ['s_client', '-connect', `127.0.0.1:${stack.ports[kind]}`, '-servername', name, '-showcerts'];
  const out = execFileSync('openssl', args, { input: '', encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  return [...out.matchAll(/ s:(.*)/g)].map(([, subject]) => subject).join(' < ');
}

test('certbot’s certificate is installed for Vault with its intermediate, and its clients believe both CAs', async () => {
  const folder = await ca.certbot('vault.example.com', ['vault.example.com', ...here]);
  const plan = await planInstall(stack.context, { server: 'vault', folder }, stack.hosts);
  expect(plan.changes.map(({ code }) => code)).toEqual([
    'boardInstallTrust',
    'boardTrustKes',
    'boardInstallWrite',
    'boardRenewTells',
    'boardInstallWatch',
  ]);
  expect(plan.warnings.map(({ code }) => code)).toContain('boardPublicPurpose');
  const evidence = await run({ server: 'vault', folder });
  expect(evidence.map(({ text }) => text.code)).toContain('boardSeenServed');
  expect(opensslSees('vault', 'localhost')).toMatch(/vault\.example\.com < .*Public R10/);
  const rows = await rowsOf('vault');
  expect(rows.flatMap(({ cells }) => cells.map(({ state }) => state)).every((state) => state === 'ok')).toBe(true);
  expect(rows[0]?.trust).toMatchObject({
    kind: 'file',
    file: 'certs/trust/public-vault.crt',
    subjects: ['Sealdeck local CA', 'Public R10'],
  });
  expect(await stack.context.folder.mode('certs/vault.key')).toBe(0o600);
  const asked = { stack: stack.context.stack, input: certificatesInput.parse({}), hosts: stack.hosts };
  expect(needsOf(asked).map(({ pair }) => pair.id)).not.toContain('vault');
});

test('lego’s certificate is installed for KES, and MinIO believes it before KES shows it', async () => {
  const folder = await ca.lego('kes.example.com', ['kes.example.com', ...here], { bundle: false });
  const { warnings } = await planInstall(stack.context, { server: 'kes', folder }, stack.hosts);
  expect(warnings.map(({ code }) => code)).toContain('boardTrustRestart');
  const evidence = await run({ server: 'kes', folder, name: 'kes.example.com' });
  expect(evidence.map(({ outcome, text }) => `${outcome} ${text.code}`)).toEqual([
    'ok boardSeenTrust',
    'ok boardSeenMinio',
    'ok boardSeenServed',
  ]);
  // KES is started anew, so that MinIO has to shake hands with the new certificate.
  await stack.restart('', 'kes');
  expect((await withKes(stack.context, 'operator', (kes) => kes.status())).version).toBeDefined();
  const works = await withMinioAdmin(stack.context, (admin) => admin.keyStatus('minio-default'));
  expect(works.error).toBeUndefined();
  expect((await rowsOf('kes')).every(({ cells }) => cells.every(({ state }) => state === 'ok'))).toBe(true);
});

test('acme.sh’s certificate without the address in use stands beside the other one, and MinIO shows it by name', async () => {
  const folder = await ca.acmeSh('minio.example.com', ['minio.example.com']);
  const before = await stack.read('minio/certs/public.crt');
  const evidence = await run({ server: 'minio', folder });
  expect(evidence.map(({ text }) => text.code)).toEqual(['boardSeenServed']);
  expect(await stack.read('minio/certs/public.crt')).toBe(before);
  expect(opensslSees('minio', 'minio.example.com')).toMatch(/minio\.example\.com < .*Public R10/);
  expect(opensslSees('minio', 'localhost')).not.toContain('example.com');
});

test('a certificate without a name in use is refused for Vault and KES, and nothing is written', async () => {
  const folder = await ca.acmeSh('other.example.com', ['other.example.com']);
  stack.forget();
  const error = await run({ server: 'kes', folder }).catch((cause: unknown) => cause);
  expect(isAppError(error, 'boardInstallNames') && error.details).toMatchObject({
    server: 'KES',
    missing: '127.0.0.1',
    names: 'other.example.com',
  });
  expect(stack.written).toEqual([]);
});

test('a renewal in the folder is noticed, installed again, and then quiet', async () => {
  await ca.certbot('vault.example.com', ['vault.example.com', ...here], 200);
  const { sources, rows, expiries } = await stack.board();
  expect(sources.find(({ server }) => server === 'vault')).toMatchObject({ tool: 'certbot', renewed: true });
  const file = rows.find(({ server }) => server === 'vault')?.cells.find(({ id }) => id === 'file');
  expect(file).toMatchObject({ state: 'warn', says: { code: 'boardFileRenewed' }, fix: { kind: 'install', target: 'vault' } });
  expect(expiries.some(({ kind }) => kind === 'source')).toBe(true);
  const source = sources.find(({ server }) => server === 'vault');
  await run({ server: 'vault', folder: source?.folder ?? '', name: source?.name });
  expect((await stack.board()).sources.every(({ renewed }) => !renewed)).toBe(true);
  expect(new X509Certificate(await stack.read('certs/vault.crt')).validToDate.getTime()).toBeGreaterThan(Date.now() + 150 * 86_400_000);
});
