import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRecords, type ServerRecord } from './records.ts';

const started = { binary: '/bin/kes', args: ['server'], env: {}, startedAt: 'then', logOffset: 0, wanted: 'running' as const };

describe('what is known of the servers that were started', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-records-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is kept apart for two servers of one kind', async () => {
    const records = createRecords(folder, 'two');
    const of = (node: string): ServerRecord => ({ ...started, kind: 'kes', program: 'kes', node });
    await records.write(of('kes-1'));
    await records.write(of('kes-2'));
    await records.write({ ...of('kes-2'), wanted: 'stopped' });
    expect(await records.read('kes-1')).toEqual(of('kes-1'));
    expect((await records.all()).map(({ node, wanted }) => `${node} ${wanted}`)).toEqual(['kes-1 running', 'kes-2 stopped']);
    expect(await records.read('constructor')).toBeUndefined();
  });

  it('is taken over from when there was one server of each kind', async () => {
    await mkdir(join(folder, 'stacks', 'old'), { recursive: true });
    const servers = { kes: { ...started, program: 'kes', node: 'kes-1' }, vault: { ...started, program: 'openbao', node: 'vault-1' } };
    await writeFile(join(folder, 'stacks', 'old', 'processes.json'), JSON.stringify({ version: 1, servers }));
    const records = createRecords(folder, 'old');
    expect(await records.read('vault-1')).toMatchObject({ kind: 'vault', program: 'openbao' });
    await records.write({ ...started, kind: 'kes', program: 'kes', node: 'kes-2' });
    expect((await records.all()).map(({ node }) => node)).toEqual(['kes-1', 'vault-1', 'kes-2']);
  });
});
