import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { placeInput, type ServerPlace } from '../../../shared/setup.ts';
import type { ServerKind, Stack } from '../../../shared/stacks.ts';
import type { SecretName, StepContext } from '../../jobs/step.ts';
import { freePort } from '../../platform/ports.ts';
import { createStackFolder } from '../stacks/stackFolder.ts';
import { stackOf } from './placeDocument.ts';
import { placeStep } from './placeStep.ts';

let root: string;
let listener: Server;
let open: string;
let shut: string;
let stopped: ServerKind[];
let secrets: Set<SecretName>;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sealdeck-place-'));
  listener = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  open = `https://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  shut = `https://127.0.0.1:${await freePort()}`;
});
afterAll(async () => {
  listener.close();
  await rm(root, { recursive: true, force: true });
});
beforeEach(() => {
  stopped = [];
  secrets = new Set();
});

async function placeOf(servers: Partial<Record<ServerKind, ServerPlace>>) {
  const ports = {
    vault: await freePort(),
    vaultCluster: await freePort(),
    kes: await freePort(),
    minio: await freePort(),
    minioConsole: await freePort(),
  };
  return placeInput.parse({ name: 'lab', folder: root, hosts: ['127.0.0.1'], ports, product: 'openbao', servers });
}
const away: Partial<Record<ServerKind, ServerPlace>> = { vault: { way: 'none' }, minio: { way: 'none' } };

function contextOf(stack: Stack): StepContext {
  let document = stack;
  return {
    get stack() {
      return document;
    },
    update: async (change: (old: Stack) => Stack) => {
      document = change(document);
    },
    folder: createStackFolder(root),
    secrets: { has: (name: SecretName) => secrets.has(name) },
    servers: { status: async () => ({ state: 'stopped' }), stop: async (kind: ServerKind) => void stopped.push(kind) },
    signal: new AbortController().signal,
  } as unknown as StepContext;
}

it('tries the road to a server by API, and says what blocks it', async () => {
  const reached = await placeOf({ ...away, kes: { way: 'api', url: open } });
  const evidence = await placeStep.check(contextOf(stackOf('lab', reached, 'now')), reached);
  expect(evidence.find(({ from }) => from === 'kes')).toMatchObject({
    outcome: 'ok',
    text: { code: 'setup.place.evidence.open', params: { address: '127.0.0.1' } },
  });
  expect(evidence.some(({ text }) => text.code === 'setup.place.evidence.port')).toBe(false);
  const blocked = await placeOf({ ...away, kes: { way: 'api', url: shut } });
  await expect(placeStep.check(contextOf(stackOf('lab', blocked, 'now')), blocked)).rejects.toMatchObject({ code: 'networkRefused' });
});

it('does not expect a server that is handed over to be there yet', async () => {
  const place = await placeOf({ ...away, kes: { way: 'handedOver', url: shut, folder: '/srv/kes' } });
  const evidence = await placeStep.check(contextOf(stackOf('lab', place, 'now')), place);
  expect(evidence.find(({ from }) => from === 'kes')).toMatchObject({ outcome: 'info', text: { code: 'setup.place.evidence.notYet' } });
});

it('ends the servers that leave this machine, the last of the chain first', async () => {
  const here = await placeOf({});
  const context = contextOf(stackOf('lab', here, 'now'));
  await placeStep.apply(context, { ...here, servers: { vault: { way: 'here' }, kes: { way: 'api', url: open }, minio: { way: 'none' } } });
  expect(stopped).toEqual(['minio', 'kes']);
  expect(context.stack.kesClusters[0]?.nodes[0]?.url).toBe(open);
  expect(context.stack.minioClusters).toEqual([]);
});

it('keeps a Vault whose shares are here: they would open no other', async () => {
  const here = await placeOf({});
  secrets.add('vault.init');
  const moved = { ...here, servers: { ...here.servers, vault: { way: 'api', url: open } as const } };
  const context = contextOf(stackOf('lab', here, 'now'));
  await expect(placeStep.apply(context, moved)).rejects.toMatchObject({ code: 'placeVaultHolds' });
  expect(stopped).toEqual([]);
});
