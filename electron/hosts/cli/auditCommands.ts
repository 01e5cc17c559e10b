import { accessSync, constants, statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import {
  type Audit,
  type AuditFilter,
  type AuditScope,
  type AuditState,
  auditChange,
  auditState,
  auditStates,
} from '../../../shared/audit.ts';
import { objectsOf, verdictOf } from '../../../shared/auditVerdict.ts';
import { sizeWords } from '../../../shared/bytes.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { reasonOf, writeJsonFile } from '../../platform/atomicFile.ts';
import type { Client } from '../../rpc/client.ts';
import { namedRun } from './aboutCluster.ts';
import { auditOptions, type Flags } from './arguments.ts';
import { followJobs } from './jobs.ts';
import { pickStack, unlockStore } from './stackCommands.ts';
import type { Terminal } from './terminal.ts';

/** What the exit code says of a finished audit: what is unclear weighs more than what is plaintext. */
export const auditExit = { encrypted: 0, plaintext: 3, unclear: 4, cancelled: 130 } as const;

const parts: Readonly<Record<string, readonly [number, number]>> = {
  list: [0, 0],
  resume: [0, 1],
  diff: [2, 2],
  export: [0, 1],
  verify: [1, 1],
};
/** The options that each of them takes; a new audit takes all but `--state`. */
const taken: Readonly<Record<string, readonly string[]>> = { export: ['out', 'state', 'bucket', 'prefix'], resume: ['out'] };
const forms = ['csv', 'jsonl', 'html', 'json', 'keys'] as const;
type Form = (typeof forms)[number];

/** Refuses what would be ignored or fail at the end, before an engine runs for it. Throws `usage`. */
export function checkAudit(flags: Flags, rest: readonly string[]): void {
  const [part, ...words] = rest;
  const refuse = (reason: string): never => {
    throw new AppError('usage', { reason });
  };
  const limits =
    part === undefined
      ? undefined
      : Object.hasOwn(parts, part)
        ? parts[part]
        : refuse('after audit comes list, resume, diff, export or verify');
  if (limits && (words.length < limits[0] || words.length > limits[1]))
    refuse(`audit ${part} takes ${limits[0]} to ${limits[1]} arguments`);
  const allowed: readonly string[] = part === undefined ? auditOptions.filter((name) => name !== 'state') : (taken[part] ?? []);
  const foreign = auditOptions.find((name) => Object.hasOwn(flags, name) && !allowed.includes(name));
  if (foreign) refuse(`audit${part === undefined ? '' : ` ${part}`} does not take --${foreign}`);
  if (flags.out !== undefined && formOf(flags.out) === undefined) refuse('--out ends in .csv, .jsonl, .html, .json or .keys');
  if (part === 'export' && (flags.out === undefined || formOf(flags.out) === 'json'))
    refuse('audit export needs --out with a .csv, .jsonl, .html or .keys file');
  if (part === 'export' && (flags.bucket?.length ?? 0) > 1) refuse('audit export takes one --bucket');
  for (const state of flags.state ?? []) if (!auditState.safeParse(state).success) refuse(`--state is one of ${auditStates.join(', ')}`);
  if (flags.prefix !== undefined && flags.bucket?.length !== 1) refuse('--prefix needs exactly one --bucket');
  if (flags.gentle !== undefined && !(Number(flags.gentle) >= 0.1 && Number(flags.gentle) <= 1000))
    refuse('--gentle is a number from 0.1 to 1000');
  if (flags.out !== undefined) requirePlace(resolve(flags.out));
}

/** The file comes at the end of perhaps hours: what can be known of its place is told before. Throws `fileNotWritable`. */
function requirePlace(path: string): void {
  try {
    const folder = dirname(path);
    const isFolder = (one: string): boolean => statSync(one, { throwIfNoEntry: false })?.isDirectory() === true;
    if (!isFolder(folder)) throw new AppError('fileNotWritable', { path, reason: 'ENOENT' });
    if (isFolder(path)) throw new AppError('fileNotWritable', { path, reason: 'EISDIR' });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw isAppError(error) ? error : new AppError('fileNotWritable', { path, reason: reasonOf(error) }, { cause: error });
  }
}

function formOf(file: string): Form | undefined {
  return forms.find((form) => `.${form}` === extname(file).toLowerCase());
}

/** `sealdeck audit …`. Returns the exit code. */
export async function auditCommand(client: Client, terminal: Terminal, flags: Flags, rest: readonly string[]): Promise<number> {
  const [part, first = '', second = ''] = rest;
  if (part === 'verify') return verify(client, terminal, first);
  await unlockStore(client, flags);
  const { id: stackId } = await pickStack(client, flags);
  switch (part) {
    case 'list':
      return list(client, terminal, stackId);
    case 'diff':
      return diff(client, terminal, stackId, first, second);
    case 'export': {
      const audit = await pickAudit(client, stackId, first, ({ state }) => state === 'finished');
      const { state: states, bucket, prefix } = flags;
      const filter = {
        ...(states ? { states: states.map((one) => auditState.parse(one)) } : {}),
        ...(bucket?.[0] ? { bucket: bucket[0] } : {}),
        ...(prefix ? { prefix } : {}),
      };
      await save(client, terminal, audit, flags.out ?? '', filter);
      return 0;
    }
    case 'resume': {
      const { id } = await pickAudit(client, stackId, first, ({ state }) => state !== 'finished');
      return follow(client, terminal, flags, stackId, id, () => client.call('audit.resume', { stackId, id }));
    }
    default: {
      const scope: Partial<AuditScope> = {
        ...(flags.bucket ? { buckets: [...new Set(flags.bucket)] } : {}),
        ...(flags.prefix === undefined ? {} : { prefix: flags.prefix }),
        ...(flags.versions ? { versions: true } : {}),
      };
      const options = {
        ...(flags['verify-all'] ? { verifyAll: true } : {}),
        ...(flags.gentle === undefined ? {} : { requestsPerSecond: Number(flags.gentle) }),
      };
      let id = '';
      const begin = async (): Promise<{ jobId: string }> => {
        const started = await client.call('audit.start', { stackId, scope, options });
        id = started.id;
        return started;
      };
      return follow(client, terminal, flags, stackId, () => id, begin);
    }
  }
}

/** Waits for a run with its counts on a terminal, prints what it came to, and writes `--out`. */
async function follow(
  client: Client,
  terminal: Terminal,
  flags: Flags,
  stackId: string,
  id: string | (() => string),
  begin: () => Promise<{ jobId: string }>,
): Promise<number> {
  const name = (): string => (typeof id === 'string' ? id : id());
  let seen: Audit | undefined;
  client.on('audit.changed', (audit) => {
    if (audit.stackId === stackId) seen = audit;
  });
  const jobs = followJobs(client, terminal, () => (seen && seen.id === name() ? progressOf(seen, terminal) : undefined));
  const { jobId } = await begin();
  try {
    await jobs.wait(jobId);
  } catch (error) {
    if (!isAppError(error, 'cancelled')) throw error;
    await summary(client, terminal, stackId, name(), auditExit.cancelled);
    terminal.note(terminal.say(say('cliAuditKept', { id: namedRun(name(), seen?.cluster) })));
    return auditExit.cancelled;
  }
  const { audit } = await client.call('audit.get', { stackId, id: name() });
  const { plaintext, unclear } = verdictOf(audit);
  const code = unclear > 0 ? auditExit.unclear : plaintext > 0 ? auditExit.plaintext : auditExit.encrypted;
  const told = await summary(client, terminal, stackId, name(), code);
  if (flags.out === undefined) return code;
  if (formOf(flags.out) === 'json') await writeJsonFile(resolve(flags.out), told, 0o644);
  else await save(client, terminal, audit, flags.out, {});
  return code;
}

function progressOf(audit: Audit, terminal: Terminal): string {
  const seen = all(audit);
  const { expected, rate, secondsLeft, phase, phaseDone } = audit;
  const of = expected && expected.objects > seen ? expected.objects : undefined;
  const { say: tell } = terminal;
  const pieces = [
    of === undefined ? tell(say('cli.objects', { count: seen })) : tell(say('cli.objectsOf', { done: show(seen), count: of })),
    ...(audit.state === 'waiting' || audit.state === 'paused' ? [audit.waitsFor?.code ?? tell(say(`cli.audit.state.${audit.state}`))] : []),
    ...(phase === 'listing'
      ? [tell(say('cli.audit.buckets', { done: audit.buckets.done, count: audit.buckets.total }))]
      : [`${tell(say(`cli.audit.phase.${phase}`))}${phaseDone === undefined ? '' : ` ${Math.round(phaseDone * 100)}%`}`]),
    ...(rate === undefined ? [] : [tell(say('cli.objectsPerSecond', { rate: show(Math.round(rate)) }))]),
    ...(secondsLeft === undefined ? [] : [tell(say('cli.left', { seconds: secondsLeft }))]),
    ...auditStates.flatMap((state) =>
      objectsOf(audit.current, state) > 0 ? [`${terminal.say(say(`audit.state.${state}`))} ${show(objectsOf(audit.current, state))}`] : [],
    ),
  ];
  return pieces.join(' · ');
}

const show = (count: number): string => count.toLocaleString('en');
const all = ({ current, noncurrent }: Audit): number => [...current.objects, ...noncurrent.objects].reduce((sum, one) => sum + one, 0);

/** One JSON object, or lines for a person: counts, then what was found and what to do. */
async function summary(client: Client, terminal: Terminal, stackId: string, id: string, exitCode: number): Promise<object> {
  const { audit, findings, limits } = await client.call('audit.get', { stackId, id });
  const { plaintext, unclear } = verdictOf(audit);
  const counts = (amounts: Audit['current']): object =>
    Object.fromEntries(auditStates.map((state, at) => [state, { objects: amounts.objects[at] ?? 0, bytes: amounts.bytes[at] ?? 0 }]));
  const said = findings.map(({ level, what, next, commands }) => ({ level, what: terminal.say(what), next: terminal.say(next), commands }));
  const told = {
    audit: id,
    stack: stackId,
    state: audit.state,
    exitCode,
    objects: all(audit),
    plaintext,
    unclear,
    current: counts(audit.current),
    ...(audit.scope.versions ? { noncurrent: counts(audit.noncurrent), deleteMarkers: audit.deleteMarkers } : {}),
    folderMarkers: audit.folderMarkers,
    opens: audit.opens,
    gaps: audit.gaps,
    buckets: audit.buckets,
    method: audit.method,
    startedAt: audit.startedAt,
    endedAt: audit.endedAt,
    seconds: Math.round(audit.workedMs / 100) / 10,
    requests: audit.requests,
    who: audit.who,
    protected: audit.protected,
    findings: said,
    limits: limits.map((limit) => terminal.say(limit)),
  };
  const states = auditStates.map(
    (state, at) =>
      `${terminal.say(say(`audit.state.${state}`))} ${show((audit.current.objects[at] ?? 0) + (audit.noncurrent.objects[at] ?? 0))}`,
  );
  const lines = [
    [
      id,
      terminal.say(say(`cli.audit.state.${audit.state}`)),
      terminal.say(say('cli.objects', { count: all(audit) })),
      terminal.say(say('cli.seconds', { seconds: told.seconds })),
    ].join(' · '),
    states.join(' · '),
    terminal.say(say('cliAuditCounts', { plaintext: show(plaintext), unclear: show(unclear) })),
    ...said.flatMap(({ level, what, next, commands }) => [
      `${level === 'fail' ? '✗' : level === 'warn' ? '!' : '–'} ${what}`,
      `    ${next}`,
      ...commands.map((line) => `    $ ${line}`),
    ]),
    ...told.limits.map((limit) => `· ${limit}`),
  ];
  terminal.line(lines.join('\n'), told);
  return told;
}

async function save(
  client: Client,
  terminal: Terminal,
  audit: Pick<Audit, 'stackId' | 'id' | 'scope'>,
  out: string,
  asked: AuditFilter,
): Promise<void> {
  const form = formOf(out);
  if (form === undefined || form === 'json') return;
  const { stackId, id } = audit;
  const filter = { ...asked, ...versionsIn(audit, out, asked) };
  const jobs = followJobs(client, terminal);
  const { jobId } = await client.call('audit.save', { stackId, id, file: resolve(out), format: form, filter, language: terminal.language });
  const { file, bytes } = (await jobs.wait(jobId)) as { file: string; bytes: number };
  terminal.note(`${file} · ${sizeWords(bytes)}`);
}

/** All that was read, unless one state is asked for; a list of keys is of current objects, for tools that take nothing else. */
function versionsIn({ scope }: Pick<Audit, 'scope'>, out: string, { states }: AuditFilter): AuditFilter {
  return scope.versions && states === undefined && formOf(out) !== 'keys' ? { versions: 'all' } : {};
}

/** By id, else the newest that fits. Throws `auditUnknown`. */
async function pickAudit(client: Client, stackId: string, id: string, fits: (audit: Audit) => boolean): Promise<Audit> {
  const { audits } = await client.call('audit.list', { stackId });
  const found = id === '' ? audits.find(fits) : audits.find((audit) => audit.id === id);
  if (!found) throw new AppError('auditUnknown', { id: id || '-' });
  return found;
}

async function list(client: Client, terminal: Terminal, stackId: string): Promise<number> {
  const { audits, damaged } = await client.call('audit.list', { stackId });
  for (const audit of audits) {
    const { plaintext, unclear } = verdictOf(audit);
    const where = audit.scope.buckets?.join(', ') ?? '*';
    const line = [
      audit.id,
      terminal.say(say(`cli.audit.state.${audit.state}`)),
      where + (audit.scope.prefix ? `/${audit.scope.prefix}` : ''),
      terminal.say(say('cli.objects', { count: all(audit) })),
    ];
    terminal.line([...line, terminal.say(say('cliAuditCounts', { plaintext: show(plaintext), unclear: show(unclear) }))].join(' · '), {
      ...audit,
      plaintext,
      unclear,
    });
  }
  for (const { id, error } of damaged) terminal.line(`${id} · ${error.code}`, { id, error });
  return 0;
}

async function diff(client: Client, terminal: Terminal, stackId: string, before: string, after: string): Promise<number> {
  const told = await client.call('audit.compare', { stackId, before, after, limit: 500 });
  const stateOf = (one: { state?: AuditState | undefined } | undefined): string =>
    one?.state ? terminal.say(say(`audit.state.${one.state}`)) : '-';
  const lines = told.rows.map(({ change, before: was, after: is }) => {
    const row = is ?? was;
    return `${terminal.say(say(`cli.audit.change.${change}`))} · ${row?.bucket}/${row?.key} · ${stateOf(was)} → ${stateOf(is)}`;
  });
  const counts = auditChange.options.flatMap((change) =>
    told.counts[change] ? [`${terminal.say(say(`cli.audit.change.${change}`))} ${show(told.counts[change])}`] : [],
  );
  terminal.line([counts.join(' · ') || '=', ...lines].join('\n'), { before, after, ...told });
  return 0;
}

async function verify(client: Client, terminal: Terminal, folder: string): Promise<number> {
  const told = await client.call('audit.verify', { folder: resolve(folder) });
  const lines = told.files.map(
    ({ name, state }) => `${state === 'intact' ? '✓' : '✗'} ${name} · ${terminal.say(say(`cli.audit.file.${state}`))}`,
  );
  terminal.line(
    [
      ...lines,
      `${terminal.say(say(`cli.audit.result.${told.result}`))} · ${told.fingerprint}${told.signedBy === undefined ? '' : ` · ${told.signedBy}`}`,
    ].join('\n'),
    told,
  );
  if (told.result !== 'intact') return 1;
  if (told.signedBy !== undefined) return 0;
  // Whoever altered it may have signed it anew: for a script that must not read as good.
  terminal.note(terminal.say(say('cliAuditKeyUnknown')));
  return 3;
}
