import type { AuditRow } from '../../../shared/audit.ts';
import type { EncryptionChoice } from '../../../shared/encryption.ts';
import type { InPlace, InPlacePlan, InPlaceScope } from '../../../shared/inPlace.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../shared/text.ts';
import { partOf } from '../../clients/partOf.ts';
import { readBucketLock } from '../../clients/s3/bucketSettings.ts';
import type { ListingClient } from '../../clients/s3/listing.ts';
import { stateName } from '../../clients/s3/objectState.ts';
import type { ObjectClient } from '../../clients/s3/objectTypes.ts';
import type { S3 } from '../../clients/s3/s3Client.ts';
import type { SignedClient } from '../../clients/s3/signedClient.ts';
import { eachOf } from '../../platform/eachOf.ts';
import { type Candidate, lookAtKeys, type Seen, walkBucket } from './candidates.ts';
import { isAsMeant } from './states.ts';
import type { Planned, PlannedBucket, RunFile } from './store.ts';

/** What an audit saw, as far as it matters here. */
export type AuditSeen = Pick<AuditRow, 'bucket' | 'key' | 'state' | 'kmsKey' | 'deleteMarker'>;

export interface PlanDeps {
  client: ObjectClient;
  lister: ListingClient;
  s3: S3;
  signed: SignedClient;
  /** Whether the server runs TLS: without it no SSE-C. */
  secure: boolean;
  /** Whether uploads without a header become SSE-KMS where there is no rule; undefined: nobody can say. */
  automatic: boolean | undefined;
  /** Does a customer's key of ours open this object. */
  hasCustomerKey(bucket: string, key: string, versionId: string | undefined): Promise<boolean>;
  auditRows(auditId: string, filter: Extract<InPlaceScope, { from: 'audit' }>['filter']): AsyncIterable<AuditSeen[]>;
  tell(found: number, where: string): void;
  signal: AbortSignal;
}

const largest = 5 * 1024 ** 4;
const samples = 5;
/** Up to so many names of an audit are asked one by one; more are looked for in a fresh listing. */
const fewKeys = 2_000;

export interface Looked {
  noncurrent: Map<number, { versions: number; bytes: number }>;
  locked: Map<number, { versions: number; holds: number; until?: string }>;
  leftOut: InPlacePlan['leftOut'];
  /** Current objects that were seen and are no plaintext to be copied; markers of folders too. A tool that copies all would meet them. */
  others: number;
}

