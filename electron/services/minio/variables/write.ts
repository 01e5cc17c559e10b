import { stringify } from 'yaml';
import type { SecretsAs, VariablesFile, VariablesForm } from '../../../../shared/minioVariables.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../../shared/text.ts';
import { isShown } from '../../../clients/minioAdmin/variables.ts';
import { shellWord } from '../../../platform/shellWord.ts';

/** MinIO reads these from a file as well, by `…_FILE`; a relative name is looked for below /run/secrets (minio.md 2.1, 2.6). */
const byFile: readonly string[] = ['MINIO_ROOT_USER', 'MINIO_ROOT_PASSWORD', 'MINIO_KMS_SECRET_KEY'];

export interface Wanted {
  readonly values: ReadonlyMap<string, string>;
  readonly form: VariablesForm;
  readonly secretsAs: SecretsAs;
  /** What stands in the place of a secret. The file itself gets the value, what the window sees a `${NAME}`. */
  readonly secret: (name: string, value: string) => string;
}

/** The files of one form, in the order in which they are put in place. Throws `environmentValueRefused`. */
export function writeVariables(wanted: Wanted): VariablesFile[] {
  for (const [name, value] of wanted.values) if (/[\r\n\0]/.test(value)) throw new AppError('environmentValueRefused', { name });
  return {
    environment: () => [file('minio.env', lines(wanted, plainWord), say('minioFileEnvironment'))],
    shell: () => [file('minio-env.sh', lines(wanted, shellWord, 'export '), say('minioFileShell'))],
    unit: () => unit(wanted),
    compose: () => compose(wanted),
    helm: () => helm(wanted),
    tenant: () => tenant(wanted),
  }[wanted.form]();
}

function file(path: string, content: string, why: Text): VariablesFile {
  return { path, mode: '0600', content, why };
}

function shownOf({ values, secret }: Wanted): [string, string][] {
  return [...values].map(([name, value]) => [name, isShown(name) ? value : secret(name, value)]);
}

/** One pair of quotes is taken off by MinIO and nothing unescaped. In single quotes systemd and a shell read the same. */
function plainWord(value: string): string {
  if (/^[\w./:,@+=${}-]*$/.test(value)) return value;
  return value.includes("'") ? `"${value}"` : `'${value}'`;
}

/** As systemd reads it: within double quotes a backslash takes the meaning of a sign away, and one at the end would take the next line in. */
function unitFileWord(value: string): string {
  return value.includes("'") ? `"${value.replace(/[\\"$`]/g, '\\$&')}"` : plainWord(value);
}

function lines(wanted: Wanted, word: (value: string) => string, before = ''): string {
  return `${shownOf(wanted)
    .map(([name, value]) => `${before}${name}=${word(value)}`)
    .join('\n')}\n`;
}

/** Those that go into files of their own, and the rest. */
function split(wanted: Wanted): { apart: [string, string][]; rest: [string, string][] } {
  const all = shownOf(wanted);
  const isApart = ([name]: [string, string]): boolean => byFile.includes(name) && !(name === 'MINIO_ROOT_USER');
  return { apart: all.filter(isApart), rest: all.filter((one) => !isApart(one)) };
}

/** A drop-in beside an environment file: `systemctl show` prints `Environment=` to every user, so no secret stands there. */
function unit(wanted: Wanted): VariablesFile[] {
  if (wanted.secretsAs !== 'systemdCredential') {
    return [
      file('minio.env', lines(wanted, unitFileWord), say('minioFileEnvironment')),
      file('minio.service.d/sealdeck.conf', '[Service]\nEnvironmentFile=/etc/default/minio\n', say('minioFileDropIn')),
    ];
  }
  const { apart, rest } = split(wanted);
  const credential = (name: string): string => name.toLowerCase();
  const conf = [
    '[Service]',
    'EnvironmentFile=/etc/default/minio',
    ...apart.flatMap(([name]) => [
      `LoadCredential=${credential(name)}:/etc/minio/credentials/${credential(name)}`,
      `Environment=${name}_FILE=%d/${credential(name)}`,
    ]),
  ];
  return [
    file(
      'minio.env',
      lines({ ...wanted, values: new Map(rest), secret: (_name, value) => value }, unitFileWord),
      say('minioFileEnvironment'),
    ),
    ...apart.map(([name, value]) => file(`credentials/${credential(name)}`, `${value}\n`, say('minioFileCredential', { name }))),
    file('minio.service.d/sealdeck.conf', `${conf.join('\n')}\n`, say('minioFileDropIn')),
  ];
}

