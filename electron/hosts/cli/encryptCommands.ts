import { sizeWords } from '../../../shared/bytes.ts';
import { type EncryptionChoice, encryptionChoice } from '../../../shared/encryption.ts';
import {
  type InPlace,
  type InPlacePlan,
  type InPlaceRow,
  type InPlaceScope,
  inPlaceOutcome,
  isOfNothing,
} from '../../../shared/inPlace.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { CommandLine } from '../../../shared/setup.ts';
import { say, type Text } from '../../../shared/text.ts';
import type { Client } from '../../rpc/client.ts';
import { namedRun } from './aboutCluster.ts';
import { encryptOptions, type Flags } from './arguments.ts';
import { followJobs } from './jobs.ts';
import { pickStack, unlockStore } from './stackCommands.ts';
import { onOneLine, type Terminal } from './terminal.ts';

/** What the exit code says: something was left as it was, or could not be shown to be right. */
export const encryptExit = { done: 0, left: 3, cancelled: 130 } as const;

const parts = ['list', 'resume'] as const;
const notDone: InPlaceRow['outcome'][] = ['changed', 'gone', 'locked', 'refused', 'unproven', 'failed'];
const shownAtMost = 100;

const partOf = (rest: readonly string[]): (typeof parts)[number] | undefined => parts.find((part) => part === rest[0]);

/** Refuses what would be ignored or fail later, before an engine runs for it. Throws `usage`. */
export function checkEncrypt(flags: Flags, rest: readonly string[]): void {
  const refuse = (reason: string): never => {
    throw new AppError('usage', { reason });
  };
  const part = partOf(rest);
  if (part !== undefined) {
    const foreign = encryptOptions.find((name) => Object.hasOwn(flags, name));
    if (foreign) refuse(`encrypt ${part} does not take --${foreign}`);
    if (rest.length > (part === 'resume' ? 2 : 1)) refuse(`encrypt ${part} takes ${part === 'resume' ? 'one argument' : 'no argument'}`);
    return;
  }
  if (rest.length > 0) refuse('after encrypt come options, list or resume');
  if ((flags.bucket?.length ?? 0) > 1) refuse('encrypt takes one --bucket');
  if (flags.audit === undefined && flags.bucket === undefined) refuse('encrypt needs --audit ID or --bucket B');
  if (flags.prefix !== undefined && flags.bucket === undefined) refuse('--prefix needs --bucket');
  const atMost = flags['at-most'];
  if (atMost !== undefined && !(Number(atMost) > 0)) refuse('--at-most is a number of objects a second');
  if (flags['yes-delete-old-versions'] && !flags.history) refuse('--yes-delete-old-versions belongs to --history');
  if (flags.history && !flags['yes-delete-old-versions'] && !flags['plan-only'])
    refuse('--history deletes old versions after their copies were read whole: say --yes-delete-old-versions, or look with --plan-only');
  targetOf(flags);
}

function targetOf({ sse }: Flags): EncryptionChoice {
  if (sse === 's3') return { kind: 'sse-s3' };
  if (sse === 'rule') return { kind: 'rule' };
  const choice = encryptionChoice.safeParse({ kind: 'sse-kms', key: sse?.startsWith('kms:') ? sse.slice(4) : '' });
  if (!choice.success) throw new AppError('usage', { reason: '--sse is s3, kms:KEY or rule' });
  return choice.data;
}

function scopeOf({ audit, bucket, prefix = '' }: Flags): InPlaceScope {
  const [name] = bucket ?? [];
  if (audit !== undefined)
    return {
      from: 'audit',
      auditId: audit,
      filter: { states: ['plaintext'], ...(name === undefined ? {} : { bucket: name }), ...(prefix === '' ? {} : { prefix }) },
    };
  return { from: 'prefix', bucket: name ?? '', prefix };
}

