import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { sizeWords } from '../../../shared/bytes.ts';
import { type EncryptionChoice, encryptionChoice } from '../../../shared/encryption.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { itemState, onConflict, type Upload, type UploadItem } from '../../../shared/uploads.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import type { Client } from '../../rpc/client.ts';
import { namedRun } from './aboutCluster.ts';
import { type Flags, uploadOptions } from './arguments.ts';
import { followJobs } from './jobs.ts';
import { pickStack, unlockStore } from './stackCommands.ts';
import { onOneLine, type Terminal } from './terminal.ts';

/** What the exit code says: an object that landed otherwise than meant weighs more than one that did not land. */
export const uploadExit = { done: 0, failed: 1, alarm: 3, cancelled: 130 } as const;

const parts = ['resume', 'cancel', 'list'] as const;
const pathsAtOnce = 5_000;
const shownAtMost = 100;

/** With `--bucket` all words are paths; without, the first says what to do with an upload that is there. */
function partOf(flags: Flags, rest: readonly string[]): (typeof parts)[number] | undefined {
  return flags.bucket === undefined ? parts.find((part) => part === rest[0]) : undefined;
}

/** Refuses what would be ignored or fail later, before an engine runs for it. Throws `usage`. */
export function checkUpload(flags: Flags, rest: readonly string[]): void {
  const refuse = (reason: string): never => {
    throw new AppError('usage', { reason });
  };
  const part = partOf(flags, rest);
  if (part === undefined) {
    if (flags.bucket?.length !== 1) refuse('upload needs exactly one --bucket and paths, or resume, cancel or list');
    if (rest.length === 0) refuse('upload needs at least one file or folder');
    choiceWord(flags);
    if (flags['on-conflict'] !== undefined && !onConflict.safeParse(flags['on-conflict']).success)
      refuse('--on-conflict is skip or replace');
    for (const path of rest) requireThere(resolve(path));
    return;
  }
  const foreign = uploadOptions.find((name) => Object.hasOwn(flags, name));
  if (foreign) refuse(`upload ${part} does not take --${foreign}`);
  if (rest.length > 2 || (part === 'list' && rest.length > 1)) refuse(`upload ${part} takes ${part === 'list' ? 'no' : 'one'} argument`);
}

/** A word that was mistyped must not be found among the results of thousands of files. What it is, the engine judges. */
function requireThere(path: string): void {
  try {
    lstatSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(reasonOf(error))) throw new AppError('uploadPathMissing', { path }, { cause: error });
  }
}

/** `--sse` and `--context` as they were typed; the name of a customer's key is still a name. */
function choiceWord({ sse = 'rule', context }: Flags): EncryptionChoice | { kind: 'customer'; name: string } {
  const usage = (reason: string): AppError => new AppError('usage', { reason });
  const [kind, ...more] = sse.split(':');
  const name = more.join(':');
  if (context && kind !== 'kms') throw usage('--context belongs to --sse kms:KEY');
  if (sse === 'rule') return { kind: 'rule' };
  if (sse === 's3') return { kind: 'sse-s3' };
  if (kind === 'c' && name !== '') return { kind: 'customer', name };
  if (kind !== 'kms' || name === '') throw usage('--sse is rule, s3, kms:KEY or c:NAME');
  const pairs = (context ?? []).map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw usage('--context is name=value');
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  const choice = encryptionChoice.safeParse({
    kind: 'sse-kms',
    key: name,
    ...(pairs.length > 0 ? { context: Object.fromEntries(pairs) } : {}),
  });
  if (!choice.success) throw usage('the name of the key or the context cannot be used');
  return choice.data;
}

/** By its id, else the newest that can be resumed or cancelled: one whose start a kill cut off hides no other. */
export function uploadMeant<U extends Pick<Upload, 'id' | 'phase'>>(
  uploads: readonly U[],
  part: 'resume' | 'cancel',
  id: string | undefined,
): U | undefined {
  if (id !== undefined) return uploads.find((one) => one.id === id);
  const open = uploads.filter(({ phase }) => phase !== 'ended');
  return (part === 'resume' ? open.find(({ phase }) => phase !== 'staged') : undefined) ?? open[0];
}

