import { isAbsolute, join } from 'node:path';
import type { MoveVariable } from '../../../../shared/kesMove.ts';
import { say } from '../../../../shared/text.ts';

export interface Served {
  /** `DNS:…` and `IP Address:…` of KES's certificate. */
  names: readonly string[];
  /** KES's port. */
  port: number;
  /** Where MinIO's relative paths count from. */
  folder: string;
}

/** What today's MinIO, or today's kes command, reads under another name or takes otherwise (kes.md 4.6, minio.md 2.6). */
export function moveVariables(environment: ReadonlyMap<string, string>, served: Served): MoveVariable[] {
  const given = (name: string): string | undefined => environment.get(name) || undefined;
  const found: MoveVariable[] = [];
  const add = (name: string, why: MoveVariable['why'], must: boolean, now?: string): void => {
    found.push({ name, why, must, ...(now === undefined ? {} : { now }) });
  };

  const endpoint = given('MINIO_KMS_KES_ENDPOINT');
  const foreign = endpoint?.split(',').filter((url) => !isNamed(url.trim(), served.names)) ?? [];
  if (endpoint !== undefined && foreign.length > 0) {
    const names = served.names.map(bare).join(', ');
    const host = served.names.map(bare)[0];
    const url = host === undefined ? undefined : `https://${host.includes(':') ? `[${host}]` : host}:${served.port}`;
    add(
      'MINIO_KMS_KES_ENDPOINT',
      say('kesMoveVarEndpoint', { host: hostOf(foreign[0] ?? ''), names: names === '' ? '-' : names }),
      true,
      url && `MINIO_KMS_KES_ENDPOINT=${url}`,
    );
  }
  const caPath = given('MINIO_KMS_KES_CA_PATH');
  if (caPath !== undefined && given('MINIO_KMS_KES_CAPATH') === undefined)
    add('MINIO_KMS_KES_CA_PATH', say('kesMoveVarCaPath'), true, `MINIO_KMS_KES_CAPATH=${absolute(caPath, served.folder)}`);
  for (const name of ['MINIO_KMS_KES_KEY_FILE', 'MINIO_KMS_KES_CERT_FILE', 'MINIO_KMS_KES_CAPATH']) {
    const path = given(name);
    if (path !== undefined && !isAbsolute(path)) add(name, say('kesMoveVarRelative'), false, `${name}=${absolute(path, served.folder)}`);
  }
  if (given('MINIO_ACCESS_KEY') !== undefined && given('MINIO_ROOT_USER') === undefined)
    add('MINIO_ACCESS_KEY', say('kesMoveVarRoot', { now: 'MINIO_ROOT_USER' }), false, `MINIO_ROOT_USER=${given('MINIO_ACCESS_KEY') ?? ''}`);
  if (given('MINIO_SECRET_KEY') !== undefined && given('MINIO_ROOT_PASSWORD') === undefined)
    add('MINIO_SECRET_KEY', say('kesMoveVarRoot', { now: 'MINIO_ROOT_PASSWORD' }), false, `MINIO_ROOT_PASSWORD=\${MINIO_SECRET_KEY}`);
  if (/^(?:on|true|1)$/i.test(given('MINIO_KMS_AUTO_ENCRYPTION') ?? ''))
    add('MINIO_KMS_AUTO_ENCRYPTION', say('kesMoveVarAutomatic'), false);
  for (const [old, now] of [
    ['KES_CLIENT_TLS_KEY_FILE', 'KES_CLIENT_KEY'],
    ['KES_CLIENT_TLS_CERT_FILE', 'KES_CLIENT_CERT'],
  ] as const) {
    const path = given(old);
    if (path !== undefined) add(old, say('kesMoveVarCommand', { now }), false, `${now}=${absolute(path, served.folder)}`);
  }
  return found;
}

/** A certificate's name alone. */
function bare(name: string): string {
  return name.replace(/^(?:DNS|IP Address|IP):/, '');
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : url.slice(0, 100);
}

/** Whether a certificate with these names may answer at that address. */
export function isNamed(url: string, names: readonly string[]): boolean {
  const host = hostOf(url);
  return names.some(
    (name) => bare(name) === host || (bare(name).startsWith('*.') && host.split('.').slice(1).join('.') === bare(name).slice(2)),
  );
}

function absolute(path: string, folder: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}
