import { randomBytes } from 'node:crypto';
import { sentence } from '../../../shared/messages.ts';
import type { MinioInput } from '../../../shared/minio.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { say } from '../../../shared/text.ts';
import { readRoot } from '../../clients/s3/forStack.ts';
import type { LaunchSpec, StepContext } from '../../jobs/step.ts';
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

/** Everything that MinIO reads, for a credential that may still be a place holder. Throws `minioAbsent`. */
export function environmentOf(
  context: Pick<StepContext, 'stack' | 'folder'>,
  input: MinioInput,
  root: { user: string; password: string },
): Environment {
  const cluster = context.stack.minioClusters[0];
  const kes = context.stack.kesClusters.find(({ id }) => id === cluster?.kes);
  if (!cluster || !kes) throw new AppError('minioAbsent');
  return minioEnvironment({
    ...root,
    endpoints: kes.nodes.map(({ url }) => url),
    certFile: context.folder.path('certs/minio-client.crt'),
    keyFile: context.folder.path('certs/minio-client.key'),
    caPath: context.folder.path('certs/ca.crt'),
    defaultKey: input.defaultKey,
    autoEncryption: input.autoEncryption,
  });
}

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
