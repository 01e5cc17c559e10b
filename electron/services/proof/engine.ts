import { clusterMark } from '../../../shared/projected.ts';
import type { Proof, ProofEvent, ProofLevel } from '../../../shared/proof.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { say } from '../../../shared/text.ts';
import { s3For } from '../../clients/s3/forStack.ts';
import { whereOf } from '../../jobs/clusterView.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { kesOf } from '../../jobs/ways.ts';
import { newRunId } from '../../platform/runId.ts';
import type { Publish } from '../../rpc/eventHub.ts';
import { makeCanary } from './canary.ts';
import { type ProofRun, proveChain, proveDependency, proveRule } from './levels.ts';
import { type ProofFiles, proofFingerprint } from './proofFiles.ts';
import { levelTexts } from './proofPage.ts';
import { type Reach, reachOf } from './reach.ts';
import { createRecorder, event, type Recorder } from './recorder.ts';
import { removeTraces } from './traces.ts';
import { putBack } from './withheld.ts';

export interface ProofDeps {
  readonly publish: Publish;
  /** A token for Vault that may read, write and delete below the keys' prefix. */
  vaultToken(access: StackAccess): Promise<Secret>;
  /** False in practice mode: said in every proof. */
  isProtected(): boolean;
}

export interface ProofOrder {
  level: ProofLevel;
  bucket: string;
}

export interface ProofEngine {
  /** Runs one proof to its end and keeps it. Throws what stopped it, after everything was put back. */
  run(access: StackAccess, order: ProofOrder, report: Report, signal: AbortSignal): Promise<Proof>;
  isRunning(stackId: string): boolean;
  /** The strongest level for this stack, and why no stronger one. */
  reach(access: StackAccess): Promise<Reach>;
}

