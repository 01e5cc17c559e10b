import { describe, expect, it } from 'vitest';
import { configInput } from '../../../../../shared/vaultConfig.ts';
import { readConfig } from './read.ts';
import { writeConfig } from './write.ts';

const base = {
  product: 'vault',
  apiAddr: 'https://vault-1.example.org:8200',
  clusterAddr: 'https://vault-1.example.org:8201',
  listen: '0.0.0.0:8200',
  cert: '/opt/vault/tls/tls.crt',
  key: '/opt/vault/tls/tls.key',
} as const;
const raft = {
  kind: 'raft',
  path: '/opt/vault/data',
  nodeId: 'vault-1',
  peers: ['https://vault-2.example.org:8200'],
  peersCa: '/opt/vault/tls/ca.crt',
} as const;
const written = (more: object) => writeConfig(configInput.parse({ ...base, storage: raft, ...more }));
const content = (more: object): string => written(more).files[0]?.content ?? '';

describe('a configuration that is written', () => {
  it.each([
    ['raft', raft],
    ['file', { kind: 'file', path: '/opt/vault/data' }],
    ['etcd', { kind: 'etcd', addresses: ['https://etcd-1:2379', 'https://etcd-2:2379'] }],
    ['consul', { kind: 'consul', address: '127.0.0.1:8500' }],
  ] as const)('reads back without an old or unknown line, as HCL and as JSON: %s', (kind, storage) => {
    for (const form of ['hcl', 'json'] as const) {
      const text = content({ storage, form });
      const read = readConfig({ content: text, product: 'vault' });
      expect(read.form).toBe(form);
      expect(read.missing).toEqual([]);
      expect(read.lines.filter(({ level }) => level !== 'ok').map(({ path }) => path)).toEqual(kind === 'file' ? ['storage.file'] : []);
      expect(read.lines.find(({ path }) => path === 'disable_mlock')?.value).toBe('true');
    }
  });

  it('holds no secret: they are named in the environment file, for the host', () => {
    const { files } = written({
      storage: { kind: 'consul', address: '127.0.0.1:8500' },
      seal: { address: 'https://other:8200', keyName: 'k' },
    });
    expect(files.map(({ path, mode }) => `${path} ${mode}`)).toContain('/etc/vault.d/vault.env 0600');
    expect(files.find(({ path }) => path.endsWith('.env'))?.content).toBe('CONSUL_HTTP_TOKEN=\nVAULT_TOKEN=\n');
    expect(files[0]?.content).not.toMatch(/token/i);
  });

  it('locks memory only where that was chosen: the right in the unit, setcap for a start by hand', () => {
    const storage = { kind: 'file', path: '/opt/vault/data' };
    const off = written({ storage });
    expect(off.commands.some(({ line }) => line?.includes('setcap'))).toBe(false);
    expect(off.files[1]?.content).toContain('MemorySwapMax=0');
    const on = written({ storage, lockMemory: true });
    expect(on.commands.map(({ line }) => line)).toContain('sudo setcap cap_ipc_lock=+ep "$(readlink -f /usr/local/bin/vault)"');
    expect(on.files[0]?.content).toContain('disable_mlock = false');
    expect(on.files[1]?.content).toContain('AmbientCapabilities=CAP_IPC_LOCK');
  });

  it('writes no mlock for OpenBao, and refuses it a storage that it does not have', () => {
    expect(content({ product: 'openbao' })).not.toContain('mlock');
    expect(() => written({ product: 'openbao', storage: { kind: 'etcd', addresses: ['http://127.0.0.1:2379'] } })).toThrowError(
      expect.objectContaining({ code: 'vaultStorageNotIn', details: { product: 'OpenBao', storage: 'etcd' } }),
    );
  });

  it.each([
    ['a path that ends its line', { cert: '/opt/a\nui = true' }],
    ['an address with a command', { apiAddr: 'https://a$(x):8200' }],
    ['a user with an option', { user: '--help' }],
    ['a relative data folder', { storage: { kind: 'file', path: 'vault/file' } }],
  ])('takes no %s', (_, more) => {
    expect(configInput.safeParse({ ...base, storage: raft, ...more }).success).toBe(false);
  });

  it('keeps a name with a quote or a percent sign one word in each file', () => {
    const { files } = written({ storage: { kind: 'file', path: '/srv/50% "x"' } });
    expect(files[0]?.content).toContain('path = "/srv/50% \\"x\\""');
    expect(files[1]?.content).toContain('ReadWritePaths="/srv/50%% \\"x\\""');
  });
});
