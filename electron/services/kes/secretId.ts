import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { wayOf } from '../../../shared/servers.ts';
import { sharedFiles } from '../../jobs/fileTurns.ts';
import type { StackAccess, StepContext } from '../../jobs/step.ts';
import { startKes } from './start.ts';

const file = sharedFiles.kes;

/**
 * Gives a KES that runs here another AppRole secret ID: just its characters in the configuration are replaced, whatever
 * else stands there. KES reads it at its start, so it is stopped before and started after. Whoever calls it has the file's turn
 * (`jobs/fileTurns.ts`). Throws `kesSecretIdNotThere`.
 */
export async function replaceSecretId(
  access: StackAccess,
  from: Secret,
  to: Secret,
  run: Pick<StepContext, 'report' | 'signal'>,
): Promise<void> {
  const { stack, folder, servers, secrets } = access;
  const before = wayOf(stack, 'kes') === 'here' ? await folder.read(file) : undefined;
  if (before === undefined || !(before.includes(to.reveal()) || before.includes(from.reveal())))
    throw new AppError('kesSecretIdNotThere', { path: folder.path(file) });
  await servers.stop('kes');
  await folder.write(file, before.replaceAll(from.reveal(), to.reveal()), 0o600);
  await startKes({ stack, folder, servers, secrets, ...run });
}
