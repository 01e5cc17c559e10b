import { setTimeout as wait } from 'node:timers/promises';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { say } from '../../../shared/text.ts';
import { cacheMs } from '../../clients/kes/duration.ts';
import { identityFor, withKes } from '../../clients/kes/forStack.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import type { S3 } from '../../clients/s3/s3Client.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { kesOf } from '../../jobs/ways.ts';
import { answerOf, type Canary, readCanary, writeCanary } from './canary.ts';
import { searchDisk } from './disk.ts';
import { event, type Recorder } from './recorder.ts';
import { putBack, withhold } from './withheld.ts';

/** All that one proof works with. */
export interface ProofRun {
  access: StackAccess;
  recorder: Recorder;
  s3: S3;
  canary: Canary;
  signal: AbortSignal;
  vaultToken(): Promise<Secret>;
}

/** What KES may answer from its memory, and time for it to clean up. */
const cacheMarginMs = 15_000;

/** Level 1: without the key in Vault the object cannot be read, with it it can. */
export async function proveChain(run: ProofRun, key: string): Promise<void> {
  await makeScratchKey(run, key);
  await writeUnderKey(run, key);
  await readBack(run, 'proofReadBack');
  await lookAtDisk(run);
  const { recorder, access } = run;
  const from = new Date().toISOString();
  try {
    const { place } = await withhold(access, await run.vaultToken(), recorder.proof.id, key);
    await recorder.change({ withheld: { from: new Date().toISOString() } });
    await recorder.add(event('key', 'ok', 'proofWithheld', say('proofWithheldDetail', { place }), '204'));
    await waitUntilUnreadable(run);
  } finally {
    // Also after a failure and a cancel: whatever happened, the key returns before the proof ends.
    await returnKey(run, from);
  }
  await readAgain(run);
}

/** Level 2: the key is deleted through KES and does not return. */
export async function proveDependency(run: ProofRun, key: string): Promise<void> {
  const { access, recorder } = run;
  await makeScratchKey(run, key);
  await writeUnderKey(run, key);
  await readBack(run, 'proofReadBack');
  await lookAtDisk(run);
  await withKes(access, 'operator', (kes) => kes.deleteKey(key));
  await recorder.change({ withheld: { from: new Date().toISOString() } });
  await recorder.add(event('key', 'ok', 'proofKeyDeleted', say('proofKeyDeletedDetail', { key }), '200'));
  await waitUntilUnreadable(run);
  await recorder.add(event('key', 'info', 'proofNothingReturns', say('proofNothingReturnsDetail'), '-'));
}

/** Level 3: what is written without headers is encrypted as the bucket's rule says, and that key opens now. */
export async function proveRule(run: ProofRun, chainProof: string | undefined): Promise<void> {
  const { access, recorder, s3, canary, signal } = run;
  const { bucket, object } = canary;
  const { rule } = await s3.bucketRule(bucket);
  if (rule.kind === 'none') throw new AppError('proofNoRule', { bucket });
  const key = rule.kind === 'sse-kms' ? rule.key : (access.stack.minioClusters[0]?.defaultKey ?? '');
  const name = rule.kind === 'sse-kms' ? `SSE-KMS ${key}` : 'SSE-S3';
  await recorder.change({ ruleKey: key, ...(chainProof === undefined ? {} : { cites: chainProof }) });
  await recorder.add(event('key', 'ok', 'proofRuleRead', say('proofRuleReadDetail', { bucket, rule: name }), `200, ${name}`));

  const state = await writeCanary(s3, canary, undefined, signal);
  const found = `${state.state}${state.key === undefined ? '' : ` ${state.key}`}`;
  if (state.state !== rule.kind || (rule.kind === 'sse-kms' && state.key !== rule.key))
    throw new AppError('proofNotEncrypted', { object: `${bucket}/${object}`, expected: name, found });
  await recorder.add(event('read', 'ok', 'proofRuleHeld', say('proofRuleHeldDetail', { rule: name }), `200, ${found}`));
  await readBack(run, 'proofReadBack');
  await lookAtDisk(run);

  await keyOpens(run, key);
  const cited = chainProof === undefined ? say('proofCitesNone') : say('proofCitesDetail', { id: chainProof });
  await recorder.add(event('key', 'info', 'proofCites', cited, chainProof ?? '-'));
}

/** Asked of KES where there is an identity for it, else of MinIO, which makes a data key with it and opens it again. */
async function keyOpens({ access, recorder }: ProofRun, key: string): Promise<void> {
  if (!kesOf(access.stack) || (await identityFor(access, 'operator')) === undefined) {
    const { error, raw } = await withMinioAdmin(access, (admin) => admin.keyStatus(key));
    if (error !== undefined) throw new AppError('minioKeyFails', { key, reason: error.slice(0, 300) });
    await recorder.add(event('key', 'ok', 'proofKeyOpens', say('proofKeyOpensByMinio', { key }), raw.slice(0, 200)));
    return;
  }
  await withKes(access, 'operator', async (kes) => {
    const dataKey = await kes.generate(key);
    if ((await kes.decrypt(key, dataKey.ciphertext)).reveal() !== dataKey.plaintext.reveal())
      throw new AppError('kesRoundTrip', { name: key });
  });
  await recorder.add(event('key', 'ok', 'proofKeyOpens', say('proofKeyOpensDetail', { key }), '200'));
}