/** Looks at every object of the scope as it is now, and writes those that are to be copied into the file. Changes nothing on the server. */
export async function lookForRows(about: Pick<InPlace, 'scope' | 'target' | 'mode'>, file: RunFile, deps: PlanDeps): Promise<Looked> {
  const { scope, mode } = about;
  const { client, lister, signal } = deps;
  const tally = new Tally();
  const noncurrent: Looked['noncurrent'] = new Map();
  const locked: Looked['locked'] = new Map();
  const named = scope.from === 'objects' ? namesOf(scope.objects) : undefined;
  let found = 0;
  let others = 0;

  /** Which of the versions of a name are in the scope: as an audit saw them, as they were named, or what is plaintext. */
  function inScope(bucket: string, key: string, seen: Seen): boolean {
    if (scope.from === 'prefix') return seen.state.state === 'plaintext';
    if (scope.from === 'audit') return file.isWanted(bucket, key, seen.state);
    const versions = named?.get(key);
    return versions !== undefined && (versions.size === 0 || versions.has(seen.versionId ?? 'null'));
  }

  async function take(id: number, bucket: PlannedBucket, candidates: readonly Candidate[]): Promise<void> {
    const rows: Planned[] = [];
    for (const { key, versions } of candidates) {
      const [top] = versions;
      if (top?.deleteMarker && mode === 'current' && versions.some((seen) => !seen.deleteMarker && inScope(bucket.name, key, seen)))
        tally.add(say('inPlaceLeftDeleted'), `${bucket.name}/${key}`);
      for (const seen of versions) {
        if (seen.deleteMarker) continue;
        const { latest, size, etag, modified, state, versionId } = seen;
        if (latest) others += 1;
        const name = `${bucket.name}/${key}`;
        const wanted = inScope(bucket.name, key, seen);
        if (!latest && state.state === 'plaintext' && (wanted || scope.from !== 'prefix')) {
          const sums = noncurrent.get(id) ?? { versions: 0, bytes: 0 };
          noncurrent.set(id, { versions: sums.versions + 1, bytes: sums.bytes + size });
        }
        if ((state.state === 'unreadable' || state.state === 'unknown') && (wanted || scope.from === 'prefix')) {
          if (latest || mode === 'history') tally.add(say('inPlaceLeftUnreadable'), name);
          continue;
        }
        if (mode === 'current' && !latest && (named?.get(key)?.size ?? 0) > 0) tally.add(say('inPlaceLeftOlder'), name);
        if (!wanted || (mode === 'current' && !latest)) continue;
        const reason = reasonAgainst(seen, bucket, mode);
        if (reason) tally.add(reason, name);
        else rows.push({ bucket: id, key, versionId, size, etag, modified, latest, from: state });
      }
    }
    const kept = await withKeys(bucket, rows);
    if (bucket.lock) await lookAtLocks(id, bucket, kept);
    file.addRows(kept);
    found += kept.length;
    others -= kept.filter((row) => row.latest && row.from.state === 'plaintext' && !row.key.endsWith('/')).length;
    deps.tell(found, bucket.name);
  }

  async function withKeys(bucket: PlannedBucket, rows: readonly Planned[]): Promise<Planned[]> {
    const opens = await eachOf(
      rows,
      16,
      async (row) => row.from.state !== 'sse-c' || deps.hasCustomerKey(bucket.name, row.key, row.versionId),
    );
    return rows.filter((row, at) => {
      if (!opens[at]) tally.add(say('inPlaceLeftCustomerKey'), `${bucket.name}/${row.key}`);
      return opens[at];
    });
  }

  /** In a bucket with object lock each version that would be deleted is asked. */
  async function lookAtLocks(id: number, bucket: PlannedBucket, rows: readonly Planned[]): Promise<void> {
    await eachOf(rows, 16, async ({ key, versionId, from }) => {
      if (from.state === 'sse-c') return;
      const { lock } = await client.head({ bucket: bucket.name, key, versionId }, { signal });
      const active = lock?.until !== undefined && Date.parse(lock.until) > Date.now() ? lock.until : undefined;
      if (!lock?.hold && !active) return;
      const sums = locked.get(id) ?? { versions: 0, holds: 0 };
      const until = active && (sums.until === undefined || active > sums.until) ? active : sums.until;
      locked.set(id, {
        versions: sums.versions + 1,
        holds: sums.holds + (lock?.hold ? 1 : 0),
        ...(until === undefined ? {} : { until }),
      });
    });
  }

  async function bucketOf(name: string): Promise<[number, PlannedBucket]> {
    const bucket = await plannedBucket(name, about, deps);
    return [file.addBucket(bucket), bucket];
  }

  if (scope.from === 'prefix') {
    const [id, bucket] = await bucketOf(scope.bucket);
    const versions = bucket.versioning !== 'off';
    for await (const part of walkBucket(lister, { bucket: bucket.name, prefix: scope.prefix, versions, signal }))
      await take(id, bucket, part);
  } else if (scope.from === 'objects') {
    const [id, bucket] = await bucketOf(scope.bucket);
    const looked = await lookAtKeys({ client, lister }, bucket.name, [...(named?.keys() ?? [])], bucket.versioning !== 'off', signal);
    for (const { key, versions } of looked) if (versions.length === 0) tally.add(say('inPlaceLeftGone'), `${bucket.name}/${key}`);
    await take(id, bucket, looked);
  } else {
    for await (const rows of deps.auditRows(scope.auditId, scope.filter)) {
      if (signal.aborted) throw new AppError('cancelled');
      file.addWanted(rows.flatMap(({ bucket, key, state, kmsKey = '' }) => (state === undefined ? [] : [{ bucket, key, state, kmsKey }])));
    }
    for (const { bucket: name, keys, first, last } of file.wantedBuckets()) {
      const [id, bucket] = await bucketOf(name);
      const versions = bucket.versioning !== 'off';
      if (keys > fewKeys) {
        const place = { bucket: name, prefix: scope.filter.prefix ?? '', versions, from: first, to: last, signal };
        for await (const part of walkBucket(lister, place)) await take(id, bucket, part);
        continue;
      }
      for (let after = ''; ; ) {
        const some = file.wantedKeys(name, after, 200);
        if (some.length === 0) break;
        await take(id, bucket, await lookAtKeys({ client, lister }, name, some, versions, signal));
        after = some.at(-1) ?? '';
      }
    }
    const { count, names } = file.unseen(samples);
    if (count > 0) tally.put(say('inPlaceLeftSinceAudit'), count, names);
    file.dropWanted();
  }
  return { noncurrent, locked, leftOut: tally.told(), others };
}

