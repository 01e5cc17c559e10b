import { X509Certificate } from 'node:crypto';
import { basename, isAbsolute, join } from 'node:path';
import type { MoveSource } from '../../../../shared/kesMove.ts';
import { keyStoreShapes } from '../../../../shared/keyStores.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import { readEnvironment } from '../../../clients/minioAdmin/environmentFile.ts';
import { hostPath } from '../../../jobs/handover.ts';
import { reasonOf } from '../../../platform/atomicFile.ts';
import { readRegularFile } from '../../../platform/regularFile.ts';
import type { KesConfig, KesReading } from '../config/model.ts';
import { readKesConfig } from '../config/read.ts';
import { type OldStart, readOldStart } from './oldStart.ts';

const mostBytes = 1_000_000;

/** An old deployment as its files say, read together: the configuration, the command line, both environments. */
export interface Deployment {
  configFile: string;
  /** As it lies there. Holds secrets. */
  text: string;
  reading: KesReading;
  start: OldStart;
  /** Of systemd, where its unit file is what says how it was started. */
  unit?: string;
  /** Of the old server, with the files that its unit names. Holds secrets. */
  environment: ReadonlyMap<string, string>;
  /** Where the old server was started, on its host. */
  base: string;
  /** What today's server shall do: paths made absolute by `base`. */
  config: KesConfig;
  /** By the `${NAME}` that stands for each in `config`. */
  secrets: ReadonlyMap<string, Secret>;
  /** PEM of KES's own certificate. */
  serverCert: string;
  /** `DNS:…`, `IP Address:…`. */
  serverNames: string[];
  minio: ReadonlyMap<string, string>;
}

/** Throws `kesMoveFile` for what is not there or too large, `kesMoveCertificate`, and what the reader throws. */
export async function readDeployment(source: MoveSource): Promise<Deployment> {
  const configFile = inFolder(source.folder, source.config);
  const text = await readText(configFile);
  const start = readOldStart(
    source.commandFile === undefined ? source.command : await readText(inFolder(source.folder, source.commandFile)),
  );
  const base = source.workingFolder ?? source.folder;
  const environment = new Map(start.environment);
  for (const file of start.environmentFiles) {
    // What a unit names lies elsewhere on that host; here it may have been put beside the rest.
    const content = await readText(join(source.folder, basename(file))).catch(() => readText(file).catch(() => ''));
    for (const [name, value] of readEnvironment(content)) environment.set(name, value);
  }
  // The new file holds its secrets in their places, too: it is the server's own, 0600.
  const reading = readKesConfig(text, {
    secretsBelong: true,
    environment: [...environment.keys()],
    ...(start.line === '' ? {} : { commandLine: start.line }),
  });
  const config = absolutePaths(reading.config, base);
  const certFile = here(source, config.tls.cert, base);
  const serverCert = await readText(certFile);
  const minio = source.minio === undefined ? new Map<string, string>() : minioOf(await readText(inFolder(source.folder, source.minio)));
  return {
    configFile,
    text,
    reading,
    start,
    ...(source.commandFile?.endsWith('.service') ? { unit: basename(source.commandFile) } : {}),
    environment,
    base,
    config,
    secrets: new Map([...[...environment].map(([name, value]): [string, Secret] => [name, new Secret(value)]), ...reading.secrets]),
    serverCert,
    serverNames: namesOf(serverCert, certFile),
    minio,
  };
}

/** MinIO's variables of an environment file, of a shell's exports or of a unit. */
export function minioOf(text: string): ReadonlyMap<string, string> {
  return /^\s*\[Service\]/m.test(text) ? readOldStart(text).environment : readEnvironment(text);
}

/** The place in the folder of a path as a person writes it. */
export function inFolder(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

/** Where a file of the server's host can be read here: as it stands, or beside the other old files. */
function here(source: MoveSource, path: string, base: string): string {
  const below = path.startsWith(`${base.replace(/[\\/]+$/, '')}/`) ? path.slice(base.replace(/[\\/]+$/, '').length + 1) : undefined;
  if (source.way === 'here' || below === undefined) return source.way === 'here' ? path : join(source.folder, basename(path));
  return join(source.folder, below);
}

export async function readText(path: string): Promise<string> {
  try {
    return (await readRegularFile(path, mostBytes)).toString('utf8');
  } catch (error) {
    throw new AppError('kesMoveFile', { path, reason: reasonOf(error) }, { cause: error });
  }
}

/** Paths counted from the old server's working folder, as it did itself; `${NAME}` stays. */
export function absolutePaths(config: KesConfig, base: string): KesConfig {
  const full = (path: string): string =>
    path === '' || path.startsWith('$' + '{') || isAbsolute(path) || /^[A-Za-z]:[\\/]/.test(path)
      ? path
      : hostPath(base, path.replace(/^\.[\\/]/, ''));
  const { tls, keyStore } = config;
  const isPath = (of: string): boolean =>
    keyStore !== undefined && keyStoreShapes[keyStore.kind].fields.some(({ path, type }) => path === of && type === 'path');
  return {
    ...config,
    tls: { ...tls, key: full(tls.key), cert: full(tls.cert), ...(tls.ca === undefined ? {} : { ca: full(tls.ca) }) },
    ...(keyStore === undefined
      ? {}
      : {
          keyStore: {
            ...keyStore,
            values: Object.fromEntries(Object.entries(keyStore.values).map(([path, value]) => [path, isPath(path) ? full(value) : value])),
          },
        }),
  };
}

/** The certificate's names. Throws `kesMoveCertificate`. */
function namesOf(pem: string, path: string): string[] {
  try {
    return (new X509Certificate(pem).subjectAltName ?? '').split(', ').filter((name) => name !== '');
  } catch (error) {
    throw new AppError('kesMoveCertificate', { path, reason: reasonOf(error) }, { cause: error });
  }
}
