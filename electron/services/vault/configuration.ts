import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import type { MemoryLock } from '../../../shared/lab.ts';
import { say, type Text } from '../../../shared/text.ts';
import type { VaultInput } from '../../../shared/vault.ts';
import { keyStoreOf } from '../../clients/vault/forStack.ts';
import { sharedFiles } from '../../jobs/fileTurns.ts';
import { hostPath } from '../../jobs/handover.ts';
import type { StepContext } from '../../jobs/step.ts';
import { type HclLine, hcl } from './hcl.ts';

export const configPath = sharedFiles.vault;
export const dataPath = 'vault/data';

/** Names of the files in the one folder of another host. */
export const handedFiles = { config: 'vault.hcl', data: 'data', cert: 'vault.crt', key: 'vault.key', ca: 'ca.crt' } as const;

/** Where a Vault that Sealdeck configures has its files and listens. */
interface Site {
  data: string;
  cert: string;
  key: string;
  /** Host and port, host in brackets when it is IPv6. */
  address: string;
  clusterAddress: string;
  clusterUrl: string;
}

type Where = Pick<StepContext, 'stack' | 'inputs' | 'folder'>;

export interface Configuration {
  content: string;
  /** Why memory is locked or not. */
  memory: Text;
  listens: string;
}

/** The server's own configuration file. It holds no secret. */
export function configurationOf(context: Where, input: VaultInput, lock: MemoryLock['state'] | 'elsewhere'): Configuration {
  const store = keyStoreOf(context);
  const node = store.nodes[0];
  const site = siteOf(context);
  const memory = memoryRule(store.product, store.storage, lock);
  const storage: HclLine[] =
    store.storage === 'raft'
      ? [
          ['path', site.data],
          ['node_id', node?.id ?? 'vault-1'],
          { comment: 'The default of 5 makes a node wait about 8 s before it takes the lead.' },
          ['performance_multiplier', 1],
        ]
      : store.storage === 'file'
        ? [['path', site.data]]
        : [];
  const content = hcl([
    { comment: 'Written by Sealdeck. Run the step "Vault" again instead of editing this file.' },
    { head: ['storage', store.storage], body: storage },
    {
      head: ['listener', 'tcp'],
      body: [
        ['address', site.address],
        ['cluster_address', site.clusterAddress],
        ['tls_cert_file', site.cert],
        ['tls_key_file', site.key],
        ['tls_min_version', 'tls12'],
        { comment: 'Browsers would ask for a client certificate otherwise.' },
        ['tls_disable_client_certs', true],
      ],
    },
    ['api_addr', node?.url ?? ''],
    ['cluster_addr', site.clusterUrl],
    { comment: memory.comment },
    // OpenBao calls it an unknown field; Vault 1.20 and later refuse raft without it.
    ...(store.product === 'openbao' ? [] : [['disable_mlock', memory.disable] as const]),
    ['default_lease_ttl', input.defaultLease],
    ['max_lease_ttl', input.maxLease],
    ['ui', input.ui],
    ['log_level', 'info'],
  ]);
  const audit = (store.audit ?? []).map(({ name, file }) => auditBlock(name, isAbsolute(file) ? file : context.folder.path(file))).join('');
  return { content: `${content}${audit}`, memory: memory.text, listens: site.address };
}

/** An audit device as OpenBao since 2.4 declares it; read again on SIGHUP (vault.md 1.13). */
export function auditBlock(name: string, file: string): string {
  return hcl([
    {
      head: ['audit', 'file', name],
      body: [
        {
          head: ['options'],
          body: [
            ['file_path', file],
            ['mode', '0600'],
          ],
        },
      ],
    },
  ]);
}

/** Where the server keeps its data: on this machine, or in the other host's folder. Undefined: only its keeper knows. */
export function dataFolderOf(context: Pick<StepContext, 'stack' | 'folder'>): string | undefined {
  const node = keyStoreOf(context).nodes[0];
  if (node?.way === 'api') return undefined;
  return node?.hostFolder === undefined ? context.folder.path(dataPath) : hostPath(node.hostFolder, handedFiles.data);
}

function siteOf(context: Where): Site {
  const { hosts, ports } = context.inputs.place;
  const node = keyStoreOf(context).nodes[0];
  if (node?.way === 'handedOver') return siteThere(node.url, node.hostFolder ?? '');
  const { path } = context.folder;
  const host = bracketed(hosts[0] ?? '127.0.0.1');
  const listenHost = hosts.every(isLoopback) ? (hosts[0] === '::1' ? '[::1]' : '127.0.0.1') : '0.0.0.0';
  return {
    data: path(dataPath),
    cert: path('certs/vault.crt'),
    key: path('certs/vault.key'),
    address: `${listenHost}:${ports.vault}`,
    clusterAddress: `${listenHost}:${ports.vaultCluster}`,
    clusterUrl: `https://${host}:${ports.vaultCluster}`,
  };
}

/** A name is none of the host's own addresses: there the server listens on all of them. */
function siteThere(url: string, folder: string): Site {
  const { hostname, port } = new URL(url);
  const listenHost = isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? '0.0.0.0' : hostname;
  const clusterPort = Number(port) + 1;
  return {
    data: hostPath(folder, handedFiles.data),
    cert: hostPath(folder, handedFiles.cert),
    key: hostPath(folder, handedFiles.key),
    address: `${listenHost}:${port}`,
    clusterAddress: `${listenHost}:${clusterPort}`,
    clusterUrl: `https://${hostname}:${clusterPort}`,
  };
}

/** vault.md 3.5: the vendor recommends no locking with raft; OpenBao has none at all; elsewhere it needs CAP_IPC_LOCK. */
function memoryRule(
  product: 'openbao' | 'vault',
  storage: string,
  lock: MemoryLock['state'] | 'elsewhere',
): { disable: boolean; text: Text; comment: string } {
  if (product === 'openbao')
    return { disable: true, text: say('vaultMemoryOpenBao'), comment: 'OpenBao locks no memory; protect or switch off swap instead.' };
  if (storage === 'raft')
    return {
      disable: true,
      text: say('vaultMemoryRaft'),
      comment: 'Raft maps its database into memory and all of it would be locked; the vendor recommends true, with swap off.',
    };
  if (lock === 'elsewhere')
    return {
      disable: true,
      text: say('vaultMemoryElsewhere'),
      comment: 'Write false where the binary may lock its memory (CAP_IPC_LOCK); otherwise switch swap off.',
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
