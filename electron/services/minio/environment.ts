import { AppError } from '../../../shared/rpc/errors.ts';

export type Environment = ReadonlyMap<string, string>;

export interface EnvironmentParts {
  user: string;
  password: string;
  /** KES nodes. */
  endpoints: readonly string[];
  certFile: string;
  keyFile: string;
  /** Absent: the roots of the system vouch for KES. */
  caPath?: string;
  defaultKey: string;
  autoEncryption: boolean;
}

/** The names of today. Older ones are read by nobody (`MINIO_KMS_KES_CA_PATH`) or warned about (`MINIO_ACCESS_KEY`). */
export function minioEnvironment(parts: EnvironmentParts): Environment {
  return new Map([
    ['MINIO_ROOT_USER', parts.user],
    ['MINIO_ROOT_PASSWORD', parts.password],
    ['MINIO_KMS_KES_ENDPOINT', parts.endpoints.join(',')],
    ['MINIO_KMS_KES_CERT_FILE', parts.certFile],
    ['MINIO_KMS_KES_KEY_FILE', parts.keyFile],
    ...(parts.caPath === undefined ? [] : ([['MINIO_KMS_KES_CAPATH', parts.caPath]] as const)),
    ['MINIO_KMS_KES_KEY_NAME', parts.defaultKey],
    ...(parts.autoEncryption ? ([['MINIO_KMS_AUTO_ENCRYPTION', 'on']] as const) : []),
  ]);
}

/**
 * The file of `MINIO_CONFIG_ENV_FILE`: `KEY=value` lines, nothing is unescaped, and one pair of quotes around a value is
 * taken off, so that a quoted value arrives as it is. A line break cannot be written: `environmentValueRefused`.
 */
export function writeEnvironment(environment: Environment): string {
  const lines = [...environment].map(([name, value]) => {
    if (/[\r\n\0]/.test(value)) throw new AppError('environmentValueRefused', { name });
    return `${name}=${/^[\w./:,@+=-]*$/.test(value) ? value : `"${value}"`}`;
  });
  return `${lines.join('\n')}\n`;
}

/**
 * What a running MinIO has otherwise, by the names of its key manager's variables. `removed` survive a restart through
 * the admin API by inheritance, so they need a stop (minio.md 2.7).
 */
export function differences(running: Readonly<Record<string, string>>, wanted: Environment): { changed: string[]; removed: string[] } {
  const ours = (name: string): boolean => name.startsWith('MINIO_KMS_');
  return {
    changed: [...wanted].filter(([name, value]) => ours(name) && running[name] !== value).map(([name]) => name),
    removed: Object.keys(running).filter((name) => ours(name) && !wanted.has(name)),
  };
}