/** Runs proofs, one a stack at a time, and puts back first what a killed one withheld. */
export function createProofEngine(deps: ProofDeps, files: ProofFiles): ProofEngine {
  // One at a time for each stack: two would put back each other's record.
  const running = new Set<string>();

  async function run(access: StackAccess, order: ProofOrder, report: Report, signal: AbortSignal): Promise<Proof> {
    const { stack } = access;
    if (running.has(stack.id)) throw new AppError('proofRunning', { stack: stack.name });
    running.add(stack.id);
    try {
      const recorder = await begin(access, order, report);
      return await finish(access, recorder, () => prove(access, order, recorder, signal), signal);
    } finally {
      running.delete(stack.id);
    }
  }

  async function begin(access: StackAccess, { level, bucket }: ProofOrder, report: Report): Promise<Recorder> {
    const { stack, cluster } = access;
    const id = newRunId();
    const first: Proof = {
      version: 1,
      id,
      stackId: stack.id,
      stackName: whereOf(access),
      ...clusterMark(cluster),
      level,
      result: 'running',
      protected: deps.isProtected(),
      startedAt: new Date().toISOString(),
      bucket,
      object: makeCanary(bucket, id.slice(-8)).object,
      events: [],
    };
    const recorder = createRecorder(first, files, deps.publish, report);
    await recorder.change({});
    return recorder;
  }

  async function prove(access: StackAccess, { level, bucket }: ProofOrder, recorder: Recorder, signal: AbortSignal): Promise<void> {
    await recover(access, recorder);
    signal.throwIfAborted();
    const { id } = recorder.proof;
    const s3 = await s3For(access);
    const run: ProofRun = {
      access,
      recorder,
      s3,
      canary: makeCanary(bucket, id.slice(-8)),
      signal,
      vaultToken: () => deps.vaultToken(access),
    };
    try {
      if (level === 'rule') await proveRule(run, await newestChainProof(access));
      else if (level === 'dependency') await proveDependency(run, scratchName(access, id));
      else await proveChain(run, scratchName(access, id));
    } finally {
      await s3.close();
      await tidy(access, recorder);
    }
  }

  /** The one place where a proof gets its result; the file says it before anybody else. */
  async function finish(access: StackAccess, recorder: Recorder, work: () => Promise<void>, signal: AbortSignal): Promise<Proof> {
    const failure = await work().then(
      () => undefined,
      (error: unknown) =>
        signal.aborted && !isAppError(error, 'proofNotPutBack') ? new AppError('cancelled', {}, { cause: error }) : error,
    );
    const error = failure === undefined ? {} : { error: isAppError(failure) ? failure.frame : { code: 'internal' } };
    const ended: Proof = {
      ...recorder.proof,
      result: failure === undefined ? 'proven' : 'notProven',
      endedAt: new Date().toISOString(),
      ...error,
    };
    await recorder.change({ ...ended, sha256: proofFingerprint(ended) });
    const { level, bucket } = ended;
    const what = failure === undefined ? 'proofJournalProven' : 'proofJournalNotProven';
    await access.journal(say(what, { level: `@${levelTexts[level]}`, bucket, id: ended.id }));
    if (failure !== undefined) throw failure;
    return recorder.proof;
  }

  /** What a killed run left behind: first the key that is missing in Vault, then its canary and scratch key. */
  async function recover(access: StackAccess, recorder: Recorder): Promise<void> {
    const back = access.secrets.has('proof.withheld') ? await putBack(access, await deps.vaultToken(access)) : undefined;
    if (back) {
      const detail = say('proofRecoveredDetail', { place: back.place, proof: back.proof });
      await recorder.add(event('key', 'info', 'proofRecovered', detail, `sha256 ${back.sha256.slice(0, 12)}`));
      await access.journal(say('proofJournalRecovered', { place: back.place }));
    }
    for (const old of await files.list(access.stack.id, access.cluster)) {
      if (old.id === recorder.proof.id || old.events.some(({ what }) => what.code === 'proofRemoved')) continue;
      const at = new Date().toISOString();
      const interrupted: Partial<Proof> =
        old.result === 'running' ? { result: 'notProven', endedAt: at, error: { code: 'proofInterrupted' } } : {};
      const returned: Partial<Proof> = old.id === back?.proof && old.withheld ? { withheld: { ...old.withheld, to: at } } : {};
      const cleared = await clear(access, old);
      const ended: Proof = { ...old, ...interrupted, ...returned, events: cleared ? [...old.events, { at, ...removed(old) }] : old.events };
      await files.save({ ...ended, sha256: proofFingerprint(ended) });
      deps.publish('proof.changed', { stackId: old.stackId, id: old.id });
    }
  }

  /** Old leftovers that resist must not keep a new proof from running; the next run tries again. */
  async function clear(access: StackAccess, old: Proof): Promise<boolean> {
    try {
      await removeTraces(access, old, () => deps.vaultToken(access));
      return true;
    } catch (error) {
      if (isAppError(error)) return false;
      throw error;
    }
  }

  /** Leftovers do not change what was proven, so they are told and left to the next run. */
  async function tidy(access: StackAccess, recorder: Recorder): Promise<void> {
    // A record that could not be put back still needs its canary and its key's name.
    if (access.secrets.has('proof.withheld')) return;
    const { bucket, object } = recorder.proof;
    try {
      await removeTraces(access, recorder.proof, () => deps.vaultToken(access));
      await recorder.add(removed(recorder.proof));
    } catch (error) {
      const reason = isAppError(error) ? error.code : 'internal';
      await recorder.add(event('key', 'info', 'proofNotRemoved', say('proofNotRemovedDetail', { object: `${bucket}/${object}` }), reason));
    }
  }

  async function newestChainProof({ stack, cluster }: StackAccess): Promise<string | undefined> {
    return (await files.list(stack.id, cluster)).find((proof) => proof.level === 'chain' && proof.result === 'proven')?.id;
  }

  return { run, isRunning: (stackId) => running.has(stackId), reach: (access) => reachOf(access, deps.vaultToken) };
}

function removed({ bucket, object, scratchKey }: Proof): Omit<ProofEvent, 'at'> {
  const canaryOnly = say('proofRemovedCanary', { object: `${bucket}/${object}` });
  return event('key', 'ok', 'proofRemoved', scratchKey === undefined ? canaryOnly : say('proofRemovedDetail', { key: scratchKey }), '204');
}

/** A key of MinIO's pattern that nothing else uses. */
function scratchName({ stack }: StackAccess, id: string): string {
  const prefix = (kesOf(stack)?.policy.pattern ?? '').replace(/\*$/, '');
  return `${prefix}proof-${id.slice(-8)}`;
}
