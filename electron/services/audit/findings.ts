import type { Audit, AuditBucket, AuditFinding, AuditKey } from '../../../shared/audit.ts';
import { objectsOf } from '../../../shared/auditVerdict.ts';
import { say, type Text } from '../../../shared/text.ts';
import { ruleName } from '../../clients/s3/bucketRule.ts';
import { decryptsNow, encryptInPlace } from './plans.ts';
import { seenOf } from './progress.ts';

export interface Found {
  audit: Audit;
  buckets: readonly AuditBucket[];
  keys: readonly AuditKey[];
  /** Why the first unknown or unreadable object of a bucket is so. */
  reasons: ReadonlyMap<string, Text>;
  /** Where the audit is kept: a command line that is not told would look into its own. */
  dataFolder: string;
}

/** Of one kind so many are named one by one; the rest is one sentence. */
const namedAtMost = 20;
const show = (count: number): string => count.toLocaleString('en');
const day = (at: string): string => at.slice(0, 10);

/** Reasons that MinIO's open CVE-2026-34204 makes (minio.md 1.2), among others. */
const tampered: readonly string[] = ['auditTampered', 'auditForged', 'stateTampered'];

/** The key of `reasons`. */
export const reasonKey = (bucket: string, state: 'unknown' | 'unreadable'): string => `${state} ${bucket}`;

/** What a person has to know, the worst first: what it is, what to do, how. Says nothing that was not read. */
export function findingsOf(found: Found): AuditFinding[] {
  const { audit, buckets, keys } = found;
  const findings = [
    ...named(buckets, (bucket) => plain(found, bucket)),
    ...named(buckets, (bucket) => unreadable(found, bucket)),
    ...named(keys, gone),
    ...named(buckets, (bucket) => unknown(found, bucket)),
    ...named(keys, madeAgain),
    ...gaps(audit),
    ...named(buckets, (bucket) => oldVersions(audit, bucket)),
    ...named(buckets, (bucket) => offRule(bucket, keys)),
    ...customerKeys(audit),
    ...markers(audit),
  ];
  if (!findings.some(({ level }) => level !== 'info') && audit.state === 'finished') findings.unshift(clean(audit));
  const rank = { fail: 0, warn: 1, info: 2 };
  return findings.toSorted((one, other) => rank[one.level] - rank[other.level]);
}

function named<T>(items: readonly T[], judge: (item: T) => AuditFinding[]): AuditFinding[] {
  const all = items.flatMap(judge);
  const more = all.length - namedAtMost;
  if (more <= 0) return all;
  const [first] = all;
  const rest: AuditFinding = {
    level: first?.level ?? 'warn',
    what: say('auditFindMore', { count: show(more) }),
    next: say('auditNextMore'),
    commands: [],
  };
  return [...all.slice(0, namedAtMost), rest];
}

/** Plaintext that has content: older than the rule, since the rule, or in a bucket without one. */
function plain({ audit, dataFolder }: Found, bucket: AuditBucket): AuditFinding[] {
  const { name, rule, ruleSince, versioning } = bucket;
  const count = objectsOf(bucket.current, 'plaintext') - bucket.folderMarkers;
  if (count <= 0) return [];
  const filter = { states: ['plaintext' as const], bucket: name };
  const commands = encryptInPlace(audit, bucket, dataFolder);
  const next = say(versioning === 'off' || versioning === undefined ? 'auditNextEncrypt' : 'auditNextEncryptVersions');
  if (rule === undefined)
    return [
      {
        level: 'fail',
        what: say('auditFindPlainRuleUnknown', { count: show(count), bucket: name }),
        next: say('auditNextPlainRuleUnknown'),
        commands,
        filter,
      },
    ];
  if (rule.kind === 'none')
    return [
      {
        level: 'fail',
        what: say('auditFindPlainNoRule', { count: show(count), bucket: name }),
        next: say('auditNextPlainNoRule'),
        commands,
        filter,
      },
    ];
  if (ruleSince === undefined)
    return [
      { level: 'fail', what: say('auditFindPlain', { count: show(count), bucket: name, rule: ruleName(rule) }), next, commands, filter },
    ];
  const { plainBefore = 0, plainAfter = 0 } = bucket;
  const values = { bucket: name, rule: ruleName(rule), at: day(ruleSince.at) };
  const findings: AuditFinding[] = [];
  if (plainAfter > 0)
    findings.push({
      level: 'fail',
      what: say('auditFindPlainSince', { count: show(plainAfter), ...values }),
      next: say('auditNextPlainSince'),
      commands,
      filter: { ...filter, from: ruleSince.at },
    });
  if (plainBefore > 0)
    findings.push({
      level: 'fail',
      what: say('auditFindPlainBefore', { count: show(plainBefore), ...values }),
      next,
      commands,
      filter: { ...filter, before: ruleSince.at },
    });
  return findings;
}

