import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import { kesAddress } from '../../../clients/kes/forStack.ts';
import { inFileTurn, sharedFiles } from '../../../jobs/fileTurns.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import { pause } from '../../../jobs/pause.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { kesOf } from '../../../jobs/ways.ts';
import type { KesConfig } from '../config/model.ts';
import { deathOf } from '../death.ts';
import type { Deployment } from './deployment.ts';
import { handOverNew, waitHandedOver } from './handed.ts';
import { fileOf } from './next.ts';
import { endOld, startOld, waitFor, whoAnswers } from './oldServer.ts';
import { type MoveState, writeMove } from './state.ts';

/** Writes the new server's file, 0600, with its secrets. Whoever calls it has the file's turn. */
export async function writeNewFile(access: StackAccess, config: KesConfig, deployment: Deployment): Promise<void> {
  await access.folder.makeFolder('kes', 0o700);
  await access.folder.write(sharedFiles.kes, fileOf(config, deployment), 0o600);
}

/** Ends the old server, or waits until its keeper did. Afterwards nobody answers at its address. */
export async function stopOld(
  access: StackAccess,
  state: MoveState,
  deployment: Deployment,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  if (await endOld(state)) await access.journal(say('kesMoveJournalOldStopped', { pid: state.old?.pid ?? 0 }));
  const { url } = await kesAddress(access);
  for (;;) {
    const answers = await whoAnswers(access, deployment);
    if (answers === 'none') return;
    if (answers === 'other') throw new AppError('kesMoveOther', { url });
    report({ note: say('kesMoveWaitStop', { url, command: deployment.start.line.slice(0, 200) || '-' }) });
    await pause(500, signal);
  }
}

/** Starts the new server here on the old one's address. Throws what it died of. */
export async function startNew(access: StackAccess, deployment: Deployment, signal: AbortSignal): Promise<void> {
  await setWay(access, 'here');
  try {
    await access.servers.start('kes', 'kes', { args: ['server', '--config', access.folder.path(sharedFiles.kes)] });
  } catch (error) {
    if (!isAppError(error, 'serverDied')) throw error;
    throw deathOf(await access.servers.lastLines('kes', 20)) ?? error;
  }
  const died = async (): Promise<boolean> => (await access.servers.status('kes')).state !== 'running';
  if ((await waitFor(access, deployment, 'new', { seconds: 30, signal, died })) === undefined)
    throw (
      deathOf(await access.servers.lastLines('kes', 20)) ?? new AppError('kesSilent', { url: (await kesAddress(access)).url, seconds: 30 })
    );
}

/** KES of this stack runs here from now on, or is its keeper's again. */
export async function setWay(access: StackAccess, way: 'here' | 'api'): Promise<void> {
  const id = kesOf(access.stack)?.nodes[0]?.id;
  if (kesOf(access.stack)?.nodes[0]?.way === way) return;
  await access.update((stack) => ({
    ...stack,
    kesClusters: stack.kesClusters.map((cluster) => ({
      ...cluster,
      nodes: cluster.nodes.map((node) => (node.id === id ? { ...node, way } : node)),
    })),
  }));
}

/** Stops the old one and brings the new one up with that configuration. A new one that does not come up puts the old one back. */
export async function switchOver(
  access: StackAccess,
  state: MoveState,
  deployment: Deployment,
  config: { trial: KesConfig; full: KesConfig },
  report: Report,
  signal: AbortSignal,
): Promise<MoveState> {
  const now = await writeMove(access.folder, { ...state, phase: 'switching' });
  if (state.source.way === 'handedOver') {
    await handOverNew(access, deployment, config);
    await waitHandedOver(access, deployment, 'new', report, signal);
    return now;
  }
  await inFileTurn(access.folder, 'kes', () => writeNewFile(access, config.trial, deployment));
  report({ done: 4, note: say('kesMoveStoppingOld') });
  await stopOld(access, now, deployment, report, signal);
  report({ done: 5, note: say('kesMoveStartingNew') });
  await orBack(access, now, deployment, signal, () => startNew(access, deployment, signal));
  return now;
}

/** Work of the new server while there is a way back: what fails puts the old one back, where Sealdeck can, and says so. */
export async function orBack<T>(
  access: StackAccess,
  state: MoveState,
  deployment: Deployment,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Whoever cancels, or keeps the new server, decides what comes next.
    if (!isAppError(error) || error.code === 'cancelled' || state.source.way === 'handedOver') throw error;
    const back = await putOldBack(access, state, deployment, signal).then(
      () => true,
      (failed: unknown) => {
        if (isAppError(failed)) return false;
        throw failed;
      },
    );
    const reason = `${error.code} ${error.details.reason ?? error.details.port ?? error.details.name ?? ''}`.trim();
    throw new AppError(
      back ? 'kesMoveNewFailedBack' : 'kesMoveNewFailed',
      { reason, command: deployment.start.line || '-' },
      { cause: error },
    );
  }
}

/** Ends the new server and starts the old one, if its program is known. Throws `kesMoveNoOldProgram`. */
export async function putOldBack(access: StackAccess, state: MoveState, deployment: Deployment, signal: AbortSignal): Promise<MoveState> {
  await access.servers.stop('kes');
  await setWay(access, 'api');
  await waitFor(access, deployment, 'none', { seconds: 10, signal });
  const now = await startOld(access, deployment, state, signal);
  return writeMove(access.folder, { ...now, phase: 'prepared', backAt: new Date().toISOString() });
}
