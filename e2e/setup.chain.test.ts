import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stepIds } from '../shared/setup.ts';
import { type CliRun, call, sealdeck, temporaryFolder } from './cli.ts';
import { kesKeys, mc, openPracticeLab, opensslVerify, type SeenLab, vaultStatus } from './foreignTools.ts';
import { allProcessText, processesNaming } from './processes.ts';
import { leaks } from './tracers.ts';

const pairings = [
  { product: 'openbao', kv: '2' },
  { product: 'vault', kv: '1' },
] as const;

describe.each(pairings)('the whole chain with $product on raft and kv v$kv', ({ product, kv }) => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let dir: string;
  let data: string[];
  let up: CliRun;
  let lab: SeenLab;
  let temporary: string;

  beforeAll(async () => {
    place = await temporaryFolder();
    dir = join(place.folder, 'lab');
    data = ['--data', join(dir, '.sealdeck')];
    temporary = join(place.folder, 'tmp');
    await mkdir(temporary);
    up = await sealdeck(['up', '--dir', dir, '--practice', '--build-servers', '--key-store', product, '--kv', kv, '--json'], {
      env: { TMPDIR: temporary },
    });
    const stackId = up.lines.at(-1)?.stack;
    if (typeof stackId === 'string') lab = await openPracticeLab(dir, join(dir, '.sealdeck'), stackId);
  });
  afterAll(async () => {
    await sealdeck(['down', '--dir', dir, '--json']);
    await place.remove();
  });

  it('prints one line a step and ends with the proof', () => {
    expect(up.stderr).toBe('');
    expect(up.code).toBe(0);
    const steps = up.lines.filter((line) => line.state === 'proven').map((line) => line.step);
    expect(steps).toEqual(stepIds);
    expect(up.lines.at(-1)).toMatchObject({ proof: 'proven' });
  });

  it('says in the proof that practice is not protected', async () => {
    const { proofs } = (await call(data, 'proof.list', { stackId: lab.stack.id })) as {
      proofs: { protected: boolean; result: string; level: string }[];
    };
    expect(proofs[0]).toMatchObject({ result: 'proven', level: 'chain', protected: false });
  });

  it('agrees with mc about the object, the rule and the key', async () => {
    const bucket = 'lab/first-bucket';
    expect(await mc(lab, 'encrypt', 'info', bucket)).toMatch(/minio-default/);
    const listing = await mc(lab, 'ls', bucket);
    const object = listing.trim().split(/\s+/).at(-1) ?? '';
    const stat = await mc(lab, 'stat', `${bucket}/${object}`);
    expect(stat).toMatch(/aws:kms|SSE-KMS/);
    expect(stat).toContain('minio-default');
    expect(await mc(lab, 'admin', 'kms', 'key', 'status', 'lab')).toMatch(/Encryption ✔[\s\S]*Decryption ✔/);
  });

  it('agrees with the key store, KES and openssl', async () => {
    expect(await vaultStatus(lab)).toMatchObject({ initialized: true, sealed: false, t: 3, n: 5, storage_type: 'raft' });
    expect(await kesKeys(lab)).toContain('minio-default');
    for (const certificate of ['certs/vault.crt', 'certs/kes.crt', 'minio/certs/public.crt']) {
      expect(await opensslVerify(lab, certificate, { host: 'localhost' })).toContain('OK');
      expect(await opensslVerify(lab, certificate, { ip: '127.0.0.1' })).toContain('OK');
    }
    await expect(opensslVerify(lab, 'certs/kes.crt', { host: 'example.net' })).rejects.toThrow(/hostname mismatch/i);
  });

  it('leaves no secret in arguments, environments, logs, journal or files off the list', async () => {
    expect(lab.secrets.all.length).toBeGreaterThan(6);
    const processes = allProcessText();
    expect(lab.secrets.all.filter((secret) => processes.includes(secret))).toEqual([]);
    expect(leaks(dir, lab.secrets.all)).toEqual([]);
    expect(leaks(temporary, lab.secrets.all)).toEqual([]);
    // The search itself works: without the list it finds what the servers must read.
    expect(leaks(dir, lab.secrets.all, []).map((leak) => leak.file)).toEqual(expect.arrayContaining(['kes/kes.yaml', 'minio/minio.env']));
  });

  it('finds nothing to do when run again, and proves the same', async () => {
    const again = await sealdeck(['up', '--dir', dir, '--practice', '--json']);
    expect(again.code).toBe(0);
    expect(again.lines.at(-1)).toMatchObject({ proof: 'proven', stack: lab.stack.id });
  });

  it('leaves no process behind after down', async () => {
    const down = await sealdeck(['down', '--dir', dir, '--json']);
    expect(down.code).toBe(0);
    expect(processesNaming(dir)).toEqual([]);
  });
});

/** Storage and kv version change what Vault writes and how KES finds it, not the words on the screen: the proof is enough here. */
describe.each([
  { product: 'openbao', storage: 'raft', kv: '1' },
  { product: 'vault', storage: 'raft', kv: '2' },
  { product: 'vault', storage: 'file', kv: '1' },
  { product: 'vault', storage: 'file', kv: '2' },
] as const)('$product on $storage with kv v$kv', ({ product, storage, kv }) => {
  it('ends with the proof, on that storage and with keys of that version', async () => {
    const place = await temporaryFolder();
    const dir = join(place.folder, 'lab');
    try {
      const args = ['--key-store', product, '--storage', storage, '--kv', kv];
      const up = await sealdeck(['up', '--dir', dir, '--practice', '--build-servers', ...args, '--json']);
      expect(up.lines.at(-1), up.stderr).toMatchObject({ proof: 'proven' });
      const lab = await openPracticeLab(dir, join(dir, '.sealdeck'), String(up.lines.at(-1)?.stack));
      expect(await vaultStatus(lab)).toMatchObject({ initialized: true, sealed: false, storage_type: storage });
      expect(lab.stack.keyStores[0]).toMatchObject({ product, storage, engine: { version: Number(kv) } });
    } finally {
      await sealdeck(['down', '--dir', dir, '--json']);
      await place.remove();
    }
  });
});
