import { readdir } from 'node:fs/promises';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { MoveFound, MoveSource } from '../../../../shared/kesMove.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { reasonOf } from '../../../platform/atomicFile.ts';
import { type Deployment, inFolder, minioOf, readDeployment, readText } from './deployment.ts';
import { engineOf } from './keys.ts';
import { readOldStart } from './oldStart.ts';

const mostFiles = 300;

/** What lies in a folder of old files: which may be KES's configuration, who starts it, and MinIO's variables. Throws `kesMoveFile`. */
export async function lookAround(typed: string): Promise<MoveFound> {
  const folder = typed.trim().replace(/^~(?=$|[\\/])/, homedir());
  // An engine runs in a folder of its own, which nobody means.
  if (!isAbsolute(folder)) throw new AppError('kesMoveFile', { path: folder, reason: 'the whole path is needed' });
  const names = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new AppError('kesMoveFile', { path: folder, reason: reasonOf(error) }, { cause: error });
  });
  const found: MoveFound = { folder, configs: [], commands: [], environments: [], minioLogin: false, identity: false };
  const environments: { name: string; forKes: number }[] = [];
  for (const name of names
    .filter((entry) => entry.isFile())
    .slice(0, mostFiles)
    .map((entry) => entry.name)
    .sort()) {
    const text = await readText(join(folder, name)).catch(() => '');
    if (/\.ya?ml$/i.test(name) && /^(?:keys|keystore|policy)\s*:/m.test(text)) found.configs.push(name);
    const variables = /\.ya?ml$/i.test(name) ? [] : [...minioOf(text).keys()].filter((variable) => variable.startsWith('MINIO_'));
    if (variables.length > 0) environments.push({ name, forKes: variables.filter((one) => one.startsWith('MINIO_KMS_KES_')).length });
    const { line } = /\.(?:ya?ml|json|hcl|pem|crt|key)$/i.test(name) ? { line: '' } : readOldStart(text);
    if (line !== '') found.commands.push({ file: name, command: line });
  }
  // The history of a shell names some of them, too.
  found.environments.push(...environments.toSorted((a, b) => b.forKes - a.forKes).map(({ name }) => name));
  const [config] = found.configs;
  if (config === undefined) return found;
  const [command] = found.commands;
  const [minio] = found.environments;
  const source: MoveSource = {
    folder,
    config,
    command: '',
    way: 'here',
    ...(command ? { commandFile: command.file } : {}),
    ...(minio === undefined ? {} : { minio }),
  };
  try {
    return { ...found, ...(await factsOf(await readDeployment(source))) };
  } catch (error) {
    // The form says which file it is once it is chosen.
    if (isAppError(error)) return found;
    throw error;
  }
}

/** What a stack of these files would be made of. */
async function factsOf(deployment: Deployment): Promise<Partial<MoveFound>> {
  const { config, minio } = deployment;
  const kesUrl = kesUrlOf(deployment);
  const engine = engineOf(deployment);
  const vaultUrl = config.keyStore?.kind === 'vault' ? config.keyStore.values.endpoint : undefined;
  const defaultKey = minio.get('MINIO_KMS_KES_KEY_NAME');
  return {
    ...(kesUrl === undefined ? {} : { kesUrl }),
    ...(vaultUrl === undefined ? {} : { vaultUrl }),
    ...(engine === undefined ? {} : { engine: { mount: engine.mount, prefix: engine.prefix } }),
    ...(defaultKey === undefined ? {} : { defaultKey }),
    minioLogin: loginOf(minio) !== undefined,
    identity: (await identityOf(deployment)) !== undefined,
  };
}

/** Where KES answers under a name of its own certificate: an address that it listens on, else the first that the certificate names. */
export function kesUrlOf({ config, serverNames }: Pick<Deployment, 'config' | 'serverNames'>): string | undefined {
  const at = config.address.lastIndexOf(':');
  const [ip, port] = [config.address.slice(0, at).replace(/^\[|\]$/g, ''), config.address.slice(at + 1)];
  const names = serverNames.map((name) => name.replace(/^(?:DNS|IP Address):/, ''));
  const everywhere = ip === '' || /^0\.0\.0\.0$|^::$/.test(ip);
  const host = everywhere ? (names.find((name) => isIP(name) !== 0) ?? names[0]) : ip;
  return host === undefined || !/^\d+$/.test(port) ? undefined : `https://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** MinIO's root login in its variables, by the old or today's names. */
export function loginOf(minio: ReadonlyMap<string, string>): { user: string; password: string } | undefined {
  const user = minio.get('MINIO_ROOT_USER') ?? minio.get('MINIO_ACCESS_KEY');
  const password = minio.get('MINIO_ROOT_PASSWORD') ?? minio.get('MINIO_SECRET_KEY');
  return user && password ? { user, password } : undefined;
}

/** MinIO's client certificate and key for KES, where both can be read here. */
export async function identityOf({ minio, base }: Pick<Deployment, 'minio' | 'base'>): Promise<{ cert: string; key: string } | undefined> {
  const [cert, key] = [minio.get('MINIO_KMS_KES_CERT_FILE'), minio.get('MINIO_KMS_KES_KEY_FILE')];
  if (!cert || !key) return undefined;
  const read = (path: string): Promise<string> => readText(inFolder(base, path));
  return Promise.all([read(cert), read(key)]).then(
    ([certText, keyText]) => ({ cert: certText, key: keyText }),
    () => undefined,
  );
}
