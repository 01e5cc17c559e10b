import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { AppError } from '../../../shared/rpc/errors.ts';
import { caFileOf } from '../../../shared/servers.ts';
import type { KesCluster, KeyStore } from '../../../shared/stacks.ts';
import { trustOf } from '../../clients/trust.ts';
import { readAppRole } from '../../clients/vault/forStack.ts';
import { hostPath } from '../../jobs/handover.ts';
import type { StepContext } from '../../jobs/step.ts';
import { kesOf, keyStoreOfKes } from '../../jobs/ways.ts';
import type { KesConfigValues } from './kesConfig.ts';

/** Names of the files that KES reads, in `certs` here and in the one folder of another host. */
export const handedFiles = { key: 'kes.key', cert: 'kes.crt', vaultCa: 'vault-ca.crt', config: 'kes.yaml', unit: 'kes.service' } as const;

/** The KES that the stack's MinIO uses. Throws `kesUnknown`. */
export function clusterOf(context: Pick<StepContext, 'stack'>): KesCluster {
  const cluster = kesOf(context.stack);
  if (!cluster) throw new AppError('kesUnknown', { stack: context.stack.name });
  return cluster;
}

/** Throws `kesKeyStoreUnknown`: without it nobody can write a configuration for KES. */
export function keyStoreBehind(context: Pick<StepContext, 'stack'>): KeyStore {
  const store = keyStoreOfKes(context.stack);
  if (!store) throw new AppError('kesKeyStoreUnknown', { stack: context.stack.name });
  return store;
}

/** Address of the first node. */
export function nodeUrl(cluster: KesCluster): string {
  return cluster.nodes[0]?.url ?? '';
}

/** The folder of the host that KES is handed over to. Undefined: it runs here. */
export function hostFolderOf(cluster: KesCluster): string | undefined {
  const [node] = cluster.nodes;
  return node?.way === 'handedOver' ? node.hostFolder : undefined;
}

/** All that stands in `kes.yaml`, for this machine or for the host it is handed over to. Throws `kesKeyOutside`, `kesCredentialMissing`. */
export async function configValues(
  context: StepContext,
  input: KesConfigValues['input'],
  login = appRoleOf(context),
): Promise<KesConfigValues> {
  const cluster = clusterOf(context);
  const keyStore = keyStoreBehind(context);
  const { hosts, ports, key } = context.inputs.place;
  if (!key.startsWith(input.keyPrefix))
    throw new AppError('kesKeyOutside', { name: key, pattern: `${input.keyPrefix}*`, prefix: input.keyPrefix });
  const { path, read } = context.folder;
  const away = hostFolderOf(cluster);
  const trust = (await trustOf(context, keyStore.ca)).join('');
  const caHere = caFileOf(context.stack, keyStore.ca);
  const caFile = caHere && (away === undefined ? path(caHere) : hostPath(away, handedFiles.vaultCa));
  return {
    input,
    address: away === undefined ? listenHere(hosts, ports.kes) : listenThere(nodeUrl(cluster)),
    keyFile: away === undefined ? path('certs/kes.key') : hostPath(away, handedFiles.key),
    certFile: away === undefined ? path('certs/kes.crt') : hostPath(away, handedFiles.cert),
    certificates: createHash('sha256')
      .update(`${await read('certs/kes.crt')}${caFile === undefined ? '' : trust}`)
      .digest('hex'),
    identities: { minio: hashOf(context, 'minio'), operator: hashOf(context, 'operator') },
    vault: {
      url: keyStore.nodes[0]?.url ?? '',
      ...(caFile === undefined ? {} : { caFile }),
      mount: keyStore.engine.mount,
      version: keyStore.engine.version,
      prefix: keyStore.engine.prefix,
      appRoleMount: keyStore.appRole.mount,
      ...login,
    },
  };
}

function listenHere(hosts: readonly string[], port: number): string {
  return address(hosts.find((host) => isIP(host) !== 0) ?? '127.0.0.1', port);
}

/** A name is none of KES's own addresses: there it listens on all of them. */
function listenThere(url: string): string {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return address(isIP(host) === 0 ? '0.0.0.0' : host, Number(port) || 443);
}

function address(ip: string, port: number): string {
  return `${isIP(ip) === 6 ? `[${ip}]` : ip}:${port}`;
}

function hashOf(context: StepContext, purpose: 'minio' | 'operator'): string {
  const identity = context.stack.identities.find((one) => one.purpose === purpose);
  if (!identity) throw new AppError('kesIdentityMissing', { identity: purpose });
  return identity.hash;
}

function appRoleOf(context: StepContext): { roleId: string; secretId: string } {
  const kept = readAppRole(context);
  if (!kept) throw new AppError('kesCredentialMissing');
  return { roleId: kept.roleId, secretId: kept.secretId };
}
