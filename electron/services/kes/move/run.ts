import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { withKes } from '../../../clients/kes/forStack.ts';
import { inFileTurn } from '../../../jobs/fileTurns.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import { pause } from '../../../jobs/pause.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { tell } from '../../../jobs/tell.ts';
import { remember } from '../config/apply.ts';
import { type Deployment, readDeployment } from './deployment.ts';
import { handOverNew, waitHandedOver } from './handed.ts';
import { lookIntoStore } from './keys.ts';
import { nextConfig } from './next.ts';
import { whoAnswers, withOldKes } from './oldServer.ts';
import { appErrorIsUnknown, keepPlan } from './plan.ts';
import { prepare } from './prepare.ts';
import { openTests, proveTrial, proveWriting, readAgain } from './proofs.ts';
import { type MoveState, requireMove, writeMove } from './state.ts';
import { orBack, putOldBack, setWay, startNew, switchOver, writeNewFile } from './switchOver.ts';
import { trialOf } from './trial.ts';

/** Steps that the three jobs count. */
export const steps = { trial: 7, cross: 3, back: 3 } as const;

/** The key that MinIO uses by default, else the first that was tried. */
function keyOf(access: StackAccess, { tests }: MoveState): string {
  const wanted = access.stack.minioClusters[0]?.defaultKey;
  return tests.find(({ key }) => key === wanted)?.key ?? tests[0]?.key ?? wanted ?? '';
}

/** Up to the line. Can be run again after a kill anywhere: what answers at the address says how far it came. */
export async function moveToTrial(access: StackAccess, abandon: readonly string[], report: Report, signal: AbortSignal): Promise<object> {
  let state = await requireMove(access.folder);
  if (state.phase === 'crossing' || state.phase === 'moved') throw new AppError('kesMoveCrossed', { at: state.crossedAt ?? '-' });
  if (state.phase === 'goingBack') await moveBack(access, report, signal);
  state = await requireMove(access.folder);
  const deployment = await readDeployment(state.source);
  const full = (await nextConfig(access, deployment)).config;
  const answers = await whoAnswers(access, deployment);
  const onTheWay = (state.phase === 'switching' || state.phase === 'trial') && state.tests.length > 0;
  if (!onTheWay || answers === 'old') state = await prepare(access, state, deployment, abandon, report, signal);
  if (!onTheWay || answers !== 'new') state = await switchOver(access, state, deployment, { trial: trialOf(full), full }, report, signal);
  report({ done: 6, note: say('kesMoveProving') });
  const prove = async (): Promise<Evidence[]> => [
    ...state.evidence.filter(({ from }) => from === 'vault' || from === 'disk'),
    ...(await proveTrial(access, state.tests, keyOf(access, state))),
    ...(await readAgain(access, state.objects, signal)),
  ];
  const evidence = await orBack(access, state, deployment, signal, prove);
  await writeMove(access.folder, { ...(await requireMove(access.folder)), phase: 'trial', evidence });
  await access.journal(say('kesMoveJournalTrial'));
  report({ done: steps.trial });
  return { phase: 'trial' };
}

/** Over the line: that it is crossed is on disk before the new server may write, so that no kill leaves it open. */
export async function cross(access: StackAccess, report: Report, signal: AbortSignal): Promise<object> {
  let state = await requireMove(access.folder);
  if (state.phase === 'moved') return { phase: 'moved' };
  if (state.phase !== 'trial' && state.phase !== 'crossing') throw new AppError('kesMoveNotTried');
  const deployment = await readDeployment(state.source);
  const full = (await nextConfig(access, deployment)).config;
  if ((await whoAnswers(access, deployment)) === 'old') throw new AppError('kesMoveOldAnswers');
  if (state.phase === 'trial') {
    // Once more right before it, on this very server.
    await proveTrial(access, state.tests, keyOf(access, state));
    state = await writeMove(access.folder, { ...state, phase: 'crossing', crossedAt: new Date().toISOString() });
    await access.journal(say('kesMoveJournalCrossed'));
  }
  report({ done: 1, note: say('kesMoveCrossing') });
  await letWrite(access, state, deployment, full, report, signal);
  report({ done: 2, note: say('kesMoveProving') });
  const names = (await lookIntoStore(access, deployment).catch(appErrorIsUnknown))?.names;
  const evidence = [
    ...state.evidence.filter(({ from }) => from !== 'minio'),
    ...(await proveWriting(access, state.tests, keyOf(access, state), names, signal)),
    ...(await readAgain(access, state.objects, signal)),
  ];
  await remember(access, full);
  await keepPlan(access, state);
  await writeMove(access.folder, { ...state, phase: 'moved', evidence });
  await access.journal(say('kesMoveJournalMoved'));
  report({ done: steps.cross });
  return { phase: 'moved' };
}

