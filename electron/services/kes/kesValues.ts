import { isIP } from 'node:net';

import { hasCaLine } from '../../../shared/keyStores.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { caFileOf, keyStoreNames } from '../../../shared/servers.ts';
import type { CommandLine } from '../../../shared/setup.ts';
import type { KesCluster, KeyStore, OtherKeyStore } from '../../../shared/stacks.ts';
import { say, type Text } from '../../../shared/text.ts';
import { certificatesHash } from '../../clients/kes/configHeading.ts';
import { vaultUrlFor } from '../../clients/kes/nodeFiles.ts';
import { readAppRole } from '../../clients/vault/forStack.ts';
import { hostPath } from '../../jobs/handover.ts';
import type { StepContext } from '../../jobs/step.ts';
import { kesOf, keyStoreOfKes, otherStoreOfKes } from '../../jobs/ways.ts';
import { shellWord } from '../../platform/shellWord.ts';
import { type KesConfigValues, kesYaml, type OtherLines, type VaultLines } from './kesConfig.ts';
import { missingSecrets, readKeyStoreSecrets } from './stores/secrets.ts';

/** Names of the files that KES reads, in `certs` here and in the one folder of another host. */
export const handedFiles = {
  key: 'kes.key',
  cert: 'kes.crt',
  vaultCa: 'vault-ca.crt',
  storeCa: 'key-store-ca.crt',
  config: 'kes.yaml',
  unit: 'kes.service',
} as const;
/** Where a KES that keeps its keys in files has them, below `kes` here and in the folder of another host. */
const keyFolder = 'keys';

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

/**
 * All that stands in `kes.yaml`, for this machine or for the host it is handed over to. `hidden`: the names of variables
 * in place of secrets, for a preview. Throws `kesKeyOutside`, `kesCredentialMissing`, `keyStoreSecretMissing`.
 */
export async function configValues(context: StepContext, input: KesConfigValues['input'], hidden = false): Promise<KesConfigValues> {
  const cluster = clusterOf(context);
  const { hosts, ports, key } = context.inputs.place;
  if (!key.startsWith(input.keyPrefix))
    throw new AppError('kesKeyOutside', { name: key, pattern: `${input.keyPrefix}*`, prefix: input.keyPrefix });
  const { path } = context.folder;
  const away = hostFolderOf(cluster);
  const other = otherStoreOfKes(context.stack);
  const ca = other ? other.ca : keyStoreBehind(context).ca;
  const caHere = ca === undefined ? undefined : caFileOf(context.stack, ca);
  const caFile = caHere && (away === undefined ? path(caHere) : hostPath(away, other ? handedFiles.storeCa : handedFiles.vaultCa));
  const keyStore = other
    ? { ...otherLines(context, other, away, hidden), ...(caFile === undefined ? {} : { caFile }) }
    : { ...vaultLines(context, hidden), ...(caFile === undefined ? {} : { caFile }) };
  return {
    input,
    address: away === undefined ? listenHere(hosts, ports.kes) : listenThere(nodeUrl(cluster)),
    keyFile: away === undefined ? path('certs/kes.key') : hostPath(away, handedFiles.key),
    certFile: away === undefined ? path('certs/kes.crt') : hostPath(away, handedFiles.cert),
    certificates: await certificatesHash(context),
    identities: { minio: hashOf(context, 'minio'), operator: hashOf(context, 'operator') },
    keyStore,
  };
}

function vaultLines(context: StepContext, hidden: boolean): VaultLines {
  const { engine, appRole } = keyStoreBehind(context);
  const login = hidden ? { roleId: 'KES_APPROLE_ID', secretId: 'KES_APPROLE_SECRET' } : appRoleOf(context);
  const url = vaultUrlFor(context.stack, clusterOf(context).nodes[0]?.id ?? '') ?? '';
  return { kind: 'vault', url, ...engine, appRoleMount: appRole.mount, ...login };
}

