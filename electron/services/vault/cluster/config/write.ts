import { AppError } from '../../../../../shared/rpc/errors.ts';
import type { CommandLine } from '../../../../../shared/setup.ts';
import { say, type Text } from '../../../../../shared/text.ts';
import { type ConfigInput, storagesOf } from '../../../../../shared/vaultConfig.ts';
import { commented } from '../../../../clients/vault/vaultCommands.ts';
import { shellWord } from '../../../../platform/shellWord.ts';
import { type HclLine, hcl } from '../../hcl.ts';
import { productName } from '../../productName.ts';
import { unitOf } from './unit.ts';

export interface WrittenConfig {
  files: { path: string; mode: string; content: string; why: Text }[];
  commands: CommandLine[];
  notes: Text[];
}

/** A server's configuration, its unit and what to type on its host. Throws `vaultStorageNotIn`. */
export function writeConfig(input: ConfigInput): WrittenConfig {
  const { product, storage, form, configFolder, user, binary } = input;
  if (!(storagesOf[product] as readonly string[]).includes(storage.kind))
    throw new AppError('vaultStorageNotIn', { product: productName(product), storage: storage.kind });
  const program = product === 'openbao' ? 'bao' : 'vault';
  const service = product === 'openbao' ? 'openbao' : 'vault';
  const config = `${configFolder.replace(/\/+$/, '')}/${service}.${form}`;
  const environment = `${configFolder.replace(/\/+$/, '')}/${service}.env`;
  const lines = configLines(input);
  const secrets = secretNames(input);
  const data = 'path' in storage ? storage.path : undefined;
  const locks = product === 'vault' && input.lockMemory;
  return {
    files: [
      { path: config, mode: '0640', content: form === 'json' ? jsonOf(lines) : hcl(lines), why: say('vaultConfigWhy') },
      {
        path: `/etc/systemd/system/${service}.service`,
        mode: '0644',
        content: unitOf({ name: productName(product), binary, config, environment, user, data, locks, raft: storage.kind === 'raft' }),
        why: say('vaultConfigWhyUnit'),
      },
      ...(secrets.length === 0
        ? []
        : [
            {
              path: environment,
              mode: '0600',
              content: secrets.map((name) => `${name}=\n`).join(''),
              why: say('vaultConfigWhyEnvironment', { names: secrets.join(', ') }),
            },
          ]),
    ],
    commands: [
      commented(say('vaultConfigCommandUser'), `sudo useradd --system --no-create-home --shell /usr/sbin/nologin ${shellWord(user)}`),
      ...(data === undefined
        ? []
        : [
            commented(
              say('vaultConfigCommandData'),
              `sudo install -d -m 0700 -o ${shellWord(user)} -g ${shellWord(user)} ${shellWord(data)}`,
            ),
          ]),
      // The guide's way; the attribute sits on the file, so it is lost with every upgrade.
      ...(locks ? [commented(say('vaultConfigCommandSetcap'), `sudo setcap cap_ipc_lock=+ep "$(readlink -f ${shellWord(binary)})"`)] : []),
      commented(say('vaultConfigCommandTry'), `${program} operator diagnose -config=${shellWord(config)}`),
      { line: `sudo systemctl daemon-reload && sudo systemctl enable --now ${service}` },
      commented(say('vaultConfigCommandReload'), `sudo systemctl reload ${service}`),
    ],
    notes: notesOf(input),
  };
}