/** `sealdeck upload …`. Returns the exit code. */
export async function uploadCommand(client: Client, terminal: Terminal, flags: Flags, rest: readonly string[]): Promise<number> {
  await unlockStore(client, flags);
  const { id: stackId } = await pickStack(client, flags);
  const part = partOf(flags, rest);
  if (part === 'list') return list(client, terminal, stackId);
  if (part !== undefined) {
    const { uploads } = await client.call('uploads.list', { stackId });
    const found = uploadMeant(uploads, part, rest[1]);
    if (!found) throw rest[1] === undefined ? new AppError('uploadNoneOpen') : new AppError('uploadNotHere', { id: rest[1] });
    const { id } = found;
    if (part === 'resume')
      return follow(client, terminal, stackId, id, () => client.call('uploads.resume', { stackId, id, again: found.phase === 'ended' }));
    const { phase } = await client.call('uploads.cancel', { stackId, id });
    terminal.line(`${id} · ${phaseWord(terminal, phase)}`, { upload: id, phase });
    return uploadExit.done;
  }
  const choice = await choiceOf(client, stackId, flags);
  const bucket = flags.bucket?.[0] ?? '';
  const { id } = await client.call('uploads.stage', { stackId, bucket, prefix: flags.prefix ?? '' });
  const paths = rest.map((path) => resolve(path));
  try {
    let empty = 0;
    for (let at = 0; at < paths.length; at += pathsAtOnce)
      empty += (await client.call('uploads.addPaths', { stackId, id, paths: paths.slice(at, at + pathsAtOnce) })).emptyFolders;
    if (empty > 0) terminal.note(terminal.say(say('cli.emptyFolders', { count: empty })));
    const conflict = onConflict.parse(flags['on-conflict'] ?? 'skip');
    return await follow(client, terminal, stackId, id, () => client.call('uploads.start', { stackId, id, choice, onConflict: conflict }));
  } catch (error) {
    await forget(client, stackId, id);
    throw error;
  }
}

/** One that was refused before anything was sent is not kept. */
async function forget(client: Client, stackId: string, id: string): Promise<void> {
  try {
    const { uploads } = await client.call('uploads.list', { stackId });
    if (uploads.some((one) => one.id === id && one.phase === 'staged')) await client.call('uploads.remove', { stackId, id });
  } catch (error) {
    if (!isAppError(error)) throw error;
  }
}

async function choiceOf(client: Client, stackId: string, flags: Flags): Promise<EncryptionChoice> {
  const word = choiceWord(flags);
  if (word.kind !== 'customer') return word;
  const { keys } = await client.call('objects.customerKeys', { stackId });
  const key = keys.find(({ name }) => name === word.name);
  if (!key) throw new AppError('customerKeyNotNamed', { name: word.name });
  return { kind: 'sse-c', keyId: key.id };
}

/** Waits for a run with its progress on a terminal, and prints what it came to. */
async function follow(
  client: Client,
  terminal: Terminal,
  stackId: string,
  id: string,
  begin: () => Promise<{ jobId: string }>,
): Promise<number> {
  let seen: Upload | undefined;
  client.on('uploads.changed', (upload) => {
    if (upload.id === id) seen = upload;
  });
  const jobs = followJobs(client, terminal, () => (seen ? progressOf(seen, terminal) : undefined));
  const { jobId } = await begin();
  try {
    await jobs.wait(jobId);
  } catch (error) {
    if (!isAppError(error, 'cancelled')) throw error;
    await summary(client, terminal, stackId, id, uploadExit.cancelled);
    terminal.note(terminal.say(say('cliUploadKept', { id: namedRun(id, seen?.cluster) })));
    return uploadExit.cancelled;
  }
  return summary(client, terminal, stackId, id);
}

