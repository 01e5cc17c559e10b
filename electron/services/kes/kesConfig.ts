import type { KesInput } from '../../../shared/kes.ts';
import { secretNameOf } from '../../../shared/kesConfig.ts';
import { caPath, keyStoreShapes, type OtherKeyStoreKind, wrongFields } from '../../../shared/keyStores.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { headingOf, isEdited, withoutHeading } from '../../clients/kes/configHeading.ts';
import type { KesConfig } from './config/model.ts';
import { readKesConfig } from './config/read.ts';
import { writeKesConfig } from './config/write.ts';

export interface KesConfigValues {
  input: KesInput;
  /** IP address and port to listen on: KES refuses names. */
  address: string;
  keyFile: string;
  certFile: string;
  /** SHA-256 over certificate and CA: KES reads them at its start, so another one must change this file too. */
  certificates: string;
  identities: { minio: string; operator: string };
  keyStore: VaultLines | OtherLines;
}

export interface VaultLines {
  kind: 'vault';
  url: string;
  /** Absent: the roots of the system vouch for Vault. */
  caFile?: string;
  mount: string;
  version: 1 | 2;
  prefix: string;
  appRoleMount: string;
  roleId: string;
  secretId: string;
}

/** Any other key store: its lines by the path of `keyStoreShapes`, secrets among them. */
export interface OtherLines {
  kind: OtherKeyStoreKind;
  values: Readonly<Record<string, string>>;
  /** Absent: the roots of the system, or what the store needs none for. */
  caFile?: string;
}

export const operatorPolicy = 'sealdeck-operator';

/** Every path that MinIO uses of KES for keys of one prefix; nothing to delete, import, encrypt or administer (minio.md 2.3). */
export function minioRules(prefix: string): string[] {
  return [
    `/v1/key/create/${prefix}*`,
    `/v1/key/generate/${prefix}*`,
    `/v1/key/decrypt/${prefix}*`,
    `/v1/key/describe/${prefix}*`,
    '/v1/key/list/*',
    '/v1/status',
    '/v1/metrics',
    '/v1/api',
  ];
}

const operatorRules = [
  ...['create', 'import', 'describe', 'list', 'delete', 'generate', 'encrypt', 'decrypt'].map((operation) => `/v1/key/${operation}/*`),
  '/v1/policy/describe/*',
  '/v1/policy/read/*',
  '/v1/policy/list/*',
  '/v1/identity/describe/*',
  '/v1/identity/list/*',
  '/v1/status',
  '/v1/ready',
  '/v1/metrics',
  '/v1/api',
];

/**
 * `kes.yaml` for KES since 2023-10-24. The secrets of its key store stand in it: the file is all that KES reads. What was edited
 * in `current` since it was written stays; only what the set-up itself makes is put in anew. `hidden`: no secret of `current`. Throws `kesConfigRefused` for what KES
 * would ignore in silence and then refuse all work.
 */
export function kesYaml(values: KesConfigValues, current?: string, hidden = false): string {
  lint(values);
  const { input, identities } = values;
  const { keyStore, secrets } = storeOf(values.keyStore);
  const config: KesConfig = {
    address: values.address,
    admin: 'disabled',
    // auth off: KES pins identities by their public key, no matter who signed the certificate.
    tls: { key: values.keyFile, cert: values.certFile, auth: 'off' },
    policies: [
      { name: input.policy, allow: minioRules(input.keyPrefix), deny: [], identities: [identities.minio] },
      { name: operatorPolicy, allow: operatorRules, deny: [], identities: [identities.operator] },
    ],
    // Cache and log values are all written: their defaults are a bug and a surprise (kes.md traps 11 and 12).
    cache: { any: input.cacheAny, unused: input.cacheUnused },
    log: { error: 'on', audit: 'on' },
    api: {},
    keys: [],
    keyStore,
  };
  if (current === undefined || !isEdited(current))
    return writeKesConfig(config, { heading: headingOf(values.certificates, false), secrets });
  const edited = readKesConfig(current, { matching: 'prefix' });
  return writeKesConfig(onTopOf(edited.config, config), {
    heading: headingOf(values.certificates, true),
    commentsOf: withoutHeading(edited.shown),
    secrets: new Map([...(hidden ? [] : edited.secrets), ...secrets]),
  });
}

