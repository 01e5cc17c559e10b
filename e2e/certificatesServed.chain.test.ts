import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makePublicCa } from '../electron/services/certificates/board/publicFolders.testSupport.ts';
import { ensureServers } from '../servers/get.ts';
import { type CertificateBoard, swapPhases } from '../shared/certificateBoard.ts';
import { call, enginePid } from './cli.ts';
import { mc } from './foreignTools.ts';
import { type OwnLab, startOwnLab } from './ownLab.ts';

/** Real kills: the engine is ended with SIGKILL at each step of an exchange of MinIO's identity, on a lab of its own. */
let own: OwnLab;
let data: string[];
beforeAll(async () => {
  own = await startOwnLab();
  data = ['--data', join(own.dir, '.sealdeck')];
}, 180_000);
afterAll(async () => own?.end());

const root = resolve(import.meta.dirname, '..');
const swapFile = (): string => join(own.dir, 'certs/swap.json');

function phaseNow(): string | undefined {
  try {
    return (JSON.parse(readFileSync(swapFile(), 'utf8')) as { phase: string }).phase;
  } catch {
    return undefined;
  }
}

/** Runs the exchange in an engine of its own and kills that engine as soon as the phase is on disk. */
async function killedAt(phase: string): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'bin', 'sealdeck.js'), 'call', 'certificates.swap', '-', ...data, '--json'], {
    cwd: root,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise((done) => child.on('close', done));
  child.stdin.end(JSON.stringify({ stackId: 'lab' }));
  const end = Date.now() + 60_000;
  while (phaseNow() !== phase) {
    if (Date.now() > end || child.exitCode !== null) throw new Error(`${phase} was not reached; it stands at ${phaseNow()}`);
    await sleep(2);
  }
  const pid = enginePid(join(own.dir, '.sealdeck'));
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  await ended;
}

/** An object goes in encrypted and comes out again, by mc. */
async function minioWorks(name: string): Promise<string> {
  const file = join(own.folder, 'plain.txt');
  await writeFile(file, `known text ${name}`);
  await mc(own.lab, 'cp', '--quiet', file, `lab/first-bucket/${name}`);
  return mc(own.lab, 'cat', `lab/first-bucket/${name}`);
}

/** What kes itself says of an identity, as its owner would ask. */
async function kesSays(cert: string, key: string): Promise<string> {
  const { kes } = await ensureServers(['kes']);
  const board = (await call(data, 'certificates.served', { stackId: 'lab' })) as unknown as CertificateBoard;
  const server = board.rows.find((row) => row.server === 'kes')?.url ?? '';
  const env = {
    MINIO_KES_SERVER: server,
    MINIO_KES_CERT_FILE: cert,
    MINIO_KES_KEY_FILE: key,
    SSL_CERT_FILE: join(own.dir, 'certs/ca.crt'),
    PATH: process.env.PATH ?? '',
  };
  return promisify(execFile)(kes, ['key', 'dek', 'minio-default'], { env }).then(
    () => 'works',
    (error: { stderr: string }) => error.stderr,
  );
}

