import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { BoardPlan, SwapState } from '../../../../shared/certificateBoard.ts';
import { keyType, subject } from '../../../../shared/certificates.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { createKesClient } from '../../../clients/kes/client.ts';
import { kesAddress } from '../../../clients/kes/forStack.ts';
import { kesFile, writeKesFiles } from '../../../clients/kes/nodeFiles.ts';
import { seen } from '../../../jobs/evidence.ts';
import { inFileTurn } from '../../../jobs/fileTurns.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import { pause } from '../../../jobs/pause.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { tell } from '../../../jobs/tell.ts';
import { identityOf } from '../../../platform/certificateFacts.ts';
import { readSealed } from '../../../platform/sealedJson.ts';
import { makeCertificate, makeKey } from '../build.ts';
import { keyTypeOf } from '../inspect.ts';
import { certificateMode, keyMode, minioIdentityFile, readOwn, withMinioIdentity } from '../pairs.ts';
import { boardCertificateOf } from './facts.ts';
import { canSwap } from './identities.ts';
import { keyOf, minioWorks } from './minioKeys.ts';
import { allowBeside, forbid } from './policyFile.ts';
import { type Renewal, renewalOf } from './renewal.ts';
import { forgetSwap, readSwap, writeSwap } from './swapState.ts';

const keyFile = 'certs/minio-client.key';
/** KES acts on a new policy with the next request; its reload takes as long as its key store's answer. */
const patienceSeconds = 20;

const sealed = z.object({ cert: z.string(), key: z.string(), oldCert: z.string(), oldKey: z.string() });
type Pairs = z.infer<typeof sealed>;

export interface SwapDeps {
  /** Stops a server that runs here and starts it as it was. */
  restart(stackId: string, kind: 'kes'): Promise<void>;
}

/** Where a swap can be made from here at all. Throws `boardSwapElsewhere`. */
export function requireSwap(access: StackAccess): void {
  if (!canSwap(access)) throw new AppError('boardSwapElsewhere');
}

/** What a new key for MinIO's identity would change, step by step. */
export async function planSwap(access: StackAccess, placed: readonly string[]): Promise<BoardPlan> {
  requireSwap(access);
  const state = await readSwap(access);
  // Of a swap that is under way the files may be half exchanged.
  const { current, days } = state ? { current: await readOwn(access, minioIdentityFile), days: 0 } : await swappable(access, placed);
  const from = state?.from ?? (current ? identityOf(current) : '');
  return {
    changes: [
      state ? say('boardSwapGoesOn', { phase: state.phase }) : say('boardSwapMake', { days }),
      say('boardSwapAllow', { file: kesFile }),
      say('boardSwapWrite', { file: minioIdentityFile }),
      say('boardSwapTest'),
      say('boardSwapForbid', { identity: from.slice(0, 16), file: kesFile }),
    ],
    warnings: [say('boardSwapKesPause')],
    files: [
      { path: kesFile, mode: '0600', why: say('boardSwapWhyKes') },
      { path: keyFile, mode: '0600', why: say('boardSwapWhyKey') },
      { path: minioIdentityFile, mode: '0644', why: say('boardSwapWhyCertificate') },
    ],
    commands: [],
    ...(current ? { before: boardCertificateOf(current) } : {}),
  };
}

/**
 * A new key for MinIO's identity in two steps: the new one is allowed beside the old one, certificate and key are exchanged, MinIO
 * is tested, and only then the old one is taken out of the policy. Each step looks at what is there, so that a run that was killed
 * anywhere goes on; until the last step KES takes both. Throws `boardSwapElsewhere`, `boardIdentityUnnamed`, `boardMinioKms`, `boardSwapStillOld`.
 */
export async function swap(
  access: StackAccess,
  placed: readonly string[],
  deps: SwapDeps,
  report: Report,
  signal: AbortSignal,
): Promise<Evidence[]> {
  requireSwap(access);
  return inFileTurn(access.folder, 'kes', () => swapInTurn(access, placed, deps, report, signal));
}

