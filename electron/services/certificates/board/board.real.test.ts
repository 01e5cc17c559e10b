import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BoardCell, CellId, ServedRow } from '../../../../shared/certificateBoard.ts';
import type { ServerKind } from '../../../../shared/stacks.ts';
import { tell } from '../../../jobs/tell.ts';
import { makeAuthority } from '../../../platform/tls.testSupport.ts';
import { type BoardStack, startBoardStack } from './board.testSupport.ts';
import { reload } from './renew.ts';
import { seeServed } from './served.ts';

/** Real servers with certificates as they are met elsewhere; `openssl s_client` is asked the same question as the matrix. */
let stack: BoardStack;
let away: string;

beforeAll(async () => {
  stack = await startBoardStack();
  away = await mkdtemp(join(tmpdir(), 'sealdeck-openssl-'));
  await stack.start('vault');
  await stack.start('kes');
  await stack.start('minio');
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await rm(away, { recursive: true, force: true });
});

const files: Record<ServerKind, { cert: string; key: string }> = {
  vault: { cert: 'certs/vault.crt', key: 'certs/vault.key' },
  kes: { cert: 'certs/kes.crt', key: 'certs/kes.key' },
  minio: { cert: 'minio/certs/public.crt', key: 'minio/certs/private.key' },
};

async function serve(kind: ServerKind, cert: string, key: string): Promise<void> {
  const { folder } = stack.context;
  await folder.write(files[kind].key, key, 0o600);
  await folder.write(files[kind].cert, cert, 0o644);
  await tell(stack.context, kind);
  await seeServed(stack.context, kind, await stack.certificate(files[kind].cert), stack.how);
}

const cellOf = (row: ServedRow | undefined, id: CellId): BoardCell | undefined => row?.cells.find((cell) => cell.id === id);
async function rowOf(kind: ServerKind, host: string): Promise<ServedRow | undefined> {
  return (await stack.board()).rows.find((row) => row.server === kind && row.host === host);
}

/** Whether a TLS client of another make takes it: for this name, with the trust of this hop. */
async function opensslTakes(kind: ServerKind, host: string): Promise<{ ok: boolean; said: string }> {
  const address = `127.0.0.1:${stack.ports[kind]}`;
  const name = /^[\d.]+$/.test(host) ? ['-verify_ip', host] : ['-servername', host, '-verify_hostname', host];
  const args = [
    's_client',
    '-connect',
    address,
    ...name,
    '-CAfile',
    stack.context.folder.path('certs/ca.crt'),
    '-partial_chain',
    '-purpose',
    'sslserver',
    '-verify_return_error',
  ];
  const asked = promisify(execFile)('openssl', args, { timeout: 10_000 });
  asked.child.stdin?.end();
  const { stdout, stderr } = await asked.catch((error: { stdout: string; stderr: string }) => error);
  const said = /Verify return code: (.*)/.exec(stdout)?.[1] ?? /verify error:num=(.*)/.exec(stderr)?.[1] ?? '';
  return { ok: /^0 /.test(said), said };
}

/** A pair as the openssl command line makes it. */
async function byOpenssl(...args: string[]): Promise<{ cert: string; key: string }> {
  const [cert, key] = [join(away, 'x.crt'), join(away, 'x.key')];
  execFileSync('openssl', ['req', '-x509', '-nodes', '-keyout', key, '-out', cert, ...args], { stdio: 'ignore' });
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
}

test('what the guided step made is green for every URL in use, with its users, their trust and the time, and openssl agrees', async () => {
  const asked = Date.now();
  const { rows, identities, expiries, localCa } = await stack.board();
  expect(rows.map(({ server, host, trust }) => [server, host, trust.kind])).toEqual([
    ['vault', '127.0.0.1', 'file'],
    ['vault', 'localhost', 'file'],
    ['kes', '127.0.0.1', 'file'],
    ['kes', '127.0.0.1', 'fileAndSystem'],
    ['kes', 'localhost', 'file'],
    ['minio', '127.0.0.1', 'file'],
    ['minio', 'localhost', 'file'],
  ]);
  expect(rows.flatMap(({ cells }) => cells.map(({ state }) => state)).every((state) => state === 'ok')).toBe(true);
  expect(rows.every(({ live, at }) => live && Date.parse(at) >= asked)).toBe(true);
  expect(rows[0]?.users).toContainEqual({ who: { code: 'boardUserApiAddr' }, file: 'vault/vault.hcl', line: 3 });
  expect(rows[3]?.users).toEqual([{ who: { code: 'boardUserServer', params: { server: 'MinIO' } }, file: 'minio/minio.env', line: 3 }]);
  for (const { server, host } of rows) expect(await opensslTakes(server, host), `${server} ${host}`).toMatchObject({ ok: true });
  expect(identities.map(({ id, policies }) => [id, policies])).toEqual([
    ['minio-client', [{ name: 'minio', file: 'kes/kes.yaml', line: 20, live: true }]],
    ['operator', [{ name: 'sealdeck-operator', file: 'kes/kes.yaml', line: 25, live: true }]],
  ]);
  expect(expiries.map(({ kind, level }) => `${kind} ${level}`)).toContain('ca fine');
  expect(localCa).toBe(true);
});