/** The full configuration in the trial's place: read again at once where the system has that signal, else by a restart. */
async function letWrite(
  access: StackAccess,
  state: MoveState,
  deployment: Deployment,
  full: Awaited<ReturnType<typeof nextConfig>>['config'],
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const key = keyOf(access, state);
  if (state.source.way === 'handedOver') {
    await handOverNew(access, deployment, { trial: trialOf(full), full });
    while (!(await mayWrite(access, key))) {
      report({ note: say('kesMoveWaitFull') });
      await pause(1_000, signal);
    }
    return;
  }
  await inFileTurn(access.folder, 'kes', () => letWriteHere(access, key, deployment, full, signal));
}

async function letWriteHere(
  access: StackAccess,
  key: string,
  deployment: Deployment,
  full: Awaited<ReturnType<typeof nextConfig>>['config'],
  signal: AbortSignal,
): Promise<void> {
  await writeNewFile(access, full, deployment);
  if ((await access.servers.status('kes')).state !== 'running') return startNew(access, deployment, signal);
  if (await tell(access, 'kes')) {
    for (let tries = 0; tries < 40; tries += 1) {
      if (await mayWrite(access, key)) return;
      await pause(100, signal);
    }
  }
  await access.servers.stop('kes');
  await startNew(access, deployment, signal);
  if (!(await mayWrite(access, key))) throw new AppError('kesNotAuthorised', { host: 'KES', route: `/v1/key/generate/${key}` });
}

async function mayWrite(access: StackAccess, key: string): Promise<boolean> {
  return withKes(access, 'operator', (kes) => kes.generate(key)).then(
    () => true,
    (error: unknown) => {
      if (isAppError(error, 'kesNotAuthorised') || isAppError(error, 'networkRefused') || isAppError(error, 'networkBroken')) return false;
      throw error;
    },
  );
}

/** The old server again, proven by what it sealed itself. Throws `kesMoveNoWayBack` once the new one may have written. */
export async function moveBack(access: StackAccess, report: Report, signal: AbortSignal): Promise<object> {
  let state = await requireMove(access.folder);
  if (state.phase === 'crossing' || state.phase === 'moved') throw new AppError('kesMoveNoWayBack', { at: state.crossedAt ?? '-' });
  if (state.phase === 'planned' || state.phase === 'prepared') return { phase: state.phase };
  const deployment = await readDeployment(state.source);
  state = await writeMove(access.folder, { ...state, phase: 'goingBack' });
  report({ done: 0, note: say('kesMoveGoingBack') });
  if (state.source.way === 'handedOver') await waitHandedOver(access, deployment, 'old', report, signal);
  else if ((await whoAnswers(access, deployment)) !== 'old') {
    await access.servers.stop('kes');
    if (state.source.oldProgram === undefined) await waitHandedOver(access, deployment, 'old', report, signal);
    else state = await putOldBack(access, state, deployment, signal);
  }
  // Whoever started it: it is its keeper's again.
  await setWay(access, 'api');
  report({ done: 1, note: say('kesMoveProving') });
  await withOldKes(access, deployment, (kes) =>
    openTests(state.tests, (key, ciphertext, context) => kes.decrypt(key, ciphertext, context)),
  );
  const evidence = await readAgain(access, state.objects, signal);
  await writeMove(access.folder, { ...(await requireMove(access.folder)), phase: 'prepared', backAt: new Date().toISOString(), evidence });
  await access.journal(say('kesMoveJournalBack'));
  report({ done: steps.back });
  return { phase: 'prepared' };
}
