import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { withKes } from '../../clients/kes/forStack.ts';
import { type KesHere, kesHere } from '../../clients/kes/nodeFiles.ts';
import type { StepContext } from '../../jobs/step.ts';
import { otherStoreOfKes } from '../../jobs/ways.ts';
import { deathOf } from './death.ts';
import { environmentOf } from './kesValues.ts';

const waitSeconds = 30;
/** A KES that ran while Vault was sealed asks it again every ten seconds only (kes.md 6, #37). */
const recoverySeconds = 12;

type Starting = Pick<StepContext, 'stack' | 'folder' | 'secrets' | 'servers' | 'signal' | 'report'>;

/**
 * Starts each KES of the cluster that runs here unless it runs, one after the other, and returns when each answers the operator over
 * mutual TLS. A death is told by its cause. `started`: their addresses.
 */
export async function startKes(context: Starting): Promise<{ started: string[] }> {
  const started: string[] = [];
  for (const one of kesHere(context.stack)) if (await startNode(context, one)) started.push(one.node.url);
  return { started };
}

/** The same for one of them. False: it ran. */
export async function startNode(context: Starting, { node, file }: KesHere): Promise<boolean> {
  const { servers, folder, signal, report } = context;
  const { id, url } = node;
  const state = async (): Promise<string> => (await servers.status('kes', id)).state;
  const before = await state();
  try {
    await servers.start('kes', 'kes', { args: ['server', '--config', folder.path(file)], env: environmentOf(context) }, id);
  } catch (error) {
    // The launcher says `serverDied`; the cause stands in what KES printed.
    if (isAppError(error, 'serverDied')) throw (await deathCause(context, id)) ?? error;
    throw error;
  }
  report({ note: say('kesStarting', { url }) });
  const begun = Date.now();
  const end = begun + waitSeconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    const answer = await seen(context, id).catch(async (error: unknown) => {
      // Where KES did not get its port, whoever has it answered.
      throw ((await state()) !== 'running' && (await deathCause(context, id))) || error;
    });
    // Where the key store stays away, the check that follows says so.
    if (answer === 'ready' || (answer === 'withoutKeyStore' && Date.now() > begun + recoverySeconds * 1000)) return before !== 'running';
    if ((await state()) !== 'running') throw (await deathCause(context, id)) ?? new AppError('kesDied', { reason: '-' });
    if (Date.now() > end) throw new AppError('kesSilent', { url, seconds: waitSeconds });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function seen(context: Starting, node: string): Promise<'ready' | 'withoutKeyStore' | 'nothing'> {
  try {
    const { keystore_unreachable } = await withKes(context, 'operator', (kes) => kes.status(), node);
    return keystore_unreachable ? 'withoutKeyStore' : 'ready';
  } catch (error) {
    if (isAppError(error, 'networkRefused') || isAppError(error, 'networkBroken') || isAppError(error, 'networkTimeout')) return 'nothing';
    throw error;
  }
}

async function deathCause(context: Starting, node: string): Promise<AppError | undefined> {
  return deathOf(await context.servers.lastLines('kes', 20, node), otherStoreOfKes(context.stack)?.kind);
}
