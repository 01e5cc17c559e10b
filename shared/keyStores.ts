import { z } from 'zod';

/** Where KES can keep its keys (kes.md 4.3), by the word of its configuration below `keystore`. */
export const keyStoreKind = z.enum(['fs', 'vault', 'aws', 'gcp', 'azure', 'gemalto', 'entrust', 'fortanix', 'kes', 'generic']);
export type KeyStoreKind = z.infer<typeof keyStoreKind>;
/** Those of today's KES that are not Vault. */
export const otherKeyStoreKind = keyStoreKind.extract(['aws', 'gcp', 'azure', 'gemalto', 'entrust', 'fortanix', 'fs']);
export type OtherKeyStoreKind = z.infer<typeof otherKeyStoreKind>;

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

/**
 * The fields of a kind that today's servers read. `tls.ca` is given as certificates, not as a path of this machine, and
 * GCP's endpoint not at all: KES v0.24.0 starts or works with no value of it.
 */
export function fieldsOf(kind: OtherKeyStoreKind): readonly KeyStoreField[] {
  return keyStoreShapes[kind].fields.filter(({ path, legacy }) => !legacy && path !== caPath && !(kind === 'gcp' && path === 'endpoint'));
}
/** Whether KES's file has a line for who vouches for this store; for the others its environment says so (`SSL_CERT_FILE`, Linux and BSD). */
export function hasCaLine(kind: OtherKeyStoreKind): boolean {
  return keyStoreShapes[kind].fields.some(({ path }) => path === caPath);
}
/** Services of the Internet, which many networks reach by a proxy only (`HTTPS_PROXY`). */
export function takesProxy(kind: OtherKeyStoreKind): boolean {
  return kind === 'aws' || kind === 'gcp' || kind === 'azure';
}
export const caPath = 'tls.ca';

/** The secrets of a choice that must be there, and those that may. A group of fields is written whole or not at all. */
export function secretsOf({ kind, values }: { kind: OtherKeyStoreKind; values: Readonly<Record<string, string>> }): {
  needed: string[];
  possible: string[];
} {
  const fields = fieldsOf(kind);
  const begun = new Set(fields.flatMap(({ path, group }) => (group !== undefined && filled(values[path]) ? [group] : [])));
  const secrets = fields.filter(({ secret }) => secret);
  const needed = secrets.filter(({ required, group }) => required || (group !== undefined && begun.has(group)));
  return { needed: needed.map(({ path }) => path), possible: secrets.map(({ path }) => path) };
}

const filled = (value: string | undefined): value is string => value !== undefined && value !== '';
/** One line, without what could end a line of the file or hide in it. */
const line = /^[^\p{Cc}\u2028-\u202e\u2066-\u2069]*$/u;

function wrongValue({ type }: KeyStoreField, value: string): boolean {
  if (!line.test(value) || value.length > 1000 || /^\$\{/.test(value)) return true;
  if (type === 'url') return !/^https?:\/\/[^\s/@?#]+(?:\/[^\s@?#]*)?$/.test(value);
  return type === 'path' && !/^(?:\/|[A-Za-z]:[\\/])/.test(value);
}

/** What is wrong with a choice, by the path of the field: without an answer KES would not start, or ignore the line. */
export function wrongFields({ kind, values }: { kind: OtherKeyStoreKind; values: Readonly<Record<string, string>> }): string[] {
  const fields = fieldsOf(kind);
  const open = fields.filter(({ secret }) => !secret);
  const begun = new Set(open.flatMap(({ path, group }) => (group !== undefined && filled(values[path]) ? [group] : [])));
  const groups = [...begun].map((group) => fields.find((field) => field.group === group)?.path.split('.')[0]);
  return [
    // KES makes its folder itself where none is named.
    ...open.filter(({ path, required }) => required && kind !== 'fs' && !filled(values[path])).map(({ path }) => path),
    ...open.filter(({ path, group }) => group !== undefined && begun.has(group) && !filled(values[path])).map(({ path }) => path),
    ...open.filter((field) => filled(values[field.path]) && wrongValue(field, values[field.path] ?? '')).map(({ path }) => path),
    ...Object.keys(values).filter((path) => !open.some((field) => field.path === path)),
    // Azure takes one of the two, never both.
    ...(kind === 'azure' && groups.length > 0 && filled(values['managed_identity.client_id']) ? ['managed_identity.client_id'] : []),
  ];
}

/** A proxy without a log-in: it stands in the environment of a process. */
const proxyForm = /^https?:\/\/[^\s/@?#]+\/?$/;
/** A CA as PEM text; empty: the roots of the system. Absent: as it is. */
const caText = z.string().max(200_000).optional();
const otherChoice = z
  .strictObject({
    kind: otherKeyStoreKind,
    values: z.record(z.string().max(60), z.string().max(1000)).default({}),
    ca: caText,
    proxy: z.string().max(300).optional(),
  })
  .superRefine((choice, context) => {
    for (const path of new Set(wrongFields(choice)))
      context.addIssue({ code: 'custom', path: ['values', path], message: 'not a value of this key store' });
    if (filled(choice.ca) && (choice.kind === 'fs' || !choice.ca.includes('-----BEGIN CERTIFICATE-----')))
      context.addIssue({ code: 'custom', path: ['ca'], message: 'not a certificate, or this key store takes none' });
    if (filled(choice.proxy) && (!takesProxy(choice.kind) || !proxyForm.test(choice.proxy)))
      context.addIssue({ code: 'custom', path: ['proxy'], message: 'not the address of a proxy, or this key store takes none' });
  });
/** Where KES shall keep its keys. Vault is one of the stack's servers; the others are told by their lines. */
export const keyStoreChoice = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('vault') }), otherChoice]);
export type KeyStoreChoice = z.infer<typeof keyStoreChoice>;
