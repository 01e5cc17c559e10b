import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder } from '../../../servers/catalogue.ts';
import { ensureServers } from '../../../servers/get.ts';
import { placeInput, type ServerPlace, type ServersInput } from '../../../shared/setup.ts';
import type { ServerKind } from '../../../shared/stacks.ts';
import type { Text } from '../../../shared/text.ts';
import type { StepContext } from '../../jobs/step.ts';
import { stackOf } from '../setup/placeDocument.ts';
import { serversStep } from './serversStep.ts';

let empty: string;
const path = process.env.PATH;
const notes: Text[] = [];
const journal: Text[] = [];

beforeAll(async () => {
  await ensureServers(['openbao', 'kes', 'minio', 'vault'], console.log);
});
beforeEach(async () => {
  empty = await mkdtemp(join(tmpdir(), 'sealdeck-step-'));
  notes.length = 0;
  journal.length = 0;
});
afterEach(async () => {
  process.env.PATH = path;
  await rm(empty, { recursive: true, force: true });
});

const agreed: ServersInput = { picked: {}, get: true, lockMemory: 'off' };
const notYet: ServersInput = { ...agreed, get: false };

function context(
  product: 'openbao' | 'vault',
  storage: 'raft' | 'file',
  servers: Partial<Record<ServerKind, ServerPlace>> = {},
): StepContext {
  const place = placeInput.parse({
    name: 'lab',
    folder: '/lab',
    hosts: ['127.0.0.1'],
    ports: { vault: 1, vaultCluster: 2, kes: 3, minio: 4, minioConsole: 5 },
    product,
    storage,
    servers,
  });
  return {
    stack: stackOf('lab', place, 'now'),
    report: ({ note }: { note?: Text }) => note && notes.push(note),
    journal: async (action: Text) => {
      journal.push(action);
    },
    signal: new AbortController().signal,
  } as unknown as StepContext;
}

describe('step servers', () => {
  it.each(['openbao', 'vault'] as const)('finds the servers for %s and asks each for its version', async (product) => {
    process.env.PATH = empty;
    const step = serversStep(cacheFolder());
    const here = context(product, 'raft');
    const plan = await step.plan(here, notYet);
    expect(plan.changes.map(({ code }) => code)).toEqual(['serverFromCache', 'serverFromCache', 'serverFromCache']);
    expect(plan.warnings).toEqual([]);
    await step.apply(here, notYet);
    expect(journal).toEqual([]);
    const evidence = await step.check(here, notYet);
    expect(evidence.slice(0, 3).map(({ from, answer }) => [from, answer])).toEqual([
      [product, product === 'openbao' ? 'v2.7.2' : 'v1.21.0'],
      ['kes', '<unknown>'],
      ['minio', 'DEVELOPMENT.GOGET'],
    ]);
    expect(evidence.find(({ text }) => text.code === 'storageSupported')?.text.params).toEqual({ program: product, storage: 'raft' });
    const lock = evidence.find(({ text }) => text.params?.program === product && text.code.startsWith('memoryLock'));
    expect(lock?.text.code).toBe(product === 'openbao' ? 'memoryLockNotNeeded' : 'memoryLockOff');
  });

  it('looks only for programs of servers that are here, and has nothing to do where none is', async () => {
    const step = serversStep(empty);
    const api = (url: string): ServerPlace => ({ way: 'api', url });
    const handed: ServerPlace = { way: 'handedOver', url: 'https://k:2', folder: '/srv/kes' };
    const mixed = context('openbao', 'file', { vault: api('https://v:1'), kes: handed });
    expect((await step.plan(mixed, notYet)).changes.map(({ params }) => params?.program)).toEqual(['minio']);
    expect(await step.skips?.(mixed)).toBeUndefined();
    const { minio } = await ensureServers(['minio']);
    const evidence = await step.check(mixed, { ...notYet, picked: { minio } });
    expect(evidence.map(({ text }) => text.code)).toEqual(['serverFromPicked']);
    const none = context('openbao', 'raft', { vault: api('https://v:1'), kes: handed, minio: { way: 'none' } });
    expect((await step.skips?.(none))?.code).toBe('serversNoneHere');
  });

  it('gets nothing without agreement and names what is missing', async () => {
    process.env.PATH = empty;
    const step = serversStep(empty);
    const here = context('openbao', 'raft');
    const plan = await step.plan(here, notYet);
    expect(plan.changes.map(({ code }) => code)).toEqual(['serverWillDownload', 'serverWillBuild', 'serverWillBuild']);
    expect(plan.warnings.map(({ code }) => code)).toContain('serversNeedAgreement');
    expect(plan.commands.map(({ line }) => line).join('\n')).toContain('--require-hashes');
    expect(plan.seconds).toBeGreaterThan(60);
    const missing = { code: 'serversMissing', details: { programs: 'openbao, kes, minio', megabytes: 371, minutes: 6 } };
    await expect(step.apply(here, notYet)).rejects.toMatchObject(missing);
    await expect(step.check(here, notYet)).rejects.toMatchObject({ code: 'serversMissing' });
  });

  it('gets what is missing after agreement, with progress and a journal entry', async () => {
    const step = serversStep(empty);
    const here = context('openbao', 'raft');
    const { kes, minio } = await ensureServers(['kes', 'minio']);
    const input = { ...agreed, picked: { kes, minio } };
    await step.apply(here, input);
    expect(journal).toEqual([{ code: 'serverGot', params: { program: 'openbao', version: 'v2.7.2' } }]);
    expect(notes.map(({ code }) => code)).toContain('labDownloads');
    const [bao, other] = await step.check(here, input);
    expect(bao?.text.code).toBe('serverFromCache');
    expect(other?.text.code).toBe('serverFromPicked');
    await step.apply(here, input);
    expect(journal).toHaveLength(1);
  });

  it('refuses a storage that the binary does not have', async () => {
    process.env.PATH = empty;
    const step = serversStep(cacheFolder());
    const refused = { code: 'storageNotInBinary', details: { program: 'openbao', storage: 'file', storages: 'raft, inmem' } };
    await expect(step.apply(context('openbao', 'file'), notYet)).rejects.toMatchObject(refused);
  });
});