function compose(wanted: Wanted): VariablesFile[] {
  const { apart, rest } = wanted.secretsAs === 'dockerSecret' ? split(wanted) : { apart: [], rest: shownOf(wanted) };
  const secretName = (name: string): string => name.toLowerCase();
  const hidden = rest.filter(([name]) => !isShown(name));
  const environment = Object.fromEntries([
    ...rest.filter(([name]) => isShown(name)).map(([name, value]) => [name, value.replaceAll('$', '$$$$')]),
    ...apart.map(([name]) => [`${name}_FILE`, secretName(name)]),
  ]);
  const service = {
    environment,
    ...(hidden.length > 0 ? { env_file: ['./minio-secret.env'] } : {}),
    ...(apart.length > 0 ? { secrets: apart.map(([name]) => secretName(name)) } : {}),
  };
  const secrets = Object.fromEntries(apart.map(([name]) => [secretName(name), { file: `./secrets/${secretName(name)}` }]));
  const document = { services: { minio: service }, ...(apart.length > 0 ? { secrets } : {}) };
  return [
    file('compose.override.yaml', stringify(document, { lineWidth: 0 }), say('minioFileCompose')),
    ...(hidden.length > 0
      ? [
          file(
            'minio-secret.env',
            hidden.map(([name, value]) => `${name}=${composeWord(value)}\n`).join(''),
            say('minioFileSecretEnvironment'),
          ),
        ]
      : []),
    ...apart.map(([name, value]) => file(`secrets/${secretName(name)}`, `${value}\n`, say('minioFileSecret', { name }))),
  ];
}

/** Compose reads nothing within single quotes. */
function composeWord(value: string): string {
  return value.includes("'") ? `"${value.replace(/[\\"$]/g, '\\$&')}"` : `'${value}'`;
}

/** A chart's values are kept in places that many read: root's log-in and every other secret lie in Secrets. */
function helm(wanted: Wanted): VariablesFile[] {
  const all = new Map(shownOf(wanted));
  const root = { rootUser: all.get('MINIO_ROOT_USER') ?? '', rootPassword: all.get('MINIO_ROOT_PASSWORD') ?? '' };
  const rest = [...all].filter(([name]) => !/^MINIO_ROOT_(?:USER|PASSWORD)$/.test(name));
  const hidden = rest.filter(([name]) => !isShown(name));
  const hasRoot = root.rootUser !== '' && root.rootPassword !== '';
  const values = {
    ...(hasRoot ? { existingSecret: 'minio-root' } : {}),
    ...(hidden.length > 0 ? { extraSecret: 'minio-extra-environment' } : {}),
    environment: Object.fromEntries(
      rest.filter(([name]) => isShown(name)).map(([name, value]) => [name, value.replaceAll('{{', '{{ "{{" }}')]),
    ),
  };
  const config = hidden.map(([name, value]) => `${name}=${plainWord(value)}\n`).join('');
  const documents = [
    ...(hasRoot ? [manifest('minio-root', root)] : []),
    ...(hidden.length > 0 ? [manifest('minio-extra-environment', { 'config.env': config })] : []),
  ];
  return [
    ...(documents.length > 0 ? [file('minio-secrets.yaml', documents.join('---\n'), say('minioFileManifest'))] : []),
    file('values.yaml', stringify(values, { lineWidth: 0 }), say('minioFileValues')),
  ];
}

/** The operator reads the tenant's whole environment from `config.env` of one Secret. */
function tenant(wanted: Wanted): VariablesFile[] {
  const config = shownOf(wanted)
    .map(([name, value]) => `export ${name}="${value}"\n`)
    .join('');
  const patch = { spec: { configuration: { name: 'minio-configuration' } } };
  return [
    file('minio-configuration.yaml', manifest('minio-configuration', { 'config.env': config }), say('minioFileManifest')),
    file('tenant-patch.yaml', stringify(patch), say('minioFileTenant')),
  ];
}

function manifest(name: string, stringData: Record<string, string>): string {
  return stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, type: 'Opaque', stringData }, { lineWidth: 0 });
}