function otherLines(context: StepContext, store: OtherKeyStore, away: string | undefined, hidden: boolean): OtherLines {
  const secrets = readKeyStoreSecrets(context, store.kind);
  const missing = missingSecrets(context, store);
  if (!hidden && missing.length > 0)
    throw new AppError('keyStoreSecretMissing', { store: keyStoreNames[store.kind], fields: missing.join(', ') });
  const names = [...new Set([...Object.keys(secrets), ...missing])];
  const shown = hidden ? Object.fromEntries(names.map((path) => [path, variableOf(path)])) : secrets;
  const folder = away === undefined ? context.folder.path(`kes/${keyFolder}`) : hostPath(away, keyFolder);
  return { kind: store.kind, values: { ...(store.kind === 'fs' ? { path: folder } : {}), ...store.values, ...shown } };
}

/** How a preview calls a secret: `credentials.secretkey` is `KES_CREDENTIALS_SECRETKEY`. */
function variableOf(path: string): string {
  return `KES_${path.replaceAll('.', '_').toUpperCase()}`;
}

/** A configuration with variables in place of the secrets that it will hold. */
export async function previewOf(context: StepContext, input: KesConfigValues['input'], current?: string): Promise<string> {
  const yaml = kesYaml(await configValues(context, input, true), current, true);
  return yaml.replace(/"(KES_[A-Z_]+)"/g, (_, name) => `"\${${name}}"`);
}

/**
 * What KES needs in its environment, here or on the host it is handed over to: Go reads a proxy there, and the roots for key
 * stores that have no line for a CA. Never a secret.
 */
export function environmentOf({ stack, folder }: Pick<StepContext, 'stack' | 'folder'>): Record<string, string> {
  const other = otherStoreOfKes(stack);
  if (other === undefined) return {};
  const cluster = kesOf(stack);
  const away = cluster && hostFolderOf(cluster);
  const file = other.ca === undefined || hasCaLine(other.kind) ? undefined : caFileOf(stack, other.ca);
  const roots = file && (away === undefined ? folder.path(file) : hostPath(away, handedFiles.storeCa));
  return { ...(other.proxy === undefined ? {} : { HTTPS_PROXY: other.proxy }), ...(roots === undefined ? {} : { SSL_CERT_FILE: roots }) };
}

/** The same as lines of a shell. */
export function environmentLines(context: Pick<StepContext, 'stack' | 'folder'>): CommandLine[] {
  return Object.entries(environmentOf(context)).map(([name, value], at) => ({
    ...(at === 0 ? { comment: say('keyStoreCommandAround') } : {}),
    line: `export ${name}=${shellWord(value)}`,
  }));
}

/** What the plan says of the key store that is written: the line itself, why the file is closed, and what to know first. */
export function writesStore(context: StepContext, policy: string, pattern: string): { write: Text; why: Text; warnings: Text[] } {
  const other = otherStoreOfKes(context.stack);
  if (other) {
    const store = keyStoreNames[other.kind];
    const missing = missingSecrets(context, other);
    return {
      write: say('keyStorePlanWrite', { policy, pattern, store }),
      why: other.kind === 'fs' ? say('keyStoreFilesFileWhy') : say('keyStoreFileWhy', { store }),
      warnings: [
        ...(other.kind === 'fs' ? [say('keyStoreFilesWarning')] : []),
        ...(missing.length > 0 ? [say('keyStoreSecretWarning', { store, fields: missing.join(', ') })] : []),
      ],
    };
  }
  const { mount, prefix, version } = keyStoreBehind(context).engine;
  return { write: say('kesPlanWrite', { policy, pattern, mount, prefix, version }), why: say('kesFileWhy'), warnings: [] };
}

/** Whether there is what KES logs in to its key store with. */
export function canLogIn(context: StepContext): boolean {
  const other = otherStoreOfKes(context.stack);
  return other ? missingSecrets(context, other).length === 0 : context.secrets.has('kes.approle');
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
