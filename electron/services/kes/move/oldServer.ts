import { AppError } from '../../../../shared/rpc/errors.ts';
import { identityFor, kesAddress } from '../../../clients/kes/forStack.ts';
import { createOldKes, type Generation, type OldKes } from '../../../clients/kes/oldClient.ts';
import { pause } from '../../../jobs/pause.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { endProcess, seeOurs, startDetached } from '../../../platform/processes.ts';
import type { Deployment } from './deployment.ts';
import { oldArguments } from './oldStart.ts';
import { type MoveState, writeMove } from './state.ts';

/** Asks whoever answers at KES's address, known by the old certificate. Closes afterwards. Throws `kesIdentityMissing`. */
export async function withOldKes<T>(
  access: StackAccess,
  { serverCert }: Pick<Deployment, 'serverCert'>,
  use: (kes: OldKes) => Promise<T>,
): Promise<T> {
  const [{ url }, identity] = await Promise.all([kesAddress(access), identityFor(access, 'operator')]);
  if (identity === undefined) throw new AppError('kesIdentityMissing', { identity: 'MinIO' });
  const kes = createOldKes({ url, server: serverCert, ...identity });
  try {
    return await use(kes);
  } finally {
    await kes.close();
  }
}

/** Which generation answers at KES's address. */
export function whoAnswers(access: StackAccess, deployment: Pick<Deployment, 'serverCert'>): Promise<Generation> {
  return withOldKes(access, deployment, (kes) => kes.generation());
}

/** Waits until that generation answers, or none does. Undefined: not in time. */
export async function waitFor(
  access: StackAccess,
  deployment: Deployment,
  wanted: Generation,
  { seconds, signal, died }: { seconds: number; signal: AbortSignal; died?: () => Promise<boolean> },
): Promise<Generation | undefined> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    const answers = await whoAnswers(access, deployment);
    if (answers === wanted) return answers;
    if (Date.now() > end || (await died?.())) return undefined;
    await pause(100, signal);
  }
}

/**
 * Starts the old program as its command line says, in its folder; it outlives the engine and is known by its record. Throws
 * `kesMoveNoOldProgram`, `kesMoveOldSilent`.
 */
export async function startOld(access: StackAccess, deployment: Deployment, state: MoveState, signal: AbortSignal): Promise<MoveState> {
  const { oldProgram } = state.source;
  const args = oldArguments(deployment.start.command, deployment.configFile);
  if (oldProgram === undefined || args === undefined) throw new AppError('kesMoveNoOldProgram', { command: deployment.start.line || '-' });
  let now = state;
  await startDetached({
    binary: oldProgram,
    args,
    env: Object.fromEntries(deployment.environment),
    cwd: deployment.base,
    logFile: access.folder.path('logs/kes-old.log'),
    record: async (identity) => {
      now = await writeMove(access.folder, { ...state, old: { pid: identity.pid, startTime: identity.startTime } });
    },
  });
  const died = async (): Promise<boolean> => now.old === undefined || (await seeOurs(now.old)) === undefined;
  if ((await waitFor(access, deployment, 'old', { seconds: 20, signal, died })) === undefined)
    throw new AppError('kesMoveOldSilent', { log: access.folder.path('logs/kes-old.log') });
  return now;
}

/** Ends the old server that we started. False: it is not ours. */
export async function endOld(state: MoveState): Promise<boolean> {
  if (state.old === undefined || (await seeOurs(state.old)) === undefined) return false;
  if (!(await endProcess(state.old))) throw new AppError('serverNotStopped', { kind: 'kes', pid: state.old.pid });
  return true;
}