function configLines(input: ConfigInput): HclLine[] {
  const { product, listen, cert, key, apiAddr, clusterAddr, lockMemory, ui, defaultLease, maxLease, seal } = input;
  const clusterPort = new URL(clusterAddr).port || '8201';
  return [
    storageBlock(input.storage),
    {
      head: ['listener', 'tcp'],
      body: [
        ['address', listen],
        ['cluster_address', listen.replace(/\d+$/, clusterPort)],
        ['tls_cert_file', cert],
        ['tls_key_file', key],
        ['tls_min_version', 'tls12'],
        ['tls_disable_client_certs', true],
      ],
    },
    ...(seal === undefined
      ? []
      : [
          {
            head: ['seal', 'transit'] as const,
            body: [
              ['address', seal.address],
              ['mount_path', `${seal.mount.replace(/\/+$/, '')}/`],
              ['key_name', seal.keyName],
              ...(seal.ca === undefined ? [] : [['tls_ca_cert', seal.ca] as const]),
            ] as HclLine[],
          },
        ]),
    ['api_addr', apiAddr],
    ['cluster_addr', clusterAddr],
    // Vault 1.20 and later refuse raft without it; OpenBao calls it unknown.
    ...(product === 'vault' ? [['disable_mlock', !lockMemory] as const] : []),
    ['default_lease_ttl', defaultLease],
    ['max_lease_ttl', maxLease],
    ['ui', ui],
    ['log_level', 'info'],
  ];
}

function storageBlock(storage: ConfigInput['storage']): HclLine {
  const optional = (pairs: [string, string | undefined][]): HclLine[] =>
    pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  if (storage.kind === 'file') return { head: ['storage', 'file'], body: [['path', storage.path]] };
  if (storage.kind === 'raft')
    return {
      head: ['storage', 'raft'],
      body: [
        ['path', storage.path],
        ['node_id', storage.nodeId],
        ['performance_multiplier', 1],
        ...storage.peers.map(
          (url): HclLine => ({
            head: ['retry_join'],
            body: [['leader_api_addr', url], ...optional([['leader_ca_cert_file', storage.peersCa]])],
          }),
        ),
      ],
    };
  if (storage.kind === 'etcd')
    return {
      head: ['storage', 'etcd'],
      body: [
        ['address', storage.addresses.join(',')],
        ['etcd_api', 'v3'],
        ['path', storage.prefix],
        ['ha_enabled', String(storage.ha)],
        ...optional([
          ['tls_ca_file', storage.ca],
          ['tls_cert_file', storage.cert],
          ['tls_key_file', storage.key],
        ]),
      ],
    };
  return {
    head: ['storage', 'consul'],
    body: [['address', storage.address], ['scheme', storage.scheme], ['path', storage.prefix], ...optional([['tls_ca_file', storage.ca]])],
  };
}

/** Read from the unit's environment, so that no secret stands in the configuration. */
function secretNames({ storage, seal }: ConfigInput): string[] {
  return [
    ...(storage.kind === 'consul' ? ['CONSUL_HTTP_TOKEN'] : []),
    ...(storage.kind === 'etcd' ? ['ETCD_USERNAME', 'ETCD_PASSWORD'] : []),
    ...(seal === undefined ? [] : ['VAULT_TOKEN']),
  ];
}

function notesOf({ product, storage, lockMemory, seal }: ConfigInput): Text[] {
  return [
    ...(storage.kind === 'file' ? [say('vaultConfigNoteFile')] : []),
    ...(storage.kind === 'etcd' || storage.kind === 'consul' ? [say('vaultConfigNoteForeign', { storage: storage.kind })] : []),
    product === 'openbao' ? say('vaultMemoryOpenBao') : lockMemory ? say('vaultConfigNoteLock') : say('vaultConfigNoteNoLock'),
    ...(storage.kind === 'raft' && lockMemory && product === 'vault' ? [say('vaultConfigNoteRaftLock')] : []),
    ...(seal === undefined ? [] : [say('vaultConfigNoteSeal')]),
  ];
}

/** The same settings as JSON; blocks of one kind are a list, comments are left out. */
function jsonOf(lines: readonly HclLine[]): string {
  return `${JSON.stringify(objectOf(lines), null, 2)}\n`;
}

function objectOf(lines: readonly HclLine[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const line of lines) {
    if ('comment' in line) continue;
    if (!('head' in line)) {
      out[line[0]] = line[1];
      continue;
    }
    const [type, label] = line.head;
    const body = objectOf(line.body);
    if (label === undefined) out[type] = [...((out[type] as unknown[] | undefined) ?? []), body];
    else out[type] = { ...(out[type] as object | undefined), [label]: body };
  }
  return out;
}
