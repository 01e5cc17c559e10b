import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSealedStore } from '../electron/platform/sealedStore.ts';
import { makeCertificate, makeKey } from '../electron/services/certificates/build.ts';
import { Secret } from '../shared/secret.ts';
import { call, sealdeck, temporaryFolder } from './cli.ts';
import { processesNaming } from './processes.ts';

type Kind = 'vault' | 'kes' | 'minio';
const files: Record<Kind, [certificate: string, key: string]> = {
  vault: ['certs/vault.crt', 'certs/vault.key'],
  kes: ['certs/kes.crt', 'certs/kes.key'],
  minio: ['minio/certs/public.crt', 'minio/certs/private.key'],
};
const day = 86_400_000;

interface Defect {
  /** Days by which the clock of whoever issues is wrong. */
  clock?: number;
  days?: number;
  hosts?: string[];
  foreign?: boolean;
}

/** Certificates that are valid for another time, other names or other eyes, on servers that really serve with them. */
describe('a server whose certificate is wrong', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let dir: string;
  let data: string[];
  let stackId: string;
  const up = () => sealdeck(['up', '--dir', dir, '--practice', '--build-servers', '--json']);

  beforeAll(async () => {
    place = await temporaryFolder();
    dir = join(place.folder, 'lab');
    data = ['--data', join(dir, '.sealdeck')];
    const run = await up();
    expect(run.lines.at(-1), run.stderr).toMatchObject({ proof: 'proven' });
    stackId = String(run.lines.at(-1)?.stack);
  });
  afterEach(() => vi.useRealTimers());
  afterAll(async () => {
    await sealdeck(['down', '--dir', dir, '--json']);
    for (const { pid } of processesNaming(place.folder)) process.kill(pid, 'SIGKILL');
    await place.remove();
  });

  async function put(kind: Kind, { clock = 0, days = 100, hosts = ['127.0.0.1', 'localhost'], foreign = false }: Defect): Promise<void> {
    const [file, keyFile] = files[kind];
    const key = new Secret(await readFile(join(dir, keyFile), 'utf8'));
    const issuer = foreign ? await stranger() : await ownCa();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + clock * day });
    const pem = makeCertificate({ use: 'server', subject: { commonName: kind }, days, hosts, key, issuer });
    vi.useRealTimers();
    await writeFile(join(dir, file), pem);
    await call(data, 'lab.restart', { stackId, kind });
  }
  async function ownCa() {
    const store = createSealedStore({ folder: join(dir, '.sealdeck'), log: { info: () => undefined, error: () => undefined } });
    await store.openIfPossible();
    const key = store.get(`stack:${stackId}`, 'ca.key') ?? new Secret('');
    return { certificate: new X509Certificate(await readFile(join(dir, 'certs/ca.crt'))), key };
  }
  async function stranger() {
    const key = await makeKey('P-256');
    const pem = makeCertificate({ use: 'ca', subject: { commonName: 'Somebody else' }, days: 100, hosts: [], key });
    return { certificate: new X509Certificate(pem), key };
  }
  /** What the page of the server says. */
  async function told(kind: Kind): Promise<string | undefined> {
    const { nodes } = (await call(data, `${kind}.status`, { stackId })) as { nodes: { error?: { code: string } }[] };
    return nodes[0]?.error?.code;
  }

  // MinIO first: without Vault or KES it does not start.
  it.each<[Kind, string, string, Defect]>([
    ['minio', 'expired', 'tlsDate', { clock: -30, days: 10 }],
    ['minio', 'of another CA', 'tlsTrust', { foreign: true }],
    ['kes', 'not valid yet, as where a clock is wrong', 'tlsDate', { clock: 30 }],
    ['kes', 'expired', 'tlsDate', { clock: -30, days: 10 }],
    ['kes', 'of another CA', 'tlsTrust', { foreign: true }],
    ['kes', 'for other names than the one that is dialled', 'tlsName', { hosts: ['kes.example.net'] }],
    ['vault', 'not valid yet, as where a clock is wrong', 'tlsDate', { clock: 30 }],
    ['vault', 'for the name, but not for the address that is dialled', 'tlsName', { hosts: ['localhost'] }],
  ])('%s: a certificate %s is named as that', async (kind, _what, code, defect) => {
    await put(kind, defect);
    expect(await told(kind)).toBe(code);
  });

  it('all are set right by running up again, and the proof holds', async () => {
    const run = await up();
    expect(run.lines.at(-1), run.stderr).toMatchObject({ proof: 'proven' });
  });
});
