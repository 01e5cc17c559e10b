import { isIP } from 'node:net';
import type { MemoryLock } from '../../../shared/lab.ts';
import { say, type Text } from '../../../shared/text.ts';
import type { VaultInput } from '../../../shared/vault.ts';
import { keyStoreOf } from '../../clients/vault/forStack.ts';
import type { StepContext } from '../../jobs/step.ts';
import { type HclLine, hcl } from './hcl.ts';

export const configPath = 'vault/vault.hcl';
export const dataPath = 'vault/data';

export interface Configuration {
  content: string;
  /** Why memory is locked or not. */
  memory: Text;
  listens: string;
}

/** The server's own configuration file. It holds no secret. */
export function configurationOf(
  context: Pick<StepContext, 'stack' | 'inputs' | 'folder'>,
  input: VaultInput,
  lock: MemoryLock['state'],
): Configuration {
  const store = keyStoreOf(context);
  const { hosts, ports } = context.inputs.place;
  const node = store.nodes[0];
  const host = bracketed(hosts[0] ?? '127.0.0.1');
  const listenHost = hosts.every(isLoopback) ? (hosts[0] === '::1' ? '[::1]' : '127.0.0.1') : '0.0.0.0';
  const listens = `${listenHost}:${ports.vault}`;
  const memory = memoryRule(store.product, store.storage, lock);
  const storage: HclLine[] =
    store.storage === 'raft'
      ? [
          ['path', context.folder.path(dataPath)],
          ['node_id', node?.id ?? 'vault-1'],
          { comment: 'The default of 5 makes a node wait about 8 s before it takes the lead.' },
          ['performance_multiplier', 1],
        ]
      : store.storage === 'file'
        ? [['path', context.folder.path(dataPath)]]
        : [];
  const content = hcl([
    { comment: 'Written by Sealdeck. Run the step "Vault" again instead of editing this file.' },
    { head: ['storage', store.storage], body: storage },
    {
      head: ['listener', 'tcp'],
      body: [
        ['address', listens],
        ['cluster_address', `${listenHost}:${ports.vaultCluster}`],
        ['tls_cert_file', context.folder.path('certs/vault.crt')],
        ['tls_key_file', context.folder.path('certs/vault.key')],
        ['tls_min_version', 'tls12'],
        { comment: 'Browsers would ask for a client certificate otherwise.' },
        ['tls_disable_client_certs', true],
      ],
    },
    ['api_addr', node?.url ?? `https://${host}:${ports.vault}`],
    ['cluster_addr', `https://${host}:${ports.vaultCluster}`],
    { comment: memory.comment },
    // OpenBao calls it an unknown field; Vault 1.20 and later refuse raft without it.
    ...(store.product === 'openbao' ? [] : [['disable_mlock', memory.disable] as const]),
    ['default_lease_ttl', input.defaultLease],
    ['max_lease_ttl', input.maxLease],
    ['ui', input.ui],
    ['log_level', 'info'],
  ]);
  return { content, memory: memory.text, listens };
}

/** vault.md 3.5: the vendor recommends no locking with raft; OpenBao has none at all; elsewhere it needs CAP_IPC_LOCK. */
function memoryRule(
  product: 'openbao' | 'vault',
  storage: string,
  lock: MemoryLock['state'],
): { disable: boolean; text: Text; comment: string } {
  if (product === 'openbao')
    return { disable: true, text: say('vaultMemoryOpenBao'), comment: 'OpenBao locks no memory; protect or switch off swap instead.' };
  if (storage === 'raft')
    return {
      disable: true,
      text: say('vaultMemoryRaft'),
      comment: 'Raft maps its database into memory and all of it would be locked; the vendor recommends true, with swap off.',
    };
  if (lock === 'granted')
    return { disable: false, text: say('vaultMemoryLocked'), comment: 'The binary may lock its memory (CAP_IPC_LOCK).' };
  return { disable: true, text: say('vaultMemoryMissing'), comment: 'The binary may not lock its memory here (no CAP_IPC_LOCK).' };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