test('an identity is the one that kes itself computes', async () => {
  const { identities } = await stack.board();
  const kes = await stack.context.servers.binary('kes');
  for (const { file, certificate } of identities)
    expect(execFileSync(kes, ['identity', 'of', stack.context.folder.path(file)], { encoding: 'utf8' }).trim()).toBe(certificate?.identity);
});

interface Wrong {
  name: string;
  kind: ServerKind;
  host: string;
  make(): Promise<{ cert: string; key: string }>;
  cell: CellId;
  state: BoardCell['state'];
  says: BoardCell['says'];
  /** Whether openssl refuses it for the same reason; absent: it takes it. */
  openssl?: RegExp;
}

const own = async (change: Parameters<BoardStack['issue']>[0]) => {
  const { cert, key } = await stack.issue(change);
  return { cert, key: key.reveal() };
};

const wrong: Wrong[] = [
  {
    name: 'one that has ended',
    kind: 'vault',
    host: '127.0.0.1',
    make: () => own({ days: -1 }),
    cell: 'days',
    state: 'fail',
    says: { code: 'boardEnded', params: expect.anything() },
    openssl: /certificate has expired/,
  },
  {
    name: 'one for another name',
    kind: 'kes',
    host: 'localhost',
    make: () => own({ hosts: ['kes.example.com', '127.0.0.1'] }),
    cell: 'name',
    state: 'fail',
    says: { code: 'boardNameMissing', params: { host: 'localhost' } },
    openssl: /hostname mismatch/i,
  },
  {
    name: 'one with only an address, self-signed, as the Chinese guide makes it: the name',
    kind: 'vault',
    host: 'localhost',
    make: () =>
      byOpenssl(
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-days',
        '365',
        '-subj',
        '/C=/ST=/L=/O=/CN=localhost',
        '-addext',
        'subjectAltName = IP:127.0.0.1',
      ),
    cell: 'name',
    state: 'fail',
    says: { code: 'boardNameMissing', params: { host: 'localhost' } },
    openssl: /self-signed certificate|hostname mismatch/i,
  },
  {
    name: 'the same: its CA bit, which Go takes',
    kind: 'vault',
    host: '127.0.0.1',
    make: () =>
      byOpenssl(
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-days',
        '365',
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName = IP:127.0.0.1',
      ),
    cell: 'ca',
    state: 'warn',
    says: { code: 'boardCaYes' },
    openssl: /self-signed certificate/,
  },
  {
    name: 'one of another CA',
    kind: 'minio',
    host: '127.0.0.1',
    make: async () => {
      const { cert, key } = await (await makeAuthority('another CA')).issue('server');
      return { cert, key: key.reveal() };
    },
    cell: 'chain',
    state: 'fail',
    says: { code: 'boardChainUnknown' },
    openssl: /unable to get local issuer|unable to verify/,
  },
  {
    name: 'one of a CA that has the name of ours and another key',
    kind: 'kes',
    host: '127.0.0.1',
    make: async () => {
      const { cert, key } = await (await makeAuthority('Sealdeck local CA')).issue('server');
      return { cert, key: key.reveal() };
    },
    cell: 'chain',
    state: 'fail',
    says: { code: expect.stringMatching(/^boardChain(Signature|Unknown)$/) },
    openssl: /signature failure|unable to get local issuer|unable to verify/,
  },
  {
    name: 'one for clients only',
    kind: 'kes',
    host: '127.0.0.1',
    make: () => own({ use: 'client', hosts: ['127.0.0.1'] }),
    cell: 'purpose',
    state: 'fail',
    says: { code: 'boardPurposeMissing', params: { usage: 'serverAuth' } },
    openssl: /unsuitable certificate purpose|unsupported certificate purpose/,
  },
  {
    name: 'one with a short key',
    kind: 'minio',
    host: '127.0.0.1',
    make: () => byOpenssl('-newkey', 'rsa:1024', '-days', '30', '-subj', '/CN=weak', '-addext', 'subjectAltName = IP:127.0.0.1'),
    cell: 'key',
    state: 'fail',
    says: { code: 'boardKey', params: { keyType: 'RSA-1024' } },
    openssl: /key too small|self-signed|too weak|error/i,
  },
];

