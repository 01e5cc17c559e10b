import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { kesAddress, kesFor } from '../../clients/kes/forStack.ts';
import type { StepContext } from '../../jobs/step.ts';
import { deathOf } from './death.ts';

const waitSeconds = 30;

/** Starts KES unless it runs, and returns when it answers the operator over mutual TLS. A death is told by its cause. */
export async function startKes(context: StepContext): Promise<{ started: boolean }> {
  const { servers, folder, signal, report } = context;
  const before = await servers.status('kes');
  const { url } = await kesAddress(context);
  try {
    await servers.start('kes', 'kes', { args: ['server', '--config', folder.path('kes/kes.yaml')] });
  } catch (error) {
    // The launcher says `serverDied`; the cause stands in what KES printed.
    if (isAppError(error, 'serverDied')) throw (await deathCause(context)) ?? error;
    throw error;
  }
  report({ note: say('kesStarting', { url }) });
  const end = Date.now() + waitSeconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    if (await answers(context)) return { started: before.state !== 'running' };
    if ((await servers.status('kes')).state !== 'running') throw (await deathCause(context)) ?? new AppError('kesDied', { reason: '-' });
    if (Date.now() > end) throw new AppError('kesSilent', { url, seconds: waitSeconds });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function answers(context: StepContext): Promise<boolean> {
  const kes = await kesFor(context, 'operator');
  try {
    await kes.status();
    return true;
  } catch (error) {
    if (isAppError(error, 'networkRefused') || isAppError(error, 'networkBroken') || isAppError(error, 'networkTimeout')) return false;
    throw error;
  } finally {
    await kes.close();
  }
}

async function deathCause(context: StepContext): Promise<AppError | undefined> {
  return deathOf(await context.servers.lastLines('kes', 20));
}