/** Those of a key that is gone are told with their key. */
function unreadable({ reasons, keys }: Found, { name, current, noncurrent }: AuditBucket): AuditFinding[] {
  const gone = keys.filter(({ bucket, opens }) => bucket === name && opens.answer === 'no').reduce((sum, { objects }) => sum + objects, 0);
  const count = objectsOf(current, 'unreadable') + objectsOf(noncurrent, 'unreadable') - gone;
  if (count <= 0) return [];
  const reason = reasons.get(reasonKey(name, 'unreadable'));
  const forged = reason !== undefined && tampered.includes(reason.code);
  return [
    {
      level: 'fail',
      what: say(forged ? 'auditFindTampered' : 'auditFindUnreadable', { count: show(count), bucket: name }),
      next: say(forged ? 'auditNextTampered' : 'auditNextUnreadable'),
      commands: [],
      filter: { states: ['unreadable'], bucket: name, versions: 'all' },
    },
  ];
}

/** The samples of one key: none of its objects opens. */
function gone({ bucket, kmsKey, state, objects, opens }: AuditKey): AuditFinding[] {
  if (opens.answer !== 'no' || state === 'sse-c') return [];
  const key = kmsKey || '@auditDefaultKey';
  return [
    {
      level: 'fail',
      what: say(opens.how === 'sample' ? 'auditFindKeyGoneSample' : 'auditFindKeyGone', { count: show(objects), bucket, key }),
      next: say('auditNextKeyGone', { key }),
      commands: decryptsNow(kmsKey),
      filter: { bucket, kmsKey, opens: 'no', versions: 'all' },
    },
  ];
}

function madeAgain({ bucket, kmsKey, opens, boundary }: AuditKey): AuditFinding[] {
  if (opens.answer !== 'differs') return [];
  const key = kmsKey || '@auditDefaultKey';
  const between = boundary && [boundary.fails.modifiedAt, boundary.works.modifiedAt].sort();
  const what = between
    ? say('auditFindKeyAgain', { key, bucket, from: between[0] ?? '', to: between[1] ?? '' })
    : say('auditFindKeyDiffers', { key, bucket });
  return [
    {
      level: 'fail',
      what,
      next: say('auditNextKeyAgain', { key }),
      commands: decryptsNow(kmsKey),
      filter: { bucket, kmsKey, versions: 'all' },
    },
  ];
}

function unknown({ reasons, keys }: Found, { name, current, noncurrent }: AuditBucket): AuditFinding[] {
  const mixed = keys
    .filter(({ bucket, opens }) => bucket === name && opens.answer === 'differs')
    .reduce((sum, { objects }) => sum + objects, 0);
  const count = objectsOf(current, 'unknown') + objectsOf(noncurrent, 'unknown') - mixed;
  if (count <= 0) return [];
  const reason = reasons.get(reasonKey(name, 'unknown'));
  const permission = reason?.code === 'auditNoPermission' ? String(reason.params?.permission) : undefined;
  return [
    {
      level: 'warn',
      what: permission
        ? say('auditFindUnknownRight', { count: show(count), bucket: name })
        : say('auditFindUnknown', { count: show(count), bucket: name }),
      next: permission ? say('auditNextUnknownRight', { permission }) : say('auditNextUnknown'),
      commands: [],
      filter: { states: ['unknown'], bucket: name, versions: 'all' },
    },
  ];
}

