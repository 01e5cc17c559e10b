import type { MinioInput } from '../../../shared/minio.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { wayOf } from '../../../shared/servers.ts';
import type { MinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import type { StepContext } from '../../jobs/step.ts';
import { kesOf } from '../../jobs/ways.ts';
import { differences, type Environment } from './environment.ts';
import { kmsIfAny } from './restart.ts';
import { environmentOf } from './settings.ts';

/** How a MinIO that is not here stands to what is wanted of it. */
export interface Standing {
  /** It answers its admin API. */
  there: boolean;
  /** Variables that its keeper has to set. Empty: it works as wanted. */
  lines: Environment;
  /** The file that it reads again at each restart, also at one through the admin API. Absent: a real restart of the service is needed. */
  configFile?: string;
}

/** What a MinIO is seen by while it is being started or restarted. */
export const awayCodes: readonly string[] = ['networkRefused', 'networkBroken', 'networkTimeout', 'minioNotReady'];

const auto = 'MINIO_KMS_AUTO_ENCRYPTION';

/**
 * Compares by what the server says of itself. One that others run may know its KES by another name than we do: as long
 * as it works there, only what differs from the wish is asked for. Throws `minioKesUnknown`, `minioKmsOther`, and what forbids the look.
 */
export async function standingOf(context: StepContext, input: MinioInput): Promise<Standing> {
  const all = kesOf(context.stack) && environmentOf(context, input, { user: '', password: '' });
  try {
    return await withMinioAdmin(context, async (admin) => {
      await requireNoOther(admin);
      const nodes = await admin.nodes();
      const configFile = nodes[0]?.environment.MINIO_CONFIG_ENV_FILE;
      const rest = { there: true, ...(configFile === undefined ? {} : { configFile }) };
      const names = new Set(nodes.flatMap(({ environment }) => namesOf(environment, input, all, wayOf(context.stack, 'minio') === 'api')));
      if (names.size === 0) return { ...rest, lines: new Map() };
      if (!all) throw new AppError('minioKesUnknown', { stack: context.stack.name });
      return { ...rest, lines: new Map([...all].filter(([name]) => names.has(name))) };
    });
  } catch (error) {
    // Before its keeper has put it up, a MinIO that is handed over is not there, and does not know the new credential yet.
    const notYet = [...awayCodes, 'minioCredentialMissing', 'minioCredentialRefused'];
    if (wayOf(context.stack, 'minio') !== 'handedOver' || !isAppError(error) || !notYet.includes(error.code)) throw error;
    if (!all) throw new AppError('minioKesUnknown', { stack: context.stack.name });
    return { there: false, lines: all };
  }
}

/** Two families of variables at once end a start of MinIO for good (minio.md 2.5). Throws `minioKmsOther`. */
async function requireNoOther(admin: MinioAdmin): Promise<void> {
  const kms = await kmsIfAny(admin);
  if (kms !== undefined && kms.name !== 'MinIO KES') throw new AppError('minioKmsOther', { found: kms.name });
}

/** The variables that one node needs to have set. */
function namesOf(running: Readonly<Record<string, string>>, input: MinioInput, all: Environment | undefined, theirs: boolean): string[] {
  const wanted = new Map([
    ...(all ?? []),
    ['MINIO_KMS_KES_KEY_NAME', input.defaultKey],
    // Removing it needs a stop; turning it off is a line like any other.
    ...(input.autoEncryption || running[auto] === 'on' ? ([[auto, input.autoEncryption ? 'on' : 'off']] as const) : []),
  ] as const);
  if (!theirs || running.MINIO_KMS_KES_ENDPOINT === undefined) return differences(running, wanted).changed;
  return ['MINIO_KMS_KES_KEY_NAME', auto].filter((name) => wanted.has(name) && wanted.get(name) !== running[name]);
}