/** The versions that were asked for by name; none: whatever is current, or all in `history`. */
function namesOf(objects: Extract<InPlaceScope, { from: 'objects' }>['objects']): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const { key, versionId } of objects) {
    const versions = names.get(key) ?? new Set();
    names.set(key, versionId === undefined ? versions : versions.add(versionId));
  }
  return names;
}

/** Why an object that is in the scope is not touched. */
function reasonAgainst({ size, state }: Seen, { target, versioning }: PlannedBucket, mode: InPlace['mode']): Text | undefined {
  // SSE-S3 onto SSE-S3 is a new data key under the server's present default key; the others would change nothing.
  if (isAsMeant(state, target) && state.state === 'sse-kms') return say('inPlaceLeftThere', { state: stateName(state) });
  if (size > largest) return say('inPlaceLeftTooLarge');
  // It takes two copies, of which a kill in between would leave one that nobody knows.
  const rotation = state.state === 'sse-c' && target.kind === 'sse-c';
  return rotation && mode === 'history' && versioning !== 'off' ? say('inPlaceLeftRotation') : undefined;
}

async function plannedBucket(name: string, { target, mode }: Pick<InPlace, 'target' | 'mode'>, deps: PlanDeps): Promise<PlannedBucket> {
  const [versioning, lock, { value: rule }] = await Promise.all([
    deps.s3.bucketVersioning(name),
    readBucketLock(deps.signed, name),
    // A credential that may not read it learns nothing of it.
    partOf(deps.s3.bucketRule(name)),
  ]);
  const bare = rule?.rule.kind === 'none' && deps.automatic !== true;
  // There a copy takes the place of the version `null`: nothing of the past may be moved.
  if (mode === 'history' && versioning === 'suspended') throw new AppError('inPlaceSuspended', { bucket: name });
  return { name, versioning, lock: lock !== undefined, bare, target: await explicit(name, target, deps) };
}

/** A copy without a header would decrypt where there is no rule (minio.md 3.6): what the rule says now is sent. */
async function explicit(bucket: string, target: EncryptionChoice, { s3, secure }: PlanDeps): Promise<PlannedBucket['target']> {
  if (target.kind === 'sse-c' && !secure) throw new AppError('inPlaceNeedsTls', { bucket });
  if (target.kind !== 'rule') return target;
  const { rule } = await s3.bucketRule(bucket);
  if (rule.kind === 'none') throw new AppError('inPlaceNoRule', { bucket });
  return rule;
}

/** What is left out, by reason, with a few names. */
class Tally {
  readonly #found = new Map<string, InPlacePlan['leftOut'][number]>();

  add(reason: Text, name: string): void {
    this.put(reason, 1, [name]);
  }

  put(reason: Text, objects: number, names: readonly string[]): void {
    const id = JSON.stringify(reason);
    const known = this.#found.get(id) ?? { reason, objects: 0, sample: [] };
    const sample = [...known.sample, ...names].slice(0, samples);
    this.#found.set(id, { reason, objects: known.objects + objects, sample });
  }

  told(): InPlacePlan['leftOut'] {
    return [...this.#found.values()];
  }
}
