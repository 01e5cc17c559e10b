import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { wayOf } from '../../../shared/servers.ts';
import { configFor, kesFile, kesHere } from '../../clients/kes/nodeFiles.ts';
import type { StackAccess, StepContext } from '../../jobs/step.ts';
import { startNode } from './start.ts';

/**
 * Gives the KES that run here another AppRole secret ID: just its characters in the configuration are replaced, whatever
 * else stands there. KES reads it at its start, so it is stopped before and started after, one node after the other. Whoever
 * calls it has the file's turn (`jobs/fileTurns.ts`). Throws `kesSecretIdNotThere`.
 */
export async function replaceSecretId(
  access: StackAccess,
  from: Secret,
  to: Secret,
  run: Pick<StepContext, 'report' | 'signal'>,
): Promise<void> {
  const { stack, folder, servers, secrets } = access;
  const before = wayOf(stack, 'kes') === 'here' ? await folder.read(kesFile) : undefined;
  if (before === undefined || !(before.includes(to.reveal()) || before.includes(from.reveal())))
    throw new AppError('kesSecretIdNotThere', { path: folder.path(kesFile) });
  const text = before.replaceAll(from.reveal(), to.reveal());
  for (const one of kesHere(stack)) {
    await servers.stop('kes', one.node.id);
    await folder.write(one.file, configFor(stack, one.node, text), 0o600);
    await startNode({ stack, folder, servers, secrets, ...run }, one);
  }
}