describe('a certificate that does not fit is red where it is wrong, with what mends it', () => {
  test.each(wrong)('$name', async ({ kind, host, make, cell, state, says, openssl }) => {
    const { cert, key } = await make();
    await serve(kind, cert, key);
    const row = await rowOf(kind, host);
    const found = cellOf(row, cell);
    expect(found).toMatchObject({ state, says });
    expect(found?.fix).toMatchObject({ kind: 'renew', target: kind });
    expect(found?.more).toBeDefined();
    const taken = await opensslTakes(kind, host);
    const good = row?.cells.filter(({ id }) => id !== 'file').every((one) => one.state !== 'fail');
    expect(taken.ok, taken.said).toBe(good);
    if (openssl && !taken.ok) expect(taken.said).toMatch(openssl);
  });
});

test('a file that was renewed while the old certificate is served is seen, and the server reads it when told', async () => {
  const { cert, key } = await stack.issue({ days: 50 });
  await serve('vault', cert, key.reveal());
  const { folder } = stack.context;
  const renewed = await stack.issue({ days: 200 });
  await folder.write(files.vault.key, renewed.key.reveal(), 0o600);
  await folder.write(files.vault.cert, renewed.cert, 0o644);
  const before = cellOf(await rowOf('vault', '127.0.0.1'), 'file');
  expect(before).toMatchObject({ state: 'warn', says: { code: 'boardFileNewer' }, fix: { kind: 'reload', target: 'vault' } });
  const evidence = await reload(stack.context, 'vault', files.vault.cert, stack.how);
  expect(evidence).toMatchObject([{ outcome: 'ok', text: { code: 'boardSeenServed' } }]);
  expect(cellOf(await rowOf('vault', '127.0.0.1'), 'file')).toMatchObject({ state: 'ok', says: { code: 'boardFileSame' } });
});

test('a key that is not the certificate’s is red before the server is started again', async () => {
  const { folder } = stack.context;
  const right = await stack.read(files.vault.key);
  await folder.write(files.vault.key, (await stack.issue({})).key.reveal(), 0o600);
  expect(cellOf(await rowOf('vault', '127.0.0.1'), 'file')).toMatchObject({ state: 'fail', says: { code: 'boardFileKey' } });
  await folder.write(files.vault.key, right, 0o600);
});

test('an identity whose file is broken is red, and does not vanish', async () => {
  const right = await stack.read('certs/minio-client.crt');
  for (const broken of ['not a certificate', right.slice(0, 200)]) {
    await stack.context.folder.write('certs/minio-client.crt', broken, 0o644);
    const row = (await stack.board()).identities.find(({ id }) => id === 'minio-client');
    expect(row).toMatchObject({ policies: [], cells: [{ id: 'file', state: 'fail', says: { code: 'boardFileBroken' } }] });
  }
  await stack.context.folder.write('certs/minio-client.crt', right, 0o644);
});

test('of a server elsewhere the file is not known, and what mends a chain is whom Sealdeck believes', async () => {
  const { context } = stack;
  const before = context.stack;
  await context.update((document) => ({
    ...document,
    cas: [...document.cas, { id: 'kes', kind: 'file', subject: 'x', fingerprint: 'x', file: 'certs/nothing.crt' }],
    kesClusters: document.kesClusters.map((one) => ({
      ...one,
      ca: 'kes',
      nodes: one.nodes.map((node) => ({ ...node, way: 'api' as const })),
    })),
  }));
  const row = await rowOf('kes', '127.0.0.1');
  expect(cellOf(row, 'file')).toMatchObject({ state: 'unknown', says: { code: 'boardFileElsewhere' } });
  expect(cellOf(row, 'chain')).toMatchObject({ state: 'fail', says: { code: 'boardChainNobody' }, fix: { kind: 'trust', target: 'kes' } });
  await context.update(() => before);
});

test('a server that is out of reach has no green cell, only what it showed last and when', async () => {
  const before = await rowOf('minio', '127.0.0.1');
  await stack.context.servers.stop('minio');
  const row = await rowOf('minio', '127.0.0.1');
  expect(row).toMatchObject({ live: false, error: { code: 'networkRefused' }, at: before?.at });
  expect(row?.certificate?.fingerprint).toBe(before?.certificate?.fingerprint);
  expect(row?.cells.map(({ state }) => state)).toEqual(Array(7).fill('unknown'));
  const { expiries } = await stack.board();
  expect(expiries.find(({ what }) => what.params?.server === 'MinIO')?.level).toBe('unknown');
});