async function swapInTurn(
  access: StackAccess,
  placed: readonly string[],
  deps: SwapDeps,
  report: Report,
  signal: AbortSignal,
): Promise<Evidence[]> {
  const begun = (await readSwap(access)) ?? (await begin(access, placed));
  const { pairs, state } = await goOn(access, begun);
  const run: Run = { access, pairs, state, deps, signal, evidence: [] };
  const steps = [allow, write, test, remove] as const;
  const phases = ['made', 'allowed', 'written', 'tested'] as const;
  for (const [done, step] of steps.entries()) {
    if (signal.aborted) throw new AppError('cancelled');
    const phase = phases[done];
    report({ done, total: steps.length, ...(phase ? { note: say('boardSwapNote', { phase }) } : {}) });
    if (run.state.phase === phase) await step(run);
  }
  // In this order: a swap without its keys could neither go on nor be forgotten.
  await forgetSwap(access);
  await access.secrets.delete('minio.swap');
  await access.journal(say('boardDidSwap', { from: state.from.slice(0, 16), to: state.to.slice(0, 16) }));
  return run.evidence;
}

interface Run {
  access: StackAccess;
  pairs: Pairs;
  state: SwapState;
  deps: SwapDeps;
  signal: AbortSignal;
  evidence: Evidence[];
}

/** The identity as it is, whose successor can be signed here and named beside it. Throws `boardSwapIssuer`, `boardIdentityUnnamed`. */
async function swappable(access: StackAccess, placed: readonly string[]): Promise<Renewal> {
  const renewal = await renewalOf(access, 'minio-client', placed);
  if (renewal.by.kind === 'elsewhere') throw new AppError('boardSwapIssuer', { issuer: renewal.by.issuer });
  allowBeside((await access.folder.read(kesFile)) ?? '', identityOf(renewal.current), '0'.repeat(64), kesFile);
  return renewal;
}

/** The new pair exists only in the credential store until KES knows it; the old one goes there, too, to be tried at the end. */
async function begin(access: StackAccess, placed: readonly string[]): Promise<SwapState> {
  const renewal = await swappable(access, placed);
  const from = identityOf(renewal.current);
  access.secrets.requireDurable(keyFile);
  const key = await makeKey(keyType.catch('P-256').parse(keyTypeOf(renewal.current.publicKey)));
  const issuer = renewal.by.kind === 'local' ? { issuer: renewal.by.issuer } : {};
  const cert = makeCertificate({ use: 'client', subject: subject.parse(renewal.subject), days: renewal.days, hosts: [], key, ...issuer });
  const made: Pairs = { cert, key: key.reveal(), oldCert: renewal.current.toString(), oldKey: renewal.key.reveal() };
  await access.secrets.set('minio.swap', new Secret(JSON.stringify(made)));
  const state: SwapState = { phase: 'made', from, to: identityOf(new X509Certificate(cert)), startedAt: new Date().toISOString() };
  await writeSwap(access, state);
  return state;
}

/**
 * A kill between the store and the file leaves no swap behind; one whose keys are gone cannot go on. What was allowed is looked at
 * again: another hand may have written the file since.
 */
async function goOn(access: StackAccess, state: SwapState): Promise<{ pairs: Pairs; state: SwapState }> {
  const pairs = readSealed(access.secrets.get('minio.swap'), 'minio.swap', sealed);
  if (pairs) return { pairs, state: state.phase === 'allowed' ? { ...state, phase: 'made' } : state };
  throw new AppError('certificateKeyLost', { name: 'minio.swap' });
}

async function reach(run: Run, phase: SwapState['phase']): Promise<void> {
  run.state = { ...run.state, phase };
  await writeSwap(run.access, run.state);
}

async function allow(run: Run): Promise<void> {
  const { access, state, pairs } = run;
  await changePolicies(access, (content) => allowBeside(content, state.from, state.to, kesFile));
  await untilKes(run, () => isTaken(access, pairs.cert, pairs.key), 'boardSwapNotTaken');
  await access.journal(say('boardDidAllow', { identity: state.to.slice(0, 16) }));
  run.evidence.push(seen('kes', say('boardSeenAllowed', { identity: state.to.slice(0, 16) }), state.to));
  await reach(run, 'allowed');
}

