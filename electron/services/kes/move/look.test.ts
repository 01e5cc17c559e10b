import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changesOf } from './changes.ts';
import { readDeployment } from './deployment.ts';
import { lookAround } from './look.ts';

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
