import { z } from 'zod';

/** Where KES can keep its keys (kes.md 4.3), by the word of its configuration below `keystore`. */
export const keyStoreKind = z.enum(['fs', 'vault', 'aws', 'gcp', 'azure', 'gemalto', 'entrust', 'fortanix', 'kes', 'generic']);
export type KeyStoreKind = z.infer<typeof keyStoreKind>;

export interface KeyStoreField {
  /** Below the store's own map, as in `approle.id`. */
  readonly path: string;
  readonly type: 'text' | 'url' | 'path' | 'duration' | 'list' | 'version';
  readonly required?: true;
  /** Never in an outward frame: written as `${NAME}`, its value lies in the sealed store. */
  readonly secret?: true;
  /** What KES takes when the line is not there. */
  readonly otherwise?: string;
  /** Fields of one group are written all or none. */
  readonly group?: string;
  /** Read by old servers only; today's ignore it. */
  readonly legacy?: true;
}

export interface KeyStoreShape {
  /** The maps below `keystore` that lead to its fields. */
  readonly yaml: readonly string[];
  readonly fields: readonly KeyStoreField[];
  /** Gone from today's servers. */
  readonly gone?: true;
}

const tlsClient: readonly KeyStoreField[] = [
  { path: 'tls.key', type: 'path', group: 'tls' },
  { path: 'tls.cert', type: 'path', group: 'tls' },
  { path: 'tls.ca', type: 'path' },
];

/** The lines of each key store, in the order in which they are written. Everything else below it is ignored by KES. */
export const keyStoreShapes: Readonly<Record<KeyStoreKind, KeyStoreShape>> = {
  fs: { yaml: ['fs'], fields: [{ path: 'path', type: 'path', required: true }] },
  vault: {
    yaml: ['vault'],
    fields: [
      { path: 'endpoint', type: 'url', required: true },
      { path: 'engine', type: 'text', otherwise: 'kv' },
      { path: 'version', type: 'version', otherwise: 'v1' },
      { path: 'namespace', type: 'text' },
      { path: 'prefix', type: 'text' },
      { path: 'transit.engine', type: 'text', otherwise: 'transit' },
      { path: 'transit.key', type: 'text' },
      { path: 'approle.engine', type: 'text', otherwise: 'approle' },
      { path: 'approle.namespace', type: 'text' },
      { path: 'approle.id', type: 'text', group: 'approle' },
      { path: 'approle.secret', type: 'text', secret: true, group: 'approle' },
      { path: 'approle.retry', type: 'duration', legacy: true },
      { path: 'kubernetes.engine', type: 'text', otherwise: 'kubernetes' },
      { path: 'kubernetes.namespace', type: 'text' },
      { path: 'kubernetes.role', type: 'text', group: 'kubernetes' },
      { path: 'kubernetes.jwt', type: 'text', secret: true, group: 'kubernetes' },
      { path: 'kubernetes.retry', type: 'duration', legacy: true },
      ...tlsClient,
      { path: 'status.ping', type: 'duration', otherwise: '15s' },
    ],
  },
  aws: {
    yaml: ['aws', 'secretsmanager'],
    fields: [
      { path: 'endpoint', type: 'text', required: true },
      { path: 'region', type: 'text', required: true },
      { path: 'kmskey', type: 'text' },
      { path: 'credentials.accesskey', type: 'text', group: 'credentials' },
      { path: 'credentials.secretkey', type: 'text', secret: true, group: 'credentials' },
      { path: 'credentials.token', type: 'text', secret: true },
    ],
  },
  gcp: {
    yaml: ['gcp', 'secretmanager'],
    fields: [
      { path: 'project_id', type: 'text', required: true },
      { path: 'endpoint', type: 'text', otherwise: 'secretmanager.googleapis.com:443' },
      { path: 'scopes', type: 'list' },
      { path: 'credentials.client_email', type: 'text', group: 'credentials' },
      { path: 'credentials.client_id', type: 'text', group: 'credentials' },
      { path: 'credentials.private_key_id', type: 'text', group: 'credentials' },
      { path: 'credentials.private_key', type: 'text', secret: true, group: 'credentials' },
    ],
  },
  azure: {
    yaml: ['azure', 'keyvault'],
    fields: [
      { path: 'endpoint', type: 'url', required: true },
      { path: 'credentials.tenant_id', type: 'text', group: 'credentials' },
      { path: 'credentials.client_id', type: 'text', group: 'credentials' },
      { path: 'credentials.client_secret', type: 'text', secret: true, group: 'credentials' },
      { path: 'managed_identity.client_id', type: 'text' },
    ],
  },
  gemalto: {
    yaml: ['gemalto', 'keysecure'],
    fields: [
      { path: 'endpoint', type: 'url', required: true },
      { path: 'credentials.token', type: 'text', secret: true, required: true },
      { path: 'credentials.domain', type: 'text' },
      { path: 'credentials.retry', type: 'duration', legacy: true },
      { path: 'tls.ca', type: 'path' },
    ],
  },
  entrust: {
    yaml: ['entrust', 'keycontrol'],
    fields: [
      { path: 'endpoint', type: 'url', required: true },
      { path: 'vault_id', type: 'text', required: true },
      { path: 'box_id', type: 'text', required: true },
      { path: 'credentials.username', type: 'text', required: true },
      { path: 'credentials.password', type: 'text', secret: true, required: true },
      { path: 'tls.ca', type: 'path' },
    ],
  },
  fortanix: {
    yaml: ['fortanix', 'sdkms'],
    fields: [
      { path: 'endpoint', type: 'url', required: true },
      { path: 'group_id', type: 'text' },
      { path: 'credentials.key', type: 'text', secret: true, required: true },
      { path: 'tls.ca', type: 'path' },
    ],
  },
  kes: {
    yaml: ['kes'],
    gone: true,
    fields: [{ path: 'endpoint', type: 'list', required: true }, { path: 'enclave', type: 'text' }, ...tlsClient],
  },
  generic: { yaml: ['generic'], gone: true, fields: [{ path: 'endpoint', type: 'url', required: true }, ...tlsClient] },
};

export const keyStoresProcedures = {};