/** The set-up's own lines in a configuration that was edited: certificates, identities, and the login at the key store. */
function onTopOf(edited: KesConfig, own: KesConfig): KesConfig {
  const { keyStore } = own;
  const sameKind = edited.keyStore?.kind === keyStore?.kind;
  const policies = edited.policies.map((policy) => {
    const mine = own.policies.find(({ name }) => name === policy.name);
    return mine ? { ...policy, identities: [...new Set([...policy.identities, ...mine.identities])] } : policy;
  });
  return {
    ...edited,
    tls: { ...edited.tls, key: own.tls.key, cert: own.tls.cert },
    policies: [...policies, ...own.policies.filter(({ name }) => !policies.some((policy) => policy.name === name))],
    ...(keyStore && sameKind
      ? { keyStore: { ...keyStore, values: { ...edited.keyStore?.values, ...keyStore.values, ...pick(edited, 'status.ping') } } }
      : {}),
  };
}

function pick({ keyStore }: KesConfig, path: string): Record<string, string> {
  const value = keyStore?.values[path];
  return value === undefined ? {} : { [path]: value };
}

type Store = NonNullable<KesConfig['keyStore']>;

/** The lines of a key store, with its secrets apart. */
function storeOf(lines: VaultLines | OtherLines): { keyStore: Store; secrets: Map<string, Secret> } {
  const { kind, caFile } = lines;
  const given: Record<string, string> = lines.kind === 'vault' ? vaultValues(lines) : { ...lines.values };
  if (caFile !== undefined) given[caPath] = caFile;
  const secrets = new Map<string, Secret>();
  const values: Record<string, string> = {};
  for (const { path, secret } of keyStoreShapes[kind].fields) {
    const value = given[path];
    if (value === undefined || value === '') continue;
    const name = secretNameOf(kind, path);
    if (secret) secrets.set(name, new Secret(value));
    values[path] = secret ? `\${${name}}` : value;
  }
  return { keyStore: { kind, values }, secrets };
}

function vaultValues({ url, mount, version, prefix, appRoleMount, roleId, secretId }: VaultLines): Record<string, string> {
  return {
    endpoint: url,
    engine: mount,
    version: `v${version}`,
    prefix,
    'approle.engine': appRoleMount,
    'approle.id': roleId,
    'approle.secret': secretId,
    'status.ping': '10s',
  };
}

/** What only the set-up knows to be wrong; the rest the writer refuses. */
function lint({ input, keyStore }: KesConfigValues): void {
  const refuse = (path: string, value: string): never => {
    throw new AppError('kesConfigRefused', { path, line: 0, value });
  };
  if (input.policy === operatorPolicy) refuse('policy', operatorPolicy);
  if (keyStore.kind !== 'vault') {
    const secrets = keyStoreShapes[keyStore.kind].fields.flatMap(({ path, secret }) => (secret ? [path] : []));
    const open = Object.entries(keyStore.values).filter(([path]) => !secrets.includes(path));
    const [wrong] = wrongFields({ kind: keyStore.kind, values: Object.fromEntries(open) });
    if (wrong !== undefined) refuse(`keystore.${keyStore.kind}.${wrong}`, keyStore.values[wrong] ?? '-');
    return;
  }
  if (keyStore.prefix === '' || keyStore.mount === '') refuse('keystore.vault', `${keyStore.mount}/${keyStore.prefix}`);
  for (const value of [keyStore.roleId, keyStore.secretId])
    if (value === '' || value.startsWith('$' + '{')) refuse('keystore.vault.approle', value === '' ? '""' : '$' + '{…}');
}
