import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { kesAddress, withKes } from '../../clients/kes/forStack.ts';
import type { StepContext } from '../../jobs/step.ts';
import { otherStoreOfKes } from '../../jobs/ways.ts';
import { deathOf } from './death.ts';
import { environmentOf } from './kesValues.ts';

const waitSeconds = 30;
/** A KES that ran while Vault was sealed asks it again every ten seconds only (kes.md 6, #37). */
const recoverySeconds = 12;

type Starting = Pick<StepContext, 'stack' | 'folder' | 'secrets' | 'servers' | 'signal' | 'report'>;

/** Starts KES unless it runs, and returns when it answers the operator over mutual TLS. A death is told by its cause. */
export async function startKes(context: Starting): Promise<{ started: boolean }> {
  const { servers, folder, signal, report } = context;
  const before = await servers.status('kes');
  const { url } = await kesAddress(context);
  try {
    await servers.start('kes', 'kes', {
      args: ['server', '--config', folder.path('kes/kes.yaml')],
      env: environmentOf(context),
    });
  } catch (error) {
    // The launcher says `serverDied`; the cause stands in what KES printed.
    if (isAppError(error, 'serverDied')) throw (await deathCause(context)) ?? error;
    throw error;
  }
  report({ note: say('kesStarting', { url }) });
  const begun = Date.now();
  const end = begun + waitSeconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    const answer = await seen(context).catch(async (error: unknown) => {
      // Where KES did not get its port, whoever has it answered.
      throw ((await servers.status('kes')).state !== 'running' && (await deathCause(context))) || error;
    });
    // Where the key store stays away, the check that follows says so.
    if (answer === 'ready' || (answer === 'withoutKeyStore' && Date.now() > begun + recoverySeconds * 1000))
      return { started: before.state !== 'running' };
    if ((await servers.status('kes')).state !== 'running') throw (await deathCause(context)) ?? new AppError('kesDied', { reason: '-' });
    if (Date.now() > end) throw new AppError('kesSilent', { url, seconds: waitSeconds });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function seen(context: Starting): Promise<'ready' | 'withoutKeyStore' | 'nothing'> {
  try {
    const { keystore_unreachable } = await withKes(context, 'operator', (kes) => kes.status());
    return keystore_unreachable ? 'withoutKeyStore' : 'ready';
  } catch (error) {
    if (isAppError(error, 'networkRefused') || isAppError(error, 'networkBroken') || isAppError(error, 'networkTimeout')) return 'nothing';
    throw error;
  }
}

async function deathCause(context: Starting): Promise<AppError | undefined> {
  return deathOf(await context.servers.lastLines('kes', 20), otherStoreOfKes(context.stack)?.kind);
}
