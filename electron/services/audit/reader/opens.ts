import { auditStates, type Opens } from '../../../../shared/audit.ts';
import { say, type Text } from '../../../../shared/text.ts';
import { seenOf } from '../progress.ts';
import type { RowVerdict, Sample, StoreCalls, Target, Verdict } from '../work.ts';
import type { Asker } from './byHead.ts';
import type { KmsWatch } from './kmsWatch.ts';
import { type Outcome, readOutcome } from './readByte.ts';
import { frameOf, whyUnreadable } from './refusals.ts';

export interface Opener {
  asker: Asker;
  watch: KmsWatch;
  /** Names by their number in the store. */
  buckets: readonly string[];
  /** 0 to 1. */
  onProgress(opened: number): void;
}

const atOnce = 16;
const unreadable = auditStates.indexOf('unreadable');
const sseC = auditStates.indexOf('sse-c');
const sseS3 = auditStates.indexOf('sse-s3');
/** Most reads for the place where the answers change; halving a million objects needs as many. */
const boundaryReads = 20;
/** Where the oldest or the newest may not be read, or is gone: so many others are tried from that end. */
const substitutes = 5;

/**
 * Reads one byte of the oldest and of the newest object with content of each key in each bucket, and says what follows
 * for the rest. Both open: yes, by sample. Only `kms:KeyNotFound` on both makes the rest unreadable, by sample. Answers
 * that differ are followed to the two writes between which they change. All else leaves the rest not tested.
 */
export async function openSamples(opener: Opener, store: Pick<StoreCalls, 'samples' | 'byTime' | 'judge'>): Promise<void> {
  const samples = await store.samples();
  for (let at = 0; at < samples.length; at += atOnce) {
    const judged = await Promise.all(samples.slice(at, at + atOnce).map((sample) => judgeSample(opener, store, sample)));
    await store.judge(
      judged.map(({ verdict }) => verdict),
      judged.flatMap(({ rows }) => rows),
    );
    opener.onProgress(Math.min(1, (at + atOnce) / samples.length));
  }
}

interface Seen {
  target: Target;
  outcome: Outcome;
}

async function judgeSample(
  opener: Opener,
  store: Pick<StoreCalls, 'byTime'>,
  sample: Sample,
): Promise<{ verdict: Verdict; rows: RowVerdict[] }> {
  const { bucket, state, kmsKey, objects } = sample;
  const rows = new Map<number, RowVerdict>();
  const read = async (target: Target): Promise<Seen> => {
    const outcome = await readTarget(opener, target);
    rows.set(target.row, rowVerdict(target, outcome));
    return { target, outcome };
  };
  const end = (opens: Opens, boundary?: Verdict['boundary']) => ({
    verdict: { bucket, state, kmsKey, opens, ...(boundary ? { boundary } : {}) },
    rows: [...rows.values()],
  });

  const oldest = await usable(sample.oldest, (step) => step);
  const newest = sample.newest.row === sample.oldest.row ? oldest : await usable(sample.newest, (step) => objects - 1 - step);
  const kinds = [oldest.outcome, newest.outcome];
  const whyNot = kinds.map((outcome) => notTestable(outcome)).find((why) => why !== undefined);
  if (whyNot) return end({ answer: 'notTested', why: whyNot });
  if (kinds.every(({ kind }) => kind === 'yes')) return end({ answer: 'yes', how: 'sample' });
  if (isNo(oldest.outcome) && isNo(newest.outcome)) {
    const { error } = oldest.outcome;
    if (oldest.outcome.how === 'gone' && newest.outcome.how === 'gone') return end({ answer: 'no', how: 'sample', error: frameOf(error) });
    if (oldest.outcome.how === 'differs' && newest.outcome.how === 'differs')
      return end({ answer: 'notTested', why: say('auditOpensKeyDiffers'), error: frameOf(error) });
    return end({ answer: 'notTested', why: mixed(oldest.outcome, newest.outcome), error: frameOf(error) });
  }
  const failing = isNo(oldest.outcome) ? oldest.outcome : isNo(newest.outcome) ? newest.outcome : undefined;
  // Damage of a single object says nothing of the key.
  if (!failing || failing.how === 'other') return end({ answer: 'notTested', why: mixed(oldest.outcome, newest.outcome) });
  const why = failing.how === 'gone' && state === sseS3 ? say('auditOpensSomeGone') : say('auditOpensRemade');
  return end({ answer: 'differs', how: 'sample', why, error: frameOf(failing.error) }, await findBoundary(oldest, newest));

  /** The object at one end, or another from there on when it cannot tell. */
  async function usable(first: Target, place: (step: number) => number): Promise<Seen> {
    let seen = await read(first);
    if (state === sseC) return seen;
    for (let number = 1; number <= substitutes && cannotTell(seen.outcome); number++) {
      // Ever further from the end, because what may be read is often one folder of one time.
      const step = Math.min(number === 1 ? 1 : Math.floor((objects * (number - 1)) / substitutes), objects - 1);
      const other = await store.byTime(sample, place(step));
      if (other && !rows.has(other.row)) seen = await read(other);
    }
    return seen;
  }

  async function findBoundary(from: Seen, to: Seen): Promise<Verdict['boundary']> {
    let low = { place: 0, seen: from };
    let high = { place: objects - 1, seen: to };
    let reads = 0;
    for (; high.place - low.place > 1 && reads < boundaryReads; reads++) {
      const place = Math.floor((low.place + high.place) / 2);
      const target = await store.byTime(sample, place);
      if (!target) break;
      const seen = await read(target);
      if (seen.outcome.kind === from.outcome.kind) low = { place, seen };
      else if (seen.outcome.kind === to.outcome.kind) high = { place, seen };
      else break;
    }
    const [fails, works] = isNo(from.outcome) ? [low.seen, high.seen] : [high.seen, low.seen];
    return { fails: stamp(fails.target), works: stamp(works.target), reads };
  }

  function stamp({ bucket: number, key, versionId, modified }: Target) {
    const name = opener.buckets[number] ?? '';
    return { bucket: name, key, ...(versionId === undefined ? {} : { versionId }), modifiedAt: new Date(modified).toISOString() };
  }
}

