import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../../shared/secret.ts';
import { changesOf } from './changes.ts';
import { readDeployment } from './deployment.ts';
import { lookAround } from './look.ts';
import { makeStack } from './makeStack.ts';

const config = (cert: string, more = ''): string =>
  `address: 0.0.0.0:7373\nroot: disabled\ntls:\n  key: a.key\n  cert: ${cert}\nkeys:\n  vault:\n    endpoint: https://127.0.0.1:8200\n${more}`;

describe.skipIf(process.platform === 'win32')('a folder of old files that somebody else filled', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-look-'));
    spawnSync('mkfifo', [join(folder, 'pipe')]);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['pipe', '/dev/zero', '/dev/tty'])('is looked at without waiting for what it names as a file: %s', async (path) => {
    await writeFile(join(folder, 'kes.yaml'), config(path.startsWith('/') ? path : join(folder, path)));
    await writeFile(
      join(folder, 'kes.service'),
      `[Service]\nEnvironmentFile=${join(folder, 'pipe')}\nExecStart=/usr/bin/kes server --config kes.yaml\n`,
    );
    expect(await lookAround(folder)).toMatchObject({ configs: ['kes.yaml'], commands: [{ file: 'kes.service' }] });
    await expect(readDeployment({ folder, config: 'kes.yaml', command: '', way: 'here' })).rejects.toMatchObject({ code: 'kesMoveFile' });
  });

  it('has MinIO’s variables where most of those for KES stand, not where a shell’s history names one', async () => {
    await writeFile(join(folder, 'history.txt'), 'export MINIO_IDENTITY=abc\nkes server --config kes.yaml\n');
    await writeFile(join(folder, 'minio.env'), 'MINIO_KMS_KES_ENDPOINT=https://127.0.0.1:7373\nMINIO_KMS_KES_KEY_NAME=k\n');
    expect((await lookAround(folder)).environments).toEqual(['minio.env', 'history.txt']);
  });

  it('says which address of it is none that can be asked', async () => {
    spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=a',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      join(folder, 'c.key'),
      '-out',
      join(folder, 'c.crt'),
    ]);
    await writeFile(join(folder, 'kes.yaml'), config(join(folder, 'c.crt')).replace('https:', 'http:'));
    await writeFile(join(folder, 'minio.env'), `MINIO_KMS_KES_CERT_FILE=c.crt\nMINIO_KMS_KES_KEY_FILE=c.key\n`);
    const source = { folder, config: 'kes.yaml', command: '', way: 'here' as const, minio: 'minio.env' };
    const vault = { kind: 'vaultToken' as const, token: new Secret('s.none') };
    await expect(makeStack({ others: () => ({}) as never }, { name: 'a', source, vault })).rejects.toMatchObject({
      code: 'kesMoveFile',
      details: { reason: 'the address of Vault is not https://host:port' },
    });
  });

  it('is compared whatever its lines are called', async () => {
    spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=a',
      '-keyout',
      '/dev/null',
      '-out',
      join(folder, 'a.crt'),
    ]);
    await writeFile(join(folder, 'kes.yaml'), config(join(folder, 'a.crt'), 'constructor: 1\ntoString: 2\n__proto__: 3\n'));
    const deployment = await readDeployment({ folder, config: 'kes.yaml', command: '', way: 'here' });
    const next = { config: deployment.config, added: new Map<string, string[]>() };
    const lines = changesOf(deployment, next, 'version: v1\n').map(({ old }) => old?.from);
    expect(lines).toEqual(expect.arrayContaining([9, 10, 11]));
  });
});
