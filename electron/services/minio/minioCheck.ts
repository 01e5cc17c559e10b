import type { MinioInput } from '../../../shared/minio.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import { refused } from '../../clients/s3/failures.ts';
import { seen } from '../../jobs/evidence.ts';
import type { StepContext } from '../../jobs/step.ts';
import { differences } from './environment.ts';
import { environmentFile, environmentOf } from './settings.ts';

/**
 * Asks MinIO: TLS, readiness, key manager, default key, an operation with that key, the settings it runs with, its users.
 * Health alone is no proof: it stays green while users are not loaded (minio.md 2.4).
 */
export async function checkMinio(context: StepContext, input: MinioInput): Promise<Evidence[]> {
  const evidence: Evidence[] = [];
  const note = (...what: Parameters<typeof seen>): void => void evidence.push(seen(...what));

  await withMinioAdmin(context, async (admin) => {
    const ready = await admin.ready(context.signal);
    note('minio', say('minioProofTls', { host: admin.host }));
    if (!ready.ready) {
      if (ready.code.startsWith('kms:')) throw refused({ ...ready, message: '', where: admin.host });
      throw new AppError('minioNotReady', { where: admin.host, code: ready.code });
    }
    note('minio', say('minioProofReady'), `/minio/health/ready ${ready.status}`);

    const kms = await admin.kmsStatus();
    if (kms.name !== 'MinIO KES') throw new AppError('minioKmsOther', { found: kms.name });
    const offline = kms.endpoints.filter(({ online }) => !online).map(({ url }) => url);
    if (offline.length > 0) throw new AppError('minioKesOffline', { endpoints: offline.join(', ') });
    note('minio', say('minioProofKms', { endpoints: kms.endpoints.map(({ url }) => url).join(', ') }), kms.raw);
    if (kms.defaultKey !== input.defaultKey) throw new AppError('minioKeyDiffers', { found: kms.defaultKey, wanted: input.defaultKey });
    note('minio', say('minioProofDefaultKey', { key: kms.defaultKey }));

    const key = await admin.keyStatus(input.defaultKey);
    if (key.error !== undefined) throw new AppError('minioKeyFails', { key: input.defaultKey, reason: key.error.slice(0, 300) });
    note('minio', say('minioProofKey', { key: input.defaultKey }), key.raw);

    const wanted = environmentOf(context, input, { user: '', password: '' });
    for (const node of await admin.nodes()) {
      const { changed, removed } = differences(node.environment, wanted);
      const names = [...changed, ...removed].join(', ');
      if (names !== '') throw new AppError('minioEnvironmentDiffers', { names, path: context.folder.path(environmentFile) });
    }
    note('minio', say('minioProofEnvironment'));

    if (!(await admin.usersLoaded())) throw new AppError('minioIamNotLoaded', { host: admin.host });
    note('minio', say('minioProofUsers'));
  });

  const mode = await context.folder.mode(environmentFile);
  if (mode !== undefined) {
    const shown = { mode: `0${mode.toString(8)}` };
    if (mode === 0o600) note('disk', say('minioProofMode', shown));
    else note('disk', say('minioProofModeWide', shown), undefined, 'warn');
  }
  return evidence;
}