it('an exchange of MinIO’s identity that is killed at each of its steps goes on, and MinIO reads and writes all the while', async () => {
  const [cert, key] = [join(own.dir, 'certs/minio-client.crt'), join(own.dir, 'certs/minio-client.key')];
  const old = { cert: join(own.folder, 'old.crt'), key: join(own.folder, 'old.key') };
  await copyFile(cert, old.cert);
  await copyFile(key, old.key);
  expect(await kesSays(old.cert, old.key)).toBe('works');
  // The note of the last step is gone a moment later: a kill there is tried in `board/work.real.test.ts`.
  for (const phase of swapPhases.slice(0, -1)) {
    await killedAt(phase);
    expect(await minioWorks(phase), phase).toBe(`known text ${phase}`);
    // Until the last step both identities are good, or only the old one, and never only a new one that MinIO has not.
    expect(await kesSays(old.cert, old.key), phase).toBe('works');
  }
  const last = (await call(data, 'certificates.swap', { stackId: 'lab' })) as { evidence: { outcome: string; text: { code: string } }[] };
  expect(last.evidence.map(({ outcome, text }) => `${outcome} ${text.code}`)).toEqual(['ok boardSeenMinio', 'ok boardSeenForbidden']);
  expect(existsSync(swapFile())).toBe(false);
  expect(await minioWorks('after')).toBe('known text after');
  expect(await kesSays(cert, key)).toBe('works');
  expect(await kesSays(old.cert, old.key)).toContain('not authorized');
  expect(await readFile(key, 'utf8')).not.toBe(await readFile(old.key, 'utf8'));

  const board = (await call(data, 'certificates.served', { stackId: 'lab' })) as unknown as CertificateBoard;
  expect(board.rows.every(({ cells }) => cells.every(({ state }) => state === 'ok'))).toBe(true);
  const [identity] = board.identities;
  expect(identity?.policies).toMatchObject([{ name: 'minio', file: 'kes/kes.yaml', live: true }]);
  expect(await readFile(join(own.dir, 'kes/kes.yaml'), 'utf8')).toContain(identity?.certificate?.identity ?? '-');
  // No key of the exchange stays behind anywhere but in MinIO's own file.
  const journal = await readFile(join(own.dir, '.sealdeck/journal.jsonl'), 'utf8');
  expect(journal).toContain('boardDidSwap');
  expect(journal).not.toContain('PRIVATE KEY');
}, 180_000);

it('a server certificate is renewed from the command line, and the guided step finds nothing to do', async () => {
  const { evidence } = (await call(data, 'certificates.renew', { stackId: 'lab', id: 'kes' })) as {
    evidence: { outcome: string; text: { code: string } }[];
  };
  expect(evidence.map(({ outcome, text }) => `${outcome} ${text.code}`)).toEqual(['ok boardSeenSame', 'ok boardSeenServed']);
  for (const step of ['certificates', 'kes'])
    expect(
      await call(data, 'setup.check', { stackId: 'lab', step }).then(
        () => 'fits',
        (error: unknown) => String(error),
      ),
      step,
    ).toBe('fits');
});

it('public certificates for Vault and KES are believed by KES and MinIO, and the guided steps leave them alone', async () => {
  const ca = await makePublicCa();
  try {
    const hosts = ['sealdeck.example.com', '127.0.0.1', 'localhost'];
    const folders = { vault: await ca.certbot('vault.example.com', hosts), kes: await ca.lego('kes.example.com', hosts) };
    for (const [server, folder] of Object.entries(folders)) {
      const { evidence } = (await call(data, 'certificates.install', { stackId: 'lab', server, folder })) as {
        evidence: { outcome: string }[];
      };
      expect(evidence.length, server).toBeGreaterThan(1);
      expect(
        evidence.every(({ outcome }) => outcome === 'ok'),
        server,
      ).toBe(true);
    }
    // All three are started again: each has to shake hands with what is served now.
    await call(data, 'lab.restart', { stackId: 'lab', kind: 'kes' });
    expect(await minioWorks('public')).toBe('known text public');
    expect(await readFile(join(own.dir, 'kes/kes.yaml'), 'utf8')).toContain('certs/trust/public-vault.crt');
    for (const step of ['certificates', 'kes', 'minio'])
      expect(
        await call(data, 'setup.check', { stackId: 'lab', step }).then(
          () => 'fits',
          (error: unknown) => String(error),
        ),
        step,
      ).toBe('fits');
    const { plan } = (await call(data, 'setup.plan', { stackId: 'lab', step: 'certificates' })) as {
      plan: { changes: { params?: { id?: string } }[] };
    };
    expect(plan.changes.map(({ params }) => params?.id)).not.toContain('kes');
    const { rows } = (await call(data, 'certificates.served', { stackId: 'lab' })) as unknown as CertificateBoard;
    expect(rows.every(({ cells }) => cells.every(({ state }) => state === 'ok'))).toBe(true);
  } finally {
    await ca.remove();
  }
}, 180_000);
