import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { withMinioAdmin } from '../../../clients/minioAdmin/forStack.ts';
import { seen } from '../../../jobs/evidence.ts';
import { pause } from '../../../jobs/pause.ts';
import type { StackAccess } from '../../../jobs/step.ts';

const patienceSeconds = 60;

/** The key that MinIO uses where nobody names one. */
export function keyOf({ stack }: Pick<StackAccess, 'stack'>): string {
  return stack.minioClusters[0]?.defaultKey ?? '';
}

/** MinIO made a data key and opened it again, through KES. Throws `boardMinioKms`. */
export async function minioWorks(access: StackAccess, key: string): Promise<Evidence> {
  const { error, raw } = await withMinioAdmin(access, (admin) => admin.keyStatus(key));
  if (error !== undefined) throw new AppError('boardMinioKms', { key, reason: error.slice(0, 300) });
  return seen('minio', say('boardSeenMinio', { key }), raw);
}

/** Restarts MinIO through its admin API, but only one whose key manager works: another would not come back (minio.md 2.4). */
export async function restartMinio(access: StackAccess, signal: AbortSignal): Promise<void> {
  await minioWorks(access, keyOf(access));
  await withMinioAdmin(access, async (admin) => {
    await admin.restart();
    // It restarts about 250 ms after its answer.
    await pause(600, signal);
    const end = Date.now() + patienceSeconds * 1000;
    const isReady = (): Promise<boolean> =>
      admin.ready(signal, 2_000).then(
        ({ ready }) => ready,
        () => false,
      );
    while (!(await isReady()) && Date.now() < end) await pause(200, signal);
  });
}