/** Key before certificate: a start of MinIO between the two would fail, and a kill there is mended by running this again. */
async function write(run: Run): Promise<void> {
  const { access, pairs, state } = run;
  await access.folder.write(keyFile, pairs.key, keyMode);
  await access.folder.write(minioIdentityFile, pairs.cert, certificateMode);
  await access.update((stack) => withMinioIdentity(stack, state.to));
  await access.journal(say('boardDidExchange', { file: minioIdentityFile }));
  await reach(run, 'written');
}

/**
 * MinIO reads its pair again by SIGHUP (minio.md 2.4), but a connection that is open goes on with the old one for as long as it
 * is used, which is for ever. KES ends them all when it is restarted; it still takes both identities then.
 */
async function test(run: Run): Promise<void> {
  const { access, deps } = run;
  if ((await access.servers.status('minio')).state === 'running') {
    await tell(access, 'minio');
    await pause(500, run.signal);
    await deps.restart(access.stack.id, 'kes');
    run.evidence.push(await untilMinio(run));
  }
  await reach(run, 'tested');
}

/** The old identity goes. When MinIO cannot work without it after all, it comes back at once. */
async function remove(run: Run): Promise<void> {
  const { access, pairs, state } = run;
  await changePolicies(access, (content) => forbid(content, state.from));
  await untilKes(run, async () => !(await isTaken(access, pairs.oldCert, pairs.oldKey)), 'boardSwapStillTaken');
  if ((await access.servers.status('minio')).state === 'running') {
    const works = await minioWorks(access, keyOf(access)).catch((error: unknown) => {
      if (isAppError(error)) return undefined;
      throw error;
    });
    if (!works) {
      await changePolicies(access, (content) => allowBeside(content, state.to, state.from, kesFile));
      await reach(run, 'written');
      throw new AppError('boardSwapStillOld', { identity: state.from.slice(0, 16) });
    }
    run.evidence.push(works);
  }
  run.evidence.push(seen('kes', say('boardSeenForbidden', { identity: state.from.slice(0, 16) }), state.from));
  await access.journal(say('boardDidForbid', { identity: state.from.slice(0, 16) }));
  await reach(run, 'removed');
}

/** Writes what that changes, and lets each KES that runs read it. */
async function changePolicies(access: StackAccess, change: (content: string) => string): Promise<void> {
  const content = await access.folder.read(kesFile);
  if (content === undefined) throw new AppError('boardIdentityUnnamed', { path: kesFile, identity: '-' });
  await writeKesFiles(access, change(content));
  await tell(access, 'kes');
}

/** KES does work with a real key for this identity. Refused is no; every other answer is an error. */
async function isTaken(access: StackAccess, cert: string, key: string): Promise<boolean> {
  const kes = createKesClient({ ...(await kesAddress(access)), cert, key: new Secret(key) });
  try {
    await kes.generate(keyOf(access));
    return true;
  } catch (error) {
    if (isAppError(error, 'kesNotAuthorised')) return false;
    throw error;
  } finally {
    await kes.close();
  }
}

async function untilKes(
  { access, signal }: Run,
  met: () => Promise<boolean>,
  code: 'boardSwapNotTaken' | 'boardSwapStillTaken',
): Promise<void> {
  const end = Date.now() + patienceSeconds * 1000;
  for (let round = 1; !(await met()); round += 1) {
    if (Date.now() > end) throw new AppError(code, { path: access.folder.path(kesFile) });
    if (round % 20 === 0) await tell(access, 'kes');
    await pause(200, signal);
  }
}

/** Right after a restart of KES MinIO may still hold a connection that is gone. */
async function untilMinio({ access, signal }: Run): Promise<Evidence> {
  const end = Date.now() + patienceSeconds * 1000;
  for (;;) {
    try {
      return await minioWorks(access, keyOf(access));
    } catch (error) {
      if (!isAppError(error, 'boardMinioKms') || Date.now() > end) throw error;
    }
    await pause(300, signal);
  }
}
