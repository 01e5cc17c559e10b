import { Document, Scalar } from 'yaml';
import type { KesInput } from '../../../shared/kes.ts';
import { AppError } from '../../../shared/rpc/errors.ts';

export interface KesConfigValues {
  input: KesInput;
  /** IP address and port to listen on: KES refuses names. */
  address: string;
  keyFile: string;
  certFile: string;
  /** SHA-256 over certificate and CA: KES reads them at its start, so another one must change this file too. */
  certificates: string;
  identities: { minio: string; operator: string };
  vault: {
    url: string;
    /** Absent: the roots of the system vouch for Vault. */
    caFile?: string;
    mount: string;
    version: 1 | 2;
    prefix: string;
    appRoleMount: string;
    roleId: string;
    secretId: string;
  };
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
 * `kes.yaml` for KES since 2023-10-24. Cache and log values are all written: their defaults are a bug and a surprise
 * (kes.md traps 11 and 12). Throws `kesConfigRefused` for what KES would ignore in silence and then refuse all work.
 */
export function kesYaml(values: KesConfigValues): string {
  lint(values);
  const { input, identities, vault } = values;
  const config = {
    version: 'v1',
    address: values.address,
    admin: { identity: 'disabled' },
    // auth off: KES pins identities by their public key, no matter who signed the certificate.
    tls: { key: values.keyFile, cert: values.certFile, auth: 'off' },
    policy: {
      [input.policy]: { allow: minioRules(input.keyPrefix), identities: [quoted(identities.minio)] },
      [operatorPolicy]: { allow: operatorRules, identities: [quoted(identities.operator)] },
    },
    cache: { expiry: { any: input.cacheAny, unused: input.cacheUnused } },
    log: { error: 'on', audit: 'on' },
    keystore: {
      vault: {
        endpoint: vault.url,
        engine: vault.mount,
        version: `v${vault.version}`,
        prefix: vault.prefix,
        approle: { engine: vault.appRoleMount, id: quoted(vault.roleId), secret: quoted(vault.secretId) },
        ...(vault.caFile === undefined ? {} : { tls: { ca: vault.caFile } }),
        status: { ping: '10s' },
      },
    },
  };
  const document = new Document(config, { version: '1.1' });
  document.commentBefore = ` Written by Sealdeck for certificates ${values.certificates.slice(0, 16)}; KES is restarted when this file changes.`;
  return document.toString({ lineWidth: 0 });
}

function quoted(value: string): Scalar {
  const scalar = new Scalar(value);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

/** What makes KES start and then refuse everything, or not start at all (kes.md 4.7). */
function lint({ input, address, identities, vault }: KesConfigValues): void {
  const refuse = (rule: string, value: string): never => {
    throw new AppError('kesConfigRefused', { rule, value });
  };
  for (const hash of [identities.minio, identities.operator])
    if (!/^[0-9a-f]{64}$/.test(hash)) refuse('an identity is 64 hexadecimal characters', hash);
  if (identities.minio === identities.operator) refuse('an identity has one policy only', identities.minio);
  if (input.policy === operatorPolicy) refuse('this policy name is taken by the operator', input.policy);
  if (!/^(?:\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:]+\]):\d+$/.test(address)) refuse('KES listens on an IP address and port', address);
  for (const rule of [...minioRules(input.keyPrefix), ...operatorRules])
    if (!/^\/[^*]*\*?$/.test(rule) || rule === '/v1/key/list') refuse('a rule is a path, or a prefix with one star at its end', rule);
  if (vault.prefix === '' || vault.mount === '') refuse('engine and prefix must not be empty', `${vault.mount}/${vault.prefix}`);
  for (const value of [vault.roleId, vault.secretId])
    if (value === '' || value.startsWith('$' + '{')) refuse('role ID and secret ID must be values', value === '' ? 'empty' : 'a variable');
}