/** Reads a byte of every encrypted object with content that was not read yet, from a row on, and keeps each answer. */
export async function openAll(opener: Opener, store: Pick<StoreCalls, 'unread' | 'judge' | 'totals'>, afterRow = 0): Promise<void> {
  const rows = seenOf(await store.totals());
  for (let last = afterRow; ; ) {
    const targets = await store.unread(last, 1000);
    const end = targets.at(-1);
    if (!end) return;
    const verdicts = await opener.asker.pool.all(targets, async (target) => rowVerdict(target, await readTarget(opener, target)));
    await store.judge([], verdicts);
    last = end.row;
    opener.onProgress(Math.min(1, last / Math.max(1, rows)));
  }
}

async function readTarget({ asker, watch, buckets }: Opener, { bucket, key, versionId }: Target): Promise<Outcome> {
  return await readOutcome(asker, watch, buckets[bucket] ?? '', key, versionId);
}

function rowVerdict({ row, versionId }: Target, outcome: Outcome): RowVerdict {
  if (outcome.kind === 'yes') return { row, opens: { answer: 'yes', how: 'read' } };
  if (outcome.kind === 'no') {
    const { error } = outcome;
    return { row, state: unreadable, reason: whyUnreadable(error), opens: { answer: 'no', how: 'read', error: frameOf(error) } };
  }
  if (outcome.kind === 'forged') {
    const reason = say('auditForged', { answer: outcome.answer });
    return { row, state: unreadable, reason, opens: { answer: 'no', how: 'read', error: frameOf(outcome.error) } };
  }
  return { row, opens: { answer: 'notTested', why: notTestable(outcome, versionId) ?? say('auditOpensGone') } };
}

function isNo(outcome: Outcome): outcome is Extract<Outcome, { kind: 'no' }> {
  return outcome.kind === 'no';
}

/** It says nothing of the key. */
function cannotTell({ kind }: Outcome): boolean {
  return kind === 'denied' || kind === 'vanished';
}

function notTestable(outcome: Outcome, versionId?: string): Text | undefined {
  if (outcome.kind === 'denied')
    return say('auditOpensNoPermission', {
      permission: versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion',
      answer: outcome.answer,
    });
  if (outcome.kind === 'customer') return say('auditOpensCustomerKey');
  if (outcome.kind === 'vanished') return say('auditOpensGone');
  return undefined;
}

function mixed(oldest: Outcome, newest: Outcome): Text {
  return say('auditOpensMixed', { oldest: inShort(oldest), newest: inShort(newest) });
}

function inShort(outcome: Outcome): string {
  if (outcome.kind === 'no') return String(outcome.error.details.code ?? outcome.error.code);
  return outcome.kind === 'yes' ? '200' : outcome.kind;
}
