import { say, type Text } from '../../../shared/text.ts';
import { readSwitch } from './automaticEncryption.ts';

/** Values that are no secret. Everything else is taken for one: files of this kind hold passwords under many names. */
const shown =
  /^(?:MINIO_ROOT_USER|MINIO_ACCESS_KEY|MINIO_(?:\w+_)?FILE|MINIO_KMS_KES_(?:ENDPOINT|KEY_NAME|CERT_FILE|KEY_FILE|CAPATH|CA_PATH)|MINIO_KMS_(?:SERVER|ENCLAVE|SSE_KEY|AUTO_ENCRYPTION|REPLICATE_KEYID|KES_BULK_API_BATCH_SIZE)|MINIO_(?:SITE_)?REGION(?:_NAME)?|MINIO_(?:VOLUMES|BROWSER|SERVER_URL|BROWSER_REDIRECT_URL|COMPRESSION_ALLOW_ENCRYPTION|SSE_AUTO_ENCRYPTION))$/;
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

export type Standing = 'works' | 'renamed' | 'ignored' | 'useless' | 'unknown';

/** What today's server does with a variable of this name (minio.md 2.6), and the name to write now. */
export function standingOf(name: string): { standing: Standing; now?: string } {
  const replace = (list: readonly [RegExp, string][]): string | undefined => {
    const found = list.find(([pattern]) => pattern.test(name));
    return found && name.replace(...found);
  };
  const [newName, wanted] = [replace(replaced), replace(ignored)];
  if (newName !== undefined) return { standing: 'renamed', now: newName };
  if (wanted !== undefined) return { standing: 'ignored', now: wanted };
  if (useless.test(name)) return { standing: 'useless' };
  return { standing: /^MINIO_/.test(name) ? 'works' : 'unknown' };
}

/** Whether its value may be shown. Everything that is not known to be harmless is taken for a secret. */
export function isShown(name: string): boolean {
  return shown.test(name);
}

/** The names of former times in a file, each with what takes its place. */
export function oldNames(names: Iterable<string>): Text[] {
  return [...names].flatMap((name): Text[] => {
    const { standing, now = '' } = standingOf(name);
    if (standing === 'renamed') return [say('connectEnvOld', { name, now })];
    if (standing === 'ignored') return [say('connectEnvIgnored', { name, now })];
    return standing === 'useless' ? [say('connectEnvUseless', { name })] : [];
  });
}

/** What would keep MinIO from starting, or from doing what was meant (minio.md 2.1, 2.5). */
export function mistakes(read: ReadonlyMap<string, string>): Text[] {
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
export function endpointsOf(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Passwords may hold a slash, and tokens stand in queries. What is longer than any address is not searched and not shown. */
export function withoutUserInfo(value: string): string {
  if (value.length > 2000) return '…';
  return value.replace(/(:\/\/)[^@\s,]*(?:@[^@\s,]*)*@/g, '$1').replace(/(:\/\/[^?#\s,]*)[?#][^\s,]*/g, '$1');
}
