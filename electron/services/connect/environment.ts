import { Secret } from '../../../shared/secret.ts';
import { serverUrl } from '../../../shared/setup.ts';
import type { Text } from '../../../shared/text.ts';
import { readEnvironment } from '../../clients/minioAdmin/environmentFile.ts';
import { endpointsOf, isShown, mistakes, oldNames, withoutUserInfo } from '../../clients/minioAdmin/variables.ts';
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

const mostVariables = 300;
/** As `minioKeys` takes it. */
const longestUser = 128;

/** What a MinIO environment file says of MinIO and its KES, and what is wrong with it. Secrets stay in `credentials`. */
export function readMinioEnvironment(content: string): EnvironmentFound {
  const read = readEnvironment(content);
  const get = (name: string): string | undefined => read.get(name);
  const values = [...read].slice(0, mostVariables).map(([name, value]): Variable => {
    const short = name.slice(0, 100);
    return isShown(name) ? { name: short, value: withoutUserInfo(value).slice(0, 500), secret: false } : { name: short, secret: true };
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
    warnings: [...oldNames(read.keys()), ...mistakes(read)],
    credentials,
    ...(kesUrl === undefined ? {} : { kesUrl }),
    ...(defaultKey ? { defaultKey } : {}),
    ...(user && user.length <= longestUser ? { user } : {}),
  };
}