/** `sealdeck encrypt …`. Returns the exit code. */
export async function encryptCommand(client: Client, terminal: Terminal, flags: Flags, rest: readonly string[]): Promise<number> {
  await unlockStore(client, flags);
  const { id: stackId, name } = await pickStack(client, flags);
  const part = partOf(rest);
  if (part !== undefined) {
    const { runs } = await client.call('inPlace.list', { stackId });
    if (part === 'list') {
      for (const run of runs) terminal.line(lineOf(run, terminal), { run });
      return 0;
    }
    const found = rest[1] === undefined ? runs.find(({ state }) => goesOn.has(state)) : runs.find(({ id }) => id === rest[1]);
    if (!found) throw rest[1] === undefined ? new AppError('inPlaceNoneOpen') : new AppError('inPlaceUnknown', { id: rest[1] });
    return follow(client, terminal, stackId, found.id, () => client.call('inPlace.resume', { stackId, id: found.id }));
  }
  const mode = flags.history ? 'history' : 'current';
  const jobs = followJobs(client, terminal);
  const { id, jobId } = await client.call('inPlace.plan', { stackId, scope: scopeOf(flags), target: targetOf(flags), mode });
  await jobs.wait(jobId);
  const run = await client.call('inPlace.get', { stackId, id });
  if (run.plan) terminal.line(planLines(run.plan, run.total, terminal).join('\n'), { plan: run.plan });
  const leftOut = run.plan?.leftOut.reduce((sum, { objects }) => sum + objects, 0) ?? 0;
  // There is nothing in it to come back for.
  if (isOfNothing(run)) await client.call('inPlace.remove', { stackId, id }).catch(() => undefined);
  if (flags['plan-only'] || isOfNothing(run)) return leftOut > 0 ? encryptExit.left : encryptExit.done;
  const typed = run.plan?.buckets.length === 1 ? run.plan.buckets[0]?.bucket : name;
  const atMost = flags['at-most'] === undefined ? {} : { atMostPerSecond: Number(flags['at-most']) };
  return follow(client, terminal, stackId, id, () =>
    client.call('inPlace.start', { stackId, id, ...atMost, ...(mode === 'history' && typed !== undefined ? { typed } : {}) }),
  );
}

const goesOn: ReadonlySet<InPlace['state']> = new Set(['interrupted', 'cancelled', 'paused', 'failed']);
const show = (count: number): string => count.toLocaleString('en');

function lineOf({ id, state, done, total, mode }: InPlace, { say: tell }: Terminal): string {
  const words = [tell(say(`cli.inPlace.state.${state}`)), tell(say(`cli.inPlace.mode.${mode}`))];
  return [id, ...words, tell(say('cli.objectsOf', { done: show(done), count: total }))].join(' · ');
}

/** A plan as it is told. */
export function planLines(plan: InPlacePlan, total: number, terminal: Terminal): string[] {
  const { say: tell } = terminal;
  const { objects, bytes, seconds, rateFrom, buckets, leftOut, checks, warns, commands } = plan;
  return [
    [
      plan.id,
      tell(say('cli.objects', { count: objects })),
      sizeWords(bytes),
      ...(seconds === undefined
        ? []
        : [
            `${tell(say('cli.seconds', { seconds: show(seconds) }))}${rateFrom ? ` (${tell(say(`cli.inPlace.rateFrom.${rateFrom}`))})` : ''}`,
          ]),
    ].join(' · '),
    ...buckets.map(({ bucket, versioning, noncurrent, locked, extraBytes, ...one }) =>
      [
        `  ${bucket}`,
        tell(say('cli.objects', { count: one.objects })),
        sizeWords(one.bytes),
        tell(say(`cli.versioning.${versioning}`)),
        tell(say('cli.inPlace.noncurrent', { count: noncurrent.versions })),
        tell(say('cli.inPlace.locked', { count: locked.versions })),
        tell(say('cli.inPlace.extra', { bytes: extraBytes })),
      ].join(' · '),
    ),
    ...leftOut.map(
      ({ reason, objects: count, sample }) => `– ${terminal.say(reason)}: ${show(count)} (${sample.slice(0, 3).map(onOneLine).join(', ')})`,
    ),
    ...(total === 0
      ? [terminal.say(say('cliEncryptNothing'))]
      : checks.map((check) => `${check.code === 'inPlaceCheckLarge' ? '!' : '✓'} ${terminal.say(check)}`)),
    ...warns.map((warn) => `! ${terminal.say(warn)}`),
    ...commands.flatMap((command) => commandLines(command, terminal)),
  ];
}

