import type { InPlace, InPlacePlan } from '../../../shared/inPlace.ts';
import type { CommandLine } from '../../../shared/setup.ts';
import { say, type Text } from '../../../shared/text.ts';
import { mcAlias, mcAliasCommands, ruleCommands } from '../../clients/s3/mcCommands.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { shellWord } from '../../platform/shellWord.ts';
import { wholeUpTo } from './current.ts';
import type { Looked } from './plan.ts';
import type { RunFile } from './store.ts';

/** Seconds that a run of this machine would take where nobody has measured: a small object, and a megabyte. */
const assumed = { object: 1 / 250, megabyte: 1 / 60 };
/** History reads source and copy whole. */
const historyTimes = 3;

/** What a rate of an earlier run means: how many times the assumed time it took. */
export function assumedSeconds(objects: number, bytes: number, mode: InPlace['mode']): number {
  return (objects * assumed.object + (bytes / 1e6) * assumed.megabyte) * (mode === 'history' ? historyTimes : 1);
}

/** Facts first: counts, bytes, time, space, what is left out and what to know. `pace`: of an earlier run, measured time / assumed time. */
export function planOf(
  about: Pick<InPlace, 'id' | 'mode' | 'target' | 'scope'>,
  file: RunFile,
  looked: Looked,
  { pace, atOnce, access }: { pace: number | undefined; atOnce: number; access: Pick<StackAccess, 'stack' | 'folder'> },
): InPlacePlan {
  const { mode } = about;
  const buckets = file.byBucket(wholeUpTo).map(({ bucket, objects, bytes, most }, id) => {
    const { versions = 0, bytes: older = 0 } = looked.noncurrent.get(id) ?? {};
    const locked = looked.locked.get(id) ?? { versions: 0, holds: 0 };
    const stays = bucket.versioning === 'on' && mode === 'current';
    return {
      ...{ bucket: bucket.name, versioning: bucket.versioning, objects, bytes },
      noncurrent: { versions, bytes: older },
      locked,
      extraBytes: stays ? bytes : Math.min(bytes, most * atOnce),
      extraStays: stays,
    };
  });
  const objects = buckets.reduce((sum, one) => sum + one.objects, 0);
  const bytes = buckets.reduce((sum, one) => sum + one.bytes, 0);
  return {
    ...{ id: about.id, at: new Date().toISOString(), objects, bytes, buckets, leftOut: looked.leftOut },
    seconds: Math.ceil(assumedSeconds(objects, bytes, mode) * (pace ?? 1)),
    rateFrom: pace === undefined ? 'assumed' : 'earlier',
    checks: checksOf(about, file),
    warns: [...noRuleWarns(file), ...(objects === 0 ? [] : warnsOf(about, file, looked))],
    commands: commandsOf(about, file, looked, access),
  };
}

/** How each copy is tried: as `checkOf` has it, in words. */
function checksOf({ mode }: Pick<InPlace, 'mode'>, file: RunFile): Text[] {
  const checks: Text[] = [];
  const buckets = file.byBucket(wholeUpTo).filter(({ objects }) => objects > 0);
  const history = ({ bucket }: (typeof buckets)[number]): boolean => mode === 'history' && bucket.versioning !== 'off';
  const other = buckets.filter((one) => !history(one));
  const rotates = other.some(({ bucket }) => bucket.versioning !== 'off' && bucket.target.kind === 'sse-c');
  const replaced = other.filter(({ bucket }) => bucket.versioning !== 'on');
  checks.push(say('inPlaceCheckFacts'));
  if (buckets.some(history)) checks.push(say('inPlaceCheckHistory'));
  if (other.some(({ bucket }) => bucket.versioning === 'on')) checks.push(say('inPlaceCheckByte'));
  if (rotates) checks.push(say('inPlaceCheckRotation'));
  if (replaced.some(({ objects, large }) => objects > large)) checks.push(say('inPlaceCheckWhole'));
  for (const { bucket, large } of replaced) if (large > 0) checks.push(say('inPlaceCheckLarge', { bucket: bucket.name, count: large }));
  return checks;
}

/** What is written next is not encrypted by what is done here. */
function noRuleWarns({ buckets }: RunFile): Text[] {
  return buckets.filter(({ bare }) => bare).map(({ name }) => say('inPlaceWarnNoRule', { bucket: name }));
}