async function makeScratchKey({ access, recorder }: ProofRun, key: string): Promise<void> {
  await recorder.change({ scratchKey: key });
  await withKes(access, 'operator', (kes) => kes.createKey(key));
  await recorder.add(event('key', 'ok', 'proofKeyMade', say('proofKeyMadeDetail', { key }), '200'));
}

async function writeUnderKey({ recorder, s3, canary, signal }: ProofRun, key: string): Promise<void> {
  const state = await writeCanary(s3, canary, key, signal);
  const found = `${state.state} ${state.key ?? '-'}`;
  if (state.state !== 'sse-kms' || state.key !== key)
    throw new AppError('proofNotEncrypted', { object: `${canary.bucket}/${canary.object}`, expected: `SSE-KMS ${key}`, found });
  await recorder.add(event('read', 'ok', 'proofWritten', say('proofWrittenDetail', { key }), '200, aws:kms'));
}

async function readBack({ recorder, s3, canary, signal }: ProofRun, what: 'proofReadBack' | 'proofReadAgain'): Promise<void> {
  const answer = await readCanary(s3, canary, signal);
  await recorder.add(event('read', 'ok', what, say('proofEqualDetail'), answer));
}

async function lookAtDisk({ access, recorder, canary, signal }: ProofRun): Promise<void> {
  const { bucket, object, text } = canary;
  const here = access.stack.minioClusters[0]?.nodes.every((node) => node.way === 'here') ?? false;
  const found = here ? await searchDisk(access.folder.path('minio/data'), [bucket, object], text, { signal }) : undefined;
  if (!found) {
    await recorder.add(event('disk', 'info', 'proofDiskNotSeen', say('proofDiskNotSeenDetail'), '-'));
    return;
  }
  const { files, bytes, hits, complete } = found;
  const kib = bytes < 1e6 ? (bytes / 1024).toFixed(1) : Math.round(bytes / 1024).toLocaleString('en');
  if (hits.length > 0) {
    await recorder.add(
      event('disk', 'fail', 'proofOnDisk', say('proofOnDiskDetail', { file: hits[0] ?? '' }), `${hits.length} / ${files}`),
    );
    throw new AppError('proofPlainOnDisk', { file: hits[0] ?? '' });
  }
  const detail = say(complete ? 'proofNotOnDiskDetail' : 'proofNotOnDiskPart', { files, kib });
  await recorder.add(event('disk', 'ok', 'proofNotOnDisk', detail, `0 / ${files}`));
}

/** Reads again and again until the key is missing. Nothing but that may be the reason. */
async function waitUntilUnreadable({ access, recorder, s3, canary, signal }: ProofRun): Promise<void> {
  const cache = kesOf(access.stack)?.cache.any ?? '';
  const started = Date.now();
  const limit = cacheMs(cache) + cacheMarginMs;
  for (let reads = 0; ; reads++) {
    signal.throwIfAborted();
    const failure = await readCanary(s3, canary, signal).then(
      async (answer) => {
        if (reads === 0)
          await recorder.add(event('cache', 'info', 'proofStillReadable', say('proofStillReadableDetail', { cache }), answer));
        return undefined;
      },
      (error: unknown) => error,
    );
    const seconds = Math.round((Date.now() - started) / 100) / 10;
    if (isAppError(failure, 'kmsKeyNotFound')) {
      await recorder.change({ cacheSeconds: seconds });
      await recorder.add(
        event('read', 'expectedFailure', 'proofFailedAsItMust', say('proofFailedAsItMustDetail', { seconds }), answerOf(failure)),
      );
      return;
    }
    signal.throwIfAborted();
    if (isAppError(failure)) throw new AppError('proofWrongFailure', { answer: answerOf(failure) }, { cause: failure });
    if (failure !== undefined) throw failure;
    if (Date.now() - started > limit) throw new AppError('proofOutlived', { seconds });
    await wait(limit > 60_000 ? 250 : 50, undefined, { signal });
  }
}

async function returnKey({ access, recorder, vaultToken }: ProofRun, from: string): Promise<void> {
  for (let left = 3; ; left--) {
    try {
      // A token from the start may have expired while the cache was waited out.
      const back = await putBack(access, await vaultToken());
      if (!back) return;
      const since = recorder.proof.withheld?.from ?? from;
      await recorder.change({ withheld: { from: since, to: new Date().toISOString() } });
      const detail = say('proofPutBackDetail', { place: back.place });
      await recorder.add(event('key', 'ok', 'proofPutBack', detail, `sha256 ${back.sha256.slice(0, 12)}`));
      return;
    } catch (error) {
      if (left > 0) await wait(1000);
      else {
        const reason = isAppError(error) ? error.code : 'internal';
        await recorder.add(event('key', 'fail', 'proofPutBackFailed', say('proofPutBackFailedDetail'), reason));
        throw new AppError('proofNotPutBack', { reason }, { cause: error });
      }
    }
  }
}

/** KES may remember for a moment that the key was missing. */
async function readAgain(run: ProofRun): Promise<void> {
  const end = Date.now() + cacheMarginMs;
  for (;;) {
    try {
      await readBack(run, 'proofReadAgain');
      return;
    } catch (error) {
      if (!isAppError(error, 'kmsKeyNotFound') || Date.now() > end) throw error;
      await wait(50, undefined, { signal: run.signal });
    }
  }
}