function commandLines({ comment, line }: CommandLine, terminal: Terminal): string[] {
  return [...(comment ? [`    # ${terminal.say(comment)}`] : []), ...(line === undefined ? [] : [`    $ ${line}`])];
}

/** Said once more at the end: what comes next is not encrypted by the run. */
async function noRuleLines(client: Client, stackId: string, { warns, commands }: InPlacePlan, terminal: Terminal): Promise<string[]> {
  const planned = warns.filter(({ code }) => code === 'inPlaceWarnNoRule');
  if (planned.length === 0) return [];
  // A rule may have been set since; where that cannot be read, it is as the plan saw it.
  const now = await client.call('buckets.list', { stackId }).catch(() => undefined);
  const ruled = new Set(now?.buckets.flatMap(({ name, rule }) => (rule === undefined || rule.kind === 'none' ? [] : [name])));
  const isBare = (text: Text | undefined): boolean => !ruled.has(String(text?.params?.bucket));
  return [
    ...planned.filter(isBare).map((warn) => `! ${terminal.say(warn)}`),
    ...commands.filter(({ comment }) => comment?.code === 'inPlaceCommandRule' && isBare(comment)).map(({ line = '' }) => `    $ ${line}`),
  ];
}

async function follow(
  client: Client,
  terminal: Terminal,
  stackId: string,
  id: string,
  begin: () => Promise<{ jobId: string }>,
): Promise<number> {
  let seen: InPlace | undefined;
  client.on('inPlace.changed', (run) => {
    if (run.id === id) seen = run;
  });
  const jobs = followJobs(client, terminal, () => (seen ? progressOf(seen, terminal) : undefined));
  let cancelled = false;
  try {
    await jobs.wait((await begin()).jobId);
  } catch (error) {
    if (!isAppError(error, 'cancelled')) throw error;
    cancelled = true;
  }
  const run = await client.call('inPlace.get', { stackId, id });
  const left = notDone.reduce((sum, outcome) => sum + (run.counts[outcome] ?? 0), 0);
  const { rows } = await client.call('inPlace.rows', { stackId, id, outcomes: notDone, limit: shownAtMost });
  const planned = run.plan?.leftOut.reduce((sum, { objects }) => sum + objects, 0) ?? 0;
  const exitCode = cancelled ? encryptExit.cancelled : left + planned > 0 ? encryptExit.left : encryptExit.done;
  const counts = inPlaceOutcome.options.flatMap((outcome) =>
    run.counts[outcome] ? [terminal.say(say(`cli.inPlace.count.${outcome}`, { count: run.counts[outcome] }))] : [],
  );
  const deleted = run.deleted > 0 ? [terminal.say(say('cli.inPlace.deleted', { count: run.deleted }))] : [];
  const lines = [
    [lineOf(run, terminal), ...counts, ...deleted].join(' · '),
    ...rows.map(
      ({ bucket, key, outcome, error }) =>
        `✗ ${onOneLine(`${bucket}/${key}`)} · ${terminal.say(say(`cli.inPlace.outcome.${outcome}`))}${error ? ` · ${terminal.why(error)}` : ''}`,
    ),
    ...(run.plan && !cancelled && !terminal.json ? await noRuleLines(client, stackId, run.plan, terminal) : []),
  ];
  const { plan: _plan, ...rest } = run;
  terminal.line(lines.join('\n'), { run: rest, left, leftOut: planned, exitCode, rows });
  if (cancelled) terminal.note(terminal.say(say('cliEncryptKept', { id: namedRun(id, run.cluster) })));
  return exitCode;
}

function progressOf({ done, total, doneBytes, rate, secondsLeft, state, waitsFor, error }: InPlace, { say: tell }: Terminal): string {
  const why = state === 'paused' ? (error?.code ?? tell(say(`cli.inPlace.state.${state}`))) : waitsFor?.code;
  return [
    tell(say('cli.objectsOf', { done: show(done), count: total })),
    sizeWords(doneBytes),
    ...(rate === undefined ? [] : [tell(say('cli.objectsPerSecond', { rate: show(Math.round(rate)) }))]),
    ...(secondsLeft === undefined ? [] : [tell(say('cli.left', { seconds: show(secondsLeft) }))]),
    ...(why === undefined ? [] : [why]),
  ].join(' · ');
}
