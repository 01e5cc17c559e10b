import { Secret } from '../../../shared/secret.ts';
import { serverUrl } from '../../../shared/setup.ts';
import { say, type Text } from '../../../shared/text.ts';
import { readSwitch } from '../../clients/minioAdmin/automaticEncryption.ts';
import { readEnvironment } from '../../clients/minioAdmin/environmentFile.ts';
import type { ImportedCredential } from './credentials.ts';

interface Variable {
  name: string;
  value?: string;
  secret: boolean;
}

export interface EnvironmentFound {
  values: Variable[];
  warnings: Text[];
  kesUrl?: string;
  defaultKey?: string;
  user?: string;
  credentials: Map<string, ImportedCredential>;
}

/** Values that are no secret. Everything else is taken for one: files of this kind hold passwords under many names. */
const shown =
  /^(?:MINIO_ROOT_USER|MINIO_ACCESS_KEY|MINIO_(?:\w+_)?FILE|MINIO_KMS_KES_(?:ENDPOINT|KEY_NAME|CERT_FILE|KEY_FILE|CAPATH|CA_PATH)|MINIO_KMS_(?:SERVER|ENCLAVE|SSE_KEY|AUTO_ENCRYPTION|REPLICATE_KEYID|KES_BULK_API_BATCH_SIZE)|MINIO_(?:SITE_)?REGION(?:_NAME)?|MINIO_(?:VOLUMES|BROWSER|SERVER_URL|BROWSER_REDIRECT_URL|COMPRESSION_ALLOW_ENCRYPTION|SSE_AUTO_ENCRYPTION))$/;
const mostVariables = 300;
/** As `minioKeys` takes it. */
const longestUser = 128;

/** Names of former times and what takes their place (minio.md 2.6). */
const replaced: readonly [RegExp, string][] = [
  [/^MINIO_ACCESS_KEY(_FILE)?$/, 'MINIO_ROOT_USER$1'],
  [/^MINIO_SECRET_KEY(_FILE)?$/, 'MINIO_ROOT_PASSWORD$1'],
  [/^MINIO_REGION(?:_NAME)?$/, 'MINIO_SITE_REGION'],
];
/** Names that are read by no server any more, with the one of today. */
const ignored: readonly [RegExp, string][] = [
  [/^MINIO_KMS_KES_CA_PATH$/, 'MINIO_KMS_KES_CAPATH'],
  [/^MINIO_(?:KMS|SSE)_MASTER_KEY(_FILE)?$/, 'MINIO_KMS_SECRET_KEY$1'],
  [/^MINIO_SSE_AUTO_ENCRYPTION$/, 'MINIO_KMS_AUTO_ENCRYPTION'],
  [/^MINIO_(?:KMS|SSE)_VAULT_\w+$/, 'MINIO_KMS_KES_ENDPOINT'],
  [/^KES_CLIENT_TLS_KEY_FILE$/, 'KES_CLIENT_KEY'],
  [/^KES_CLIENT_TLS_CERT_FILE$/, 'KES_CLIENT_CERT'],
];
const useless = /^MINIO_(?:(?:ACCESS|SECRET)_KEY_OLD|KMS_KES_BULK_API_BATCH_SIZE)$/;

/** What a MinIO environment file says of MinIO and its KES, and what is wrong with it. Secrets stay in `credentials`. */
export function readMinioEnvironment(content: string): EnvironmentFound {
  const read = readEnvironment(content);
  const get = (name: string): string | undefined => read.get(name);
  const values = [...read].slice(0, mostVariables).map(([name, value]): Variable => {
    const short = name.slice(0, 100);
    return shown.test(name) ? { name: short, value: withoutUserInfo(value).slice(0, 500), secret: false } : { name: short, secret: true };
  });

  const user = get('MINIO_ROOT_USER') ?? get('MINIO_ACCESS_KEY');
  const password = get('MINIO_ROOT_PASSWORD') ?? get('MINIO_SECRET_KEY');
  const apiKey = get('MINIO_KMS_KES_API_KEY');
  const credentials = new Map<string, ImportedCredential>();
  if (user && password) credentials.set('minio', { kind: 'minio', user, password: new Secret(password) });
  if (apiKey) credentials.set('kes', { kind: 'kes', apiKey: new Secret(apiKey) });

  // The first that is a plain address: several nodes may be written as one with an ellipsis.
  const kesUrl = endpointsOf(get('MINIO_KMS_KES_ENDPOINT'))
    .filter((url) => !/[{}]/.test(url))
    .map((url) => serverUrl.safeParse(url))
    .find(({ success }) => success)?.data;
  const defaultKey = get('MINIO_KMS_KES_KEY_NAME');
  return {
    values,
    warnings: [...oldNames(read), ...mistakes(read)],
    credentials,
    ...(kesUrl === undefined ? {} : { kesUrl }),
    ...(defaultKey ? { defaultKey } : {}),
    ...(user && user.length <= longestUser ? { user } : {}),
  };
}