function warnsOf({ mode }: Pick<InPlace, 'mode'>, file: RunFile, { noncurrent, locked }: Looked): Text[] {
  const warns: Text[] = [];
  const versioned = file.buckets.filter(({ versioning }) => versioning === 'on');
  const older = [...noncurrent.values()].reduce((sum, { versions }) => sum + versions, 0);
  const kept = [...locked.values()].reduce((sum, { versions }) => sum + versions, 0);
  if (mode === 'history' && versioned.length > 0) {
    warns.push(say('inPlaceWarnHistory'), say('inPlaceWarnOldIsCurrent'));
    if (kept > 0) warns.push(say('inPlaceWarnLocked', { count: kept }));
  } else if (older > 0) warns.push(say('inPlaceWarnOlderStay', { count: older }));
  if (mode === 'current' && versioned.length > 0) warns.push(say('inPlaceWarnVersions'));
  for (const { name, versioning } of file.buckets) {
    if (versioning === 'off') warns.push(say('inPlaceWarnNoVersions', { bucket: name }));
    if (versioning === 'suspended') warns.push(say('inPlaceWarnSuspended', { bucket: name }));
    if (versioning !== 'on') warns.push(say('inPlaceWarnWritersLose', { bucket: name }));
  }
  if (versioned.length > 0) warns.push(mode === 'history' ? say('inPlaceWarnWritersHistory') : say('inPlaceWarnWriters'));
  warns.push(say('inPlaceWarnModified'), say('inPlaceWarnEvents'), say('inPlaceWarnEtag'));
  if (file.buckets.some(({ target }) => target.kind === 'sse-c')) warns.push(say('inPlaceWarnCustomerKey'));
  return warns;
}

function commandsOf(
  about: Pick<InPlace, 'scope' | 'mode'>,
  file: RunFile,
  looked: Looked,
  access: Pick<StackAccess, 'stack' | 'folder'>,
): CommandLine[] {
  const rules = file.buckets.flatMap(({ name, bare, target }) => {
    const lines = ruleCommands([name], target.kind === 'sse-c' ? { kind: 'sse-s3' } : target);
    return bare ? lines.map((line) => ({ comment: say('inPlaceCommandRule', { bucket: name }), line })) : [];
  });
  const lines = [...copyCommands(about, file, looked), ...rules];
  return lines.length === 0 ? [] : [...mcAliasCommands(access), ...lines];
}

const namesAtMost = 20;

/**
 * The nearest that mc can do, only where it comes to the same: all that it would meet is plaintext, as it sends no contexts, without
 * which SSE-KMS may never open again (minio.md 3.6), and no locks; of an audit nobody knows what else lies there.
 */
function copyCommands({ scope, mode }: Pick<InPlace, 'scope' | 'mode'>, file: RunFile, { others, leftOut }: Looked): CommandLine[] {
  const [bucket] = file.buckets;
  if (mode === 'history' || scope.from === 'audit' || others > 0 || leftOut.length > 0 || !bucket) return [];
  const { name, target, lock, versioning } = bucket;
  if (lock || versioning === 'suspended' || file.totals().total === 0 || (target.kind === 'sse-kms' && target.context)) return [];
  const flag =
    target.kind === 'sse-kms'
      ? `--enc-kms ${shellWord(`${mcAlias}/${name}/=${target.key}`)}`
      : target.kind === 'sse-s3'
        ? `--enc-s3 ${shellWord(`${mcAlias}/${name}/`)}`
        : `--enc-c ${mcAlias}/${name}/="$KEY"`;
  const at = (key: string): string => shellWord(`${mcAlias}/${name}/${key}`);
  if (scope.from === 'prefix') {
    // What only begins with these letters mc takes for another name.
    if (scope.prefix !== '' && !scope.prefix.endsWith('/')) return [];
    return [{ comment: say('inPlaceCommandAll'), line: `mc cp --recursive ${flag} ${at(scope.prefix)} ${at(scope.prefix)}` }];
  }
  const names = [...new Set(scope.objects.map(({ key }) => key))];
  if (names.length > namesAtMost) return [];
  return [{ comment: say('inPlaceCommandOne') }, ...names.map((key) => ({ line: `mc cp ${flag} ${at(key)} ${at(key)}` }))];
}