const phaseWord = (terminal: Terminal, phase: Upload['phase']): string => terminal.say(say(`cli.upload.phase.${phase}`));
const amountOf = (terminal: Terminal, { files, sent, bytes }: Pick<Upload, 'files' | 'sent' | 'bytes'>): string =>
  `${terminal.say(say('cli.files', { count: files }))} · ${terminal.say(say('cli.bytesOf', { bytes: sent, all: bytes }))}`;

function progressOf({ sent, bytes, files, counts, rate, secondsLeft, error }: Upload, { say: tell }: Terminal): string {
  const settled = (['done', 'alarm', 'failed', 'skipped'] as const).reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  return [
    tell(say('cli.filesOf', { done: settled, count: files })),
    tell(say('cli.bytesOf', { bytes: sent, all: bytes })),
    ...(error ? [error.code] : []),
    ...(rate === undefined ? [] : [tell(say('cli.perSecond', { rate: sizeWords(rate) }))]),
    ...(secondsLeft === undefined ? [] : [tell(say('cli.left', { seconds: secondsLeft }))]),
  ].join(' · ');
}

/** One JSON object, or lines for a person: counts, then each file that is not as it should be. */
async function summary(client: Client, terminal: Terminal, stackId: string, id: string, forced?: number): Promise<number> {
  const { uploads } = await client.call('uploads.list', { stackId });
  const upload = uploads.find((one) => one.id === id);
  if (!upload) throw new AppError('uploadNotHere', { id });
  const { counts, phase, alarm, error } = upload;
  const bad = (counts.failed ?? 0) + (counts.refused ?? 0);
  const code = forced ?? ((counts.alarm ?? 0) > 0 ? uploadExit.alarm : phase !== 'ended' || bad > 0 ? uploadExit.failed : uploadExit.done);
  const view = { stackId, id, states: ['alarm', 'failed', 'refused'] as UploadItem['state'][], limit: shownAtMost };
  const { items } = await client.call('uploads.items', view);
  const told = {
    upload: id,
    stack: stackId,
    bucket: upload.bucket,
    prefix: upload.prefix,
    phase,
    exitCode: code,
    files: upload.files,
    bytes: upload.bytes,
    sent: upload.sent,
    counts,
    choice: upload.choice,
    meant: upload.meant,
    ...(alarm ? { alarm: { key: alarm.item.key, found: alarm.found, why: terminal.say(alarm.why) } } : {}),
    ...(error ? { error } : {}),
    problems: items.map(({ path, key, state, landed, error: why }) => ({ path, key, state, landed, error: why })),
  };
  const lines = [
    `${id} · ${phaseWord(terminal, phase)} · ${amountOf(terminal, upload)}`,
    itemState.options
      .flatMap((state) => (counts[state] ? [terminal.say(say(`cli.upload.item.${state}`, { count: counts[state] }))] : []))
      .join(' · '),
    ...(alarm ? [`✗ ${onOneLine(alarm.item.key)}: ${terminal.say(alarm.why)}`] : []),
    ...items.map(
      ({ path, state, error: why }) =>
        `${state === 'refused' ? '–' : '✗'} ${onOneLine(path)} · ${stateWord(terminal, state)}${why ? ` · ${terminal.why(why)}` : ''}`,
    ),
  ];
  terminal.line(lines.join('\n'), told);
  if (error) terminal.error(AppError.of(error));
  return code;
}

/** Of those that are listed one by one. */
function stateWord(terminal: Terminal, state: UploadItem['state']): string {
  return state === 'alarm' || state === 'failed' || state === 'refused' ? terminal.say(say(`cli.upload.state.${state}`)) : state;
}

async function list(client: Client, terminal: Terminal, stackId: string): Promise<number> {
  const { uploads } = await client.call('uploads.list', { stackId });
  for (const upload of uploads) {
    const { id, phase, bucket, prefix } = upload;
    terminal.line(`${id} · ${phaseWord(terminal, phase)} · ${bucket}/${prefix} · ${amountOf(terminal, upload)}`, upload);
  }
  return 0;
}