function gaps({ gaps: count }: Audit): AuditFinding[] {
  if (count === 0) return [];
  return [{ level: 'warn', what: say('auditFindGaps', { count: show(count) }), next: say('auditNextGaps'), commands: [] }];
}

/** Encrypting an object in place in a bucket with versions leaves what was there before. */
function oldVersions({ scope }: Audit, { name, noncurrent }: AuditBucket): AuditFinding[] {
  const count = objectsOf(noncurrent, 'plaintext');
  if (count === 0 || !scope.versions) return [];
  return [
    {
      level: 'warn',
      what: say('auditFindOldVersions', { count: show(count), bucket: name }),
      next: say('auditNextOldVersions'),
      commands: [],
      filter: { states: ['plaintext'], bucket: name, versions: 'noncurrent' },
    },
  ];
}

/** Encrypted, but not as the bucket's rule says today. */
function offRule({ name, rule }: AuditBucket, keys: readonly AuditKey[]): AuditFinding[] {
  if (rule === undefined || rule.kind === 'none') return [];
  return keys
    .filter(({ bucket, state }) => bucket === name && state !== 'sse-c')
    .filter(({ state, kmsKey }) => state !== rule.kind || (rule.kind === 'sse-kms' && kmsKey !== rule.key))
    .map(({ state, kmsKey, objects }) => ({
      level: 'info',
      what: say('auditFindOffRule', {
        count: show(objects),
        bucket: name,
        has: state === 'sse-s3' ? 'SSE-S3' : `SSE-KMS ${kmsKey}`,
        rule: ruleName(rule),
      }),
      next: say('auditNextOffRule'),
      commands: [],
      filter: { states: [state], bucket: name, kmsKey },
    }));
}

/** A forged header looks exactly like SSE-C (minio.md 1.2), so the count alone proves no key. */
function customerKeys({ current, noncurrent }: Audit): AuditFinding[] {
  const count = objectsOf(current, 'sse-c') + objectsOf(noncurrent, 'sse-c');
  if (count === 0) return [];
  return [
    {
      level: 'info',
      what: say('auditFindCustomerKey', { count: show(count) }),
      next: say('auditNextCustomerKey'),
      commands: [],
      filter: { states: ['sse-c'], versions: 'all' },
    },
  ];
}

function markers({ folderMarkers }: Audit): AuditFinding[] {
  if (folderMarkers === 0) return [];
  return [{ level: 'info', what: say('auditFindMarkers', { count: show(folderMarkers) }), next: say('auditNextMarkers'), commands: [] }];
}

/** Said only of what could be seen. */
function clean(audit: Audit): AuditFinding {
  const seen = seenOf(audit) - audit.deleteMarkers;
  if (seen === 0) return { level: 'info', what: say('auditFindNothing'), next: say('auditNextNothing'), commands: [] };
  return { level: 'info', what: say('auditFindClean', { count: show(seen) }), next: say('auditNextClean'), commands: [] };
}

/** What no audit of this kind can see, whatever it found. */
export function limitsOf({ scope, method, options }: Audit): Text[] {
  return [
    say('auditLimitMoment'),
    say('auditLimitShadowed'),
    say('auditLimitUploads'),
    say('auditLimitDefaultKey'),
    ...(scope.versions ? [] : [say('auditLimitVersions')]),
    ...(options.verifyAll ? [] : [say('auditLimitSamples')]),
    say('auditLimitCustomerKey'),
    ...(method === 'head' ? [say('auditLimitHead')] : []),
  ];
}
