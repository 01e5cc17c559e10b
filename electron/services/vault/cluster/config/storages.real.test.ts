import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConfigStorage, configInput } from '../../../../../shared/vaultConfig.ts';
import { stopProcess, waitUntil } from '../../../../clients/kes/kes.testSupport.ts';
import { freePort } from '../../../../platform/ports.ts';
import type { VaultStack } from '../../vault.testSupport.ts';
import { initialise, makeServers, type TestNode, type TestServers } from '../cluster.testSupport.ts';
import { readConfig } from './read.ts';
import { writeConfig } from './write.ts';

const noEtcd =
  spawnSync('etcd', ['--version']).status === 0 ? undefined : 'no etcd on this machine: install etcd-server (apt does it where root)';
const noSystemd = spawnSync('systemd-analyze', ['--version']).status === 0 ? undefined : 'no systemd-analyze on this machine';

describe('the whole Vault with what is written for it', () => {
  let servers: TestServers;
  const stacks: VaultStack[] = [];
  beforeAll(async () => {
    servers = await makeServers('vault-full');
  });
  afterAll(async () => {
    for (const stack of stacks) await stack.stop();
    await servers?.stop();
  });

  /** Starts it, initialises, opens, seals by a restart, opens again: its data is in the storage. */
  async function lives(node: TestNode, storage: string): Promise<void> {
    await node.start();
    const stack = await servers.stack(node);
    stacks.push(stack);
    const { keys, root } = await initialise(servers, stack, node, 1, 1);
    const client = servers.client(node, root);
    expect((await client.sealStatus()).storage_type).toBe(storage);
    await client.enableEngine('kv', 'kv');
    await client.kvWrite('kv', 1, 'probe', { value: 'kept' });
    await client.close();
    await node.stop();
    await node.start();
    const again = servers.client(node, root);
    expect(await again.sealStatus()).toMatchObject({ initialized: true, sealed: true });
    await again.attempt('PUT', 'sys/unseal', { body: { key: keys[0] } });
    await waitUntil(async () => (await again.health()).state === 'active');
    expect(await again.kvRead('kv', 1, 'probe')).toEqual({ value: 'kept' });
    await again.close();
    await node.stop();
    expect(await node.log()).not.toMatch(/unknown or unsupported field/);
  }

  it.each([
    ['file', 'hcl', (path: string): ConfigStorage => ({ kind: 'file', path })],
    ['raft', 'json', (path: string): ConfigStorage => ({ kind: 'raft', path, nodeId: 'vault-1', peers: [] })],
  ] as const)('keeps its data in %s, configured in %s', async (storage, form, of) => {
    await lives(await servers.node(`by-${storage}`, of, { form }), storage);
  });

  it('starts with the guide’s own file, as printed, and with what today’s file became of it', async () => {
    const [port, path] = [await freePort(), join(servers.root, 'guide')];
    await mkdir(path);
    const printed = {
      api_addr: `https://127.0.0.1:${port}`,
      backend: { file: { path: 'vault/file' } },
      default_lease_ttl: '168h',
      max_lease_ttl: '720h',
      listener: {
        tcp: { address: `0.0.0.0:${port}`, tls_cert_file: 'vault-tls.crt', tls_key_file: 'vault-tls.key', tls_min_version: 'tls12' },
      },
    };
    const content = JSON.stringify(printed, null, 2);
    await symlink(join(servers.root, 'server.crt'), join(path, 'vault-tls.crt'));
    await symlink(join(servers.root, 'server.key'), join(path, 'vault-tls.key'));
    await writeFile(join(path, 'vault-config.json'), content);
    const url = `https://127.0.0.1:${port}`;
    const facts = { name: 'guide', url, port, folder: path, config: join(path, 'vault-config.json') };
    // Here no program may lock memory: the guide's file leaves it on.
    const old = servers.runner(facts, ['server', '-config=vault-config.json'], { VAULT_DISABLE_MLOCK: 'true' });
    await old.start();
    const stack = await servers.stack(old);
    stacks.push(stack);
    const { keys, root } = await initialise(servers, stack, old, 1, 1);
    await old.stop();
    const read = readConfig({ content, product: 'vault', folder: path });
    await writeFile(join(path, 'vault.hcl'), read.today);
    const today = servers.runner(facts, ['server', '-config=vault.hcl'], {});
    await today.start();
    const client = servers.client(today, root);
    await client.attempt('PUT', 'sys/unseal', { body: { key: keys[0] } });
    await waitUntil(async () => (await client.health()).state === 'active');
    expect((await client.lookupSelf()).policies).toEqual(['root']);
    await client.close();
    await today.stop();
  });

  it.skipIf(noEtcd !== undefined)(`keeps its data in etcd${noEtcd === undefined ? '' : ` (${noEtcd})`}`, async () => {
    const [clientPort, peerPort] = [await freePort(), await freePort()];
    const folder = join(servers.root, 'etcd');
    await mkdir(folder);
    const [address, peer] = [`http://127.0.0.1:${clientPort}`, `http://127.0.0.1:${peerPort}`];
    const etcd = spawn(
      'etcd',
      [
        '--data-dir',
        folder,
        '--listen-client-urls',
        address,
        '--advertise-client-urls',
        address,
        '--listen-peer-urls',
        peer,
        '--initial-advertise-peer-urls',
        peer,
        '--initial-cluster',
        `default=${peer}`,
      ],
      { stdio: 'ignore' },
    );
    try {
      await waitUntil(async () => (await fetch(`${address}/health`)).ok);
      const node = await servers.node('by-etcd', () => ({ kind: 'etcd', addresses: [address], prefix: '/vault/', ha: true }));
      await lives(node, 'etcd');
    } finally {
      await stopProcess(etcd);
    }
  });

  it('takes the file for consul, and stops only at the network', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    const node = await servers.node('by-consul', () => ({
      kind: 'consul',
      address: `127.0.0.1:${port}`,
      scheme: 'http',
      prefix: 'vault/',
    }));
    node.launch();
    await waitUntil(async () => /connection refused/.test(await node.log()));
    const log = await node.log();
    expect(log).toContain(`127.0.0.1:${port}`);
    expect(log).not.toMatch(/error loading configuration|unknown storage type|unknown or unsupported field/i);
    await node.stop();
  });

  it('is told by the server itself when mlock is not written: raft refuses to start', async () => {
    const node = await servers.node('no-mlock', (path) => ({ kind: 'raft', path, nodeId: 'vault-1', peers: [] }));
    await writeFile(node.config, (await readFile(node.config, 'utf8')).replace(/disable_mlock.*\n/, ''));
    await expect(node.start()).rejects.toThrow(/disable_mlock must be configured/);
  });

  it.skipIf(noSystemd !== undefined)(`writes units that systemd reads${noSystemd === undefined ? '' : ` (${noSystemd})`}`, async () => {
    for (const lockMemory of [false, true]) {
      const input = configInput.parse({
        product: 'vault',
        lockMemory,
        storage: { kind: 'file', path: '/opt/vault/data' },
        apiAddr: 'https://vault.example.org:8200',
        clusterAddr: 'https://vault.example.org:8201',
        listen: '0.0.0.0:8200',
        cert: '/etc/vault.d/tls.crt',
        key: '/etc/vault.d/tls.key',
        binary: servers.binary,
        user: 'root',
      });
      const unit = writeConfig(input).files.find(({ path }) => path.endsWith('.service'));
      const file = join(servers.root, `vault-${lockMemory}.service`);
      await writeFile(file, unit?.content ?? '');
      const said = execFileSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      expect(said).toBe('');
    }
  });
});
