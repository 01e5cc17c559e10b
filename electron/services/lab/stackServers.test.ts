import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack } from '../../../shared/stacks.ts';
import type { StackFolder } from '../../jobs/step.ts';
import { freePort } from '../../platform/ports.ts';
import { createRecords } from './records.ts';
import { sizeOf, tailOf } from './serverLog.ts';
import { createStackServers, createTurns, portsIn } from './stackServers.ts';

describe('ports on a command line', () => {
  it('are found in the forms that the servers take', () => {
    expect(portsIn(['server', '--address', '127.0.0.1:9000', '--console-address=:9001', '--addr=[::1]:7373'])).toEqual([9000, 9001, 7373]);
  });
  it('are not read out of paths, addresses of others and numbers', () => {
    expect(portsIn(['-config=/data/vault.hcl', 'C:\\data', 'https://kes.example:7373', '--level', '9000', 'a:99999', '10:30:20'])).toEqual(
      [],
    );
  });
});

describe('the last lines of a log', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-log-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('begin where this run began', async () => {
    const file = join(folder, 'a.log');
    await writeFile(file, 'earlier\n');
    const from = await sizeOf(file);
    await writeFile(file, 'earlier\none\ntwo\nthree\n');
    expect(await tailOf(file, 2, from)).toEqual(['two', 'three']);
    expect(await tailOf(file, 10, from)).toEqual(['one', 'two', 'three']);
  });

  it('show no secret, even when its first line is no longer shown', async () => {
    const file = join(folder, 'b.log');
    const key = [
      '-----BEGIN PRIVATE KEY-----',
      ...Array.from({ length: 30 }, () => 'MIGHAgEAMBMGByqGSM49AgEG'),
      '-----END PRIVATE KEY-----',
    ];
    await writeFile(file, `${key.join('\n')}\nroot_token: "hvs.abcdefghijklmnopqrstuvwx"\n`);
    const shown = (await tailOf(file, 5)).join('\n');
    expect(shown).not.toContain('MIGH');
    expect(shown).not.toContain('hvs.');
    expect(shown).toContain('[private key]');
  });

  it('are none when there is no log', async () => expect(await tailOf(join(folder, 'none.log'), 5)).toEqual([]));
});

describe('a server of before the machine was started anew', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-boot-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is stopped, so that Overview offers Start; one that ended since is said to have died', async () => {
    const startedAt = new Date(Date.now() - 3_600_000).toISOString();
    const records = createRecords(folder, 'lab');
    // The number of a process comes back to somebody else after a boot: here it is this test's own.
    const process_ = { pid: process.pid, startTime: 'of before', exe: '/usr/bin/vault' };
    await records.write({
      kind: 'vault',
      node: 'vault-1',
      program: 'vault',
      binary: '/usr/bin/vault',
      args: ['server'],
      env: {},
      startedAt,
      logOffset: 0,
      process: process_,
      wanted: 'running',
    });
    const url = `https://127.0.0.1:${await freePort()}`;
    const stateIf = async (standInForBoot: number): Promise<string> => {
      const servers = createStackServers({
        folder: { path: (relative: string) => join(folder, relative) } as StackFolder,
        records,
        turns: createTurns(),
        stack: async () => ({ keyStores: [{ nodes: [{ id: 'vault-1', url, way: 'here' }] }] }) as unknown as Stack,
        binary: async () => '/usr/bin/vault',
        changed: () => undefined,
        bootedAt: () => standInForBoot,
      });
      return (await servers.status('vault')).state;
    };
    expect(await stateIf(Date.now() - 60_000)).toBe('stopped');
    expect(await stateIf(Date.parse(startedAt) - 60_000)).toBe('died');
  });
});