function oldNames(read: ReadonlyMap<string, string>): Text[] {
  return [...read.keys()].flatMap((name): Text[] => {
    const now = (list: readonly [RegExp, string][]): string | undefined => {
      const found = list.find(([pattern]) => pattern.test(name));
      return found && name.replace(...found);
    };
    const [newName, wanted] = [now(replaced), now(ignored)];
    if (newName !== undefined) return [say('connectEnvOld', { name, now: newName })];
    if (wanted !== undefined) return [say('connectEnvIgnored', { name, now: wanted })];
    return useless.test(name) ? [say('connectEnvUseless', { name })] : [];
  });
}

function mistakes(read: ReadonlyMap<string, string>): Text[] {
  const out: Text[] = [];
  const get = (name: string): string => read.get(name) ?? '';
  const has = (name: string): boolean => read.has(name);
  const present = (beginning: string): boolean => [...read.keys()].some((name) => name.startsWith(beginning));

  const families = [
    ...(present('MINIO_KMS_KES_') ? ['MINIO_KMS_KES_ENDPOINT'] : []),
    ...(has('MINIO_KMS_SERVER') ? ['MINIO_KMS_SERVER'] : []),
    ...(get('MINIO_KMS_SECRET_KEY') || get('MINIO_KMS_SECRET_KEY_FILE') ? ['MINIO_KMS_SECRET_KEY'] : []),
  ];
  if (families.length > 1) out.push(say('connectEnvFamilies', { names: families.join(', ') }));
  if (has('MINIO_KMS_KES_ENDPOINT') || present('MINIO_KMS_KES_KEY_NAME')) {
    const endpoints = endpointsOf(get('MINIO_KMS_KES_ENDPOINT'));
    if (endpoints.length === 0) out.push(say('connectEnvMissing', { name: 'MINIO_KMS_KES_ENDPOINT' }));
    for (const url of endpoints) if (!url.startsWith('https://')) out.push(say('connectEnvHttp', { url: withoutUserInfo(url) }));
    if (!get('MINIO_KMS_KES_KEY_NAME')) out.push(say('connectEnvMissing', { name: 'MINIO_KMS_KES_KEY_NAME' }));
    const pair = ['MINIO_KMS_KES_CERT_FILE', 'MINIO_KMS_KES_KEY_FILE'].filter(has);
    if (has('MINIO_KMS_KES_API_KEY') && pair.length > 0) out.push(say('connectEnvBoth', { names: pair.join(', ') }));
    if (!has('MINIO_KMS_KES_API_KEY') && pair.length < 2)
      out.push(say('connectEnvMissing', { name: 'MINIO_KMS_KES_CERT_FILE, MINIO_KMS_KES_KEY_FILE' }));
    if (!has('MINIO_KMS_KES_CAPATH')) out.push(say('connectEnvNoCa'));
  }
  const automatic = read.get('MINIO_KMS_AUTO_ENCRYPTION');
  if (readSwitch(automatic) === 'neither') out.push(say('connectEnvAutomatic'));
  if (readSwitch(automatic) === 'on' && families.length === 0) out.push(say('connectEnvAutomaticAlone'));
  if (has('MINIO_ROOT_USER') && get('MINIO_ROOT_USER').length < 3) out.push(say('connectEnvShort', { name: 'MINIO_ROOT_USER', min: 3 }));
  if (has('MINIO_ROOT_PASSWORD') && get('MINIO_ROOT_PASSWORD').length < 8)
    out.push(say('connectEnvShort', { name: 'MINIO_ROOT_PASSWORD', min: 8 }));
  return out;
}

/** One or more addresses, separated by commas. */
function endpointsOf(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Passwords may hold a slash, and tokens stand in queries. What is longer than any address is not searched and not shown. */
function withoutUserInfo(value: string): string {
  if (value.length > 2000) return '…';
  return value.replace(/(:\/\/)[^@\s,]*(?:@[^@\s,]*)*@/g, '$1').replace(/(:\/\/[^?#\s,]*)[?#][^\s,]*/g, '$1');
}
