import { randomBytes } from 'node:crypto';
import { sentence } from '../../../shared/messages.ts';
import type { MinioInput } from '../../../shared/minio.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { caFileOf } from '../../../shared/servers.ts';
import { say } from '../../../shared/text.ts';
import { minioKeyFile } from '../../clients/kes/forStack.ts';
import { readRoot } from '../../clients/s3/forStack.ts';
import { hostPath } from '../../jobs/handover.ts';
import type { LaunchSpec, StepContext } from '../../jobs/step.ts';
import { kesOf } from '../../jobs/ways.ts';
import { type Environment, minioEnvironment } from './environment.ts';

export const environmentFile = 'minio/minio.env';

/** Takes the sealed root credential, or makes and seals one first. Throws `storeNotDurable`. */
export async function ensureRoot(context: StepContext): Promise<{ user: string; password: string; made: boolean }> {
  const known = readRoot(context);
  if (known) return { ...known, made: false };
  context.secrets.requireDurable(sentence('en', say('minioSecret')));
  const made = { user: `sealdeck-${randomBytes(4).toString('hex')}`, password: randomBytes(30).toString('base64url') };
  await context.secrets.set('minio.root', new Secret(JSON.stringify(made)));
  return { ...made, made: true };
}

/** Names of MinIO's files for KES in the folder of another host. */
export const handedFiles = { cert: 'kes-client.crt', key: 'kes-client.key', kesCa: 'kes-ca.crt', environment: 'minio.env' } as const;
/** Where the files go on the host of a MinIO that others run, unless they choose another folder. */
const usualFolder = '/etc/minio/kes';

/** The folder of its own host in which MinIO reads its files. Undefined: MinIO runs here. */
export function hostFolderOf({ stack }: Pick<StepContext, 'stack'>, input: MinioInput): string | undefined {
  const node = stack.minioClusters[0]?.nodes[0];
  if (node?.way === 'handedOver') return node.hostFolder;
  return node?.way === 'api' ? (input.folder ?? usualFolder) : undefined;
}

/** Everything that MinIO reads, for a credential that may still be a place holder. Throws `minioAbsent`, `minioKesUnknown`. */
export function environmentOf(
  context: Pick<StepContext, 'stack' | 'folder'>,
  input: MinioInput,
  root: { user: string; password: string },
): Environment {
  const { stack, folder } = context;
  const kes = kesOf(stack);
  if (!stack.minioClusters[0]) throw new AppError('minioAbsent');
  if (!kes) throw new AppError('minioKesUnknown', { stack: stack.name });
  const away = hostFolderOf(context, input);
  const certFile = stack.identities.find(({ purpose }) => purpose === 'minio')?.certFile ?? 'certs/minio-client.crt';
  const caFile = caFileOf(stack, kes.ca);
  const caPath = caFile && (away === undefined ? folder.path(caFile) : hostPath(away, handedFiles.kesCa));
  return minioEnvironment({
    ...root,
    endpoints: kes.nodes.map(({ url }) => url),
    certFile: away === undefined ? folder.path(certFile) : hostPath(away, handedFiles.cert),
    keyFile: away === undefined ? folder.path(minioKeyFile) : hostPath(away, handedFiles.key),
    ...(caPath === undefined ? {} : { caPath }),
    defaultKey: input.defaultKey,
    autoEncryption: input.autoEncryption,
  });
}

/** Address of the first node. Throws `minioAbsent`. */
export function minioUrl(context: Pick<StepContext, 'stack'>): string {
  const url = context.stack.minioClusters[0]?.nodes[0]?.url;
  if (url === undefined) throw new AppError('minioAbsent');
  return url;
}

/** Command line and environment of the process: paths only. */
export function launchSpec(context: Pick<StepContext, 'stack' | 'folder' | 'inputs'>): LaunchSpec {
  const { host, hostname } = new URL(minioUrl(context));
  const { folder, inputs } = context;
  return {
    args: [
      'server',
      '--certs-dir',
      folder.path('minio/certs'),
      '--address',
      host,
      '--console-address',
      `${hostname}:${inputs.place.ports.minioConsole}`,
      folder.path('minio/data'),
    ],
    env: { MINIO_CONFIG_ENV_FILE: folder.path(environmentFile) },
  };
}
