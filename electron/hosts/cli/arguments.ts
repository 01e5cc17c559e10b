import { closeSync, existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Language } from '../../../shared/text.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import { defaultDataFolder } from '../../platform/engineFolder.ts';
import { systemLanguage } from '../../platform/systemLanguage.ts';
import { nearest } from './nearest.ts';

const options = {
  json: { type: 'boolean' },
  lang: { type: 'string' },
  data: { type: 'string' },
  dir: { type: 'string' },
  name: { type: 'string' },
  practice: { type: 'boolean' },
  'passphrase-file': { type: 'string' },
  'passphrase-fd': { type: 'string' },
  'build-servers': { type: 'boolean' },
  'key-store': { type: 'string' },
  'key-store-file': { type: 'string' },
  storage: { type: 'string' },
  kv: { type: 'string' },
  get: { type: 'string' },
  stack: { type: 'string' },
  cluster: { type: 'string' },
  level: { type: 'string' },
  to: { type: 'string' },
  objects: { type: 'boolean' },
  bucket: { type: 'string', multiple: true },
  prefix: { type: 'string' },
  versions: { type: 'boolean' },
  'version-id': { type: 'string' },
  'verify-all': { type: 'boolean' },
  gentle: { type: 'string' },
  out: { type: 'string' },
  state: { type: 'string', multiple: true },
  sse: { type: 'string' },
  context: { type: 'string', multiple: true },
  'on-conflict': { type: 'string' },
  audit: { type: 'string' },
  history: { type: 'boolean' },
  'yes-delete-old-versions': { type: 'boolean' },
  'at-most': { type: 'string' },
  'plan-only': { type: 'boolean' },
  'yes-lose-objects': { type: 'boolean' },
  leave: { type: 'string', multiple: true },
  'kes-nodes': { type: 'string' },
  port: { type: 'string' },
  'no-open': { type: 'boolean' },
  force: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

export type Flags = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
export interface CommandLine {
  command: string;
  rest: string[];
  flags: Flags;
  language: Language;
}

const general = ['json', 'lang', 'data', 'dir', 'help', 'version'];
/** What the parts of `audit` take between them; each one refuses those of the others. */
export const auditOptions = ['bucket', 'prefix', 'versions', 'verify-all', 'gentle', 'out', 'state'] as const;
/** What a new upload takes; its other parts take none of them. */
export const uploadOptions = ['bucket', 'prefix', 'sse', 'context', 'on-conflict'] as const;
/** What a new run of encryption in place takes; its other parts take none of them. */
export const encryptOptions = ['audit', 'bucket', 'prefix', 'sse', 'history', 'yes-delete-old-versions', 'at-most', 'plan-only'] as const;
/** What each command takes besides the general options. An option that would be ignored is refused instead. */
export const commands: Readonly<Record<string, { options: readonly string[]; arguments: readonly [number, number] }>> = {
  call: { options: [], arguments: [1, 2] },
  procedures: { options: [], arguments: [0, 1] },
  up: {
    options: ['name', 'practice', 'passphrase-file', 'passphrase-fd', 'build-servers', 'key-store', 'key-store-file', 'storage', 'kv'],
    arguments: [0, 0],
  },
  status: { options: ['stack'], arguments: [0, 0] },
  down: { options: ['stack'], arguments: [0, 0] },
  prove: { options: ['stack', 'cluster', 'level', 'passphrase-file', 'passphrase-fd'], arguments: [0, 0] },
  audit: {
    options: ['stack', 'cluster', ...auditOptions, 'passphrase-file', 'passphrase-fd'],
    arguments: [0, 3],
  },
  download: {
    options: ['stack', 'cluster', 'bucket', 'prefix', 'version-id', 'to', 'on-conflict', 'passphrase-file', 'passphrase-fd'],
    arguments: [0, 100_000],
  },
  upload: { options: ['stack', 'cluster', ...uploadOptions, 'passphrase-file', 'passphrase-fd'], arguments: [0, 100_000] },
  encrypt: { options: ['stack', 'cluster', ...encryptOptions, 'passphrase-file', 'passphrase-fd'], arguments: [0, 2] },
  keys: { options: ['stack', 'cluster', 'to', 'yes-lose-objects', 'passphrase-file', 'passphrase-fd'], arguments: [0, 1001] },
  'kes-move': { options: ['stack', 'name', 'leave', 'passphrase-file', 'passphrase-fd'], arguments: [0, 1] },
  cluster: {
    options: ['stack', 'name', 'prefix', 'kes-nodes', 'plan-only', 'passphrase-file', 'passphrase-fd'],
    arguments: [0, 2],
  },
  backup: { options: ['stack', 'to', 'objects', 'passphrase-file', 'passphrase-fd'], arguments: [0, 0] },
  restore: { options: ['practice', 'passphrase-file', 'passphrase-fd'], arguments: [1, 1] },
  unlock: { options: ['passphrase-file', 'passphrase-fd'], arguments: [0, 0] },
  servers: { options: ['get'], arguments: [0, 0] },
  open: { options: ['port', 'no-open'], arguments: [0, 0] },
  selfcheck: { options: [], arguments: [0, 0] },
  quit: { options: ['force'], arguments: [0, 0] },
  help: { options: [], arguments: [0, 1] },
};

/** Throws `usage`. */
export function readCommandLine(argv: readonly string[], env: NodeJS.ProcessEnv): CommandLine {
  let parsed: { values: Flags; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    // The message of parseArgs repeats what was typed, which may be a secret: nothing of it goes on but a known name near it.
    const unknown = reasonOf(error) === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
    throw new AppError('usage', {
      reason: unknown ? `unknown option${meantOption(argv)}` : 'an option lacks its value or has one too many',
    });
  }
  const { values: flags, positionals } = parsed;
  const [first = 'help', ...rest] = positionals;
  const language = languageOf(flags.lang, env);
  if (flags.help) return { command: 'help', rest: positionals.slice(0, 1), flags, language };
  if (flags.version) return { command: 'version', rest: [], flags, language };
  const known = Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (!known) {
    const meant = nearest(first, Object.keys(commands));
    throw new AppError('usage', { reason: `there is no such command${meant === undefined ? '' : `; ${meant} is the nearest one`}` });
  }
  const foreign = Object.keys(flags).find((name) => !general.includes(name) && !known.options.includes(name));
  if (foreign) throw new AppError('usage', { reason: `${first} does not take --${foreign}` });
  const [least, most] = known.arguments;
  if (first === 'call' && rest.length === 2 && rest[1] !== '-' && !rest[1]?.startsWith('@')) {
    throw new AppError('usage', {
      reason: 'input is read from standard input (-) or @file, never from the command line, which other users can see',
    });
  }
  if (rest.length < least || rest.length > most) throw new AppError('usage', { reason: `${first} takes ${least} to ${most} arguments` });
  return { command: first, rest, flags, language };
}

/** What was probably meant by the first option that there is not. */
function meantOption(argv: readonly string[]): string {
  const names = Object.keys(options);
  const typed = argv.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=')[0] ?? '');
  const meant = typed.find((name) => !names.includes(name));
  const name = meant === undefined ? undefined : nearest(meant, names);
  return name === undefined ? '' : `; --${name} is the nearest one`;
}

/** The language that a command line asks for, also when the rest of it is not understood. */
export function askedLanguage(argv: readonly string[], env: NodeJS.ProcessEnv): Language {
  const at = argv.findIndex((word) => word === '--lang' || word.startsWith('--lang='));
  const asked = argv[at]?.includes('=') ? argv[at]?.slice('--lang='.length) : argv[at + 1];
  return at >= 0 && (asked === 'en' || asked === 'zh-CN') ? asked : systemLanguage(env);
}

export function languageOf(asked: string | undefined, env: NodeJS.ProcessEnv): Language {
  if (asked !== undefined && asked !== 'en' && asked !== 'zh-CN') throw new AppError('usage', { reason: '--lang is en or zh-CN' });
  return asked ?? systemLanguage(env);
}

/** A folder by its real path, so that a link to it, or `/tmp` of macOS, is the same folder. It need not be there. */
export function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/**
 * Where the engine's data lies: `--data`, else the stack folder's own `.sealdeck` when it has one (or gets one, because
 * its secrets shall not go into the keychain), else the folder of this user.
 */
export function dataFolderOf(flags: Flags, env: NodeJS.ProcessEnv): string {
  if (flags.data !== undefined) return resolve(flags.data);
  if (flags.dir !== undefined) {
    const own = join(resolve(flags.dir), '.sealdeck');
    const kept = flags.practice || flags['passphrase-file'] !== undefined || flags['passphrase-fd'] !== undefined;
    if (kept || existsSync(own)) return own;
  }
  return defaultDataFolder(process.platform, env);
}

/** From a file or an open descriptor; one line end at the end does not belong to it. */
export function readPassphrase(flags: Flags): string | undefined {
  const file = flags['passphrase-file'];
  const fd = flags['passphrase-fd'];
  if (file !== undefined && fd !== undefined)
    throw new AppError('usage', { reason: '--passphrase-file and --passphrase-fd exclude each other' });
  if (file === undefined && fd === undefined) return undefined;
  if (fd !== undefined && !/^\d{1,4}$/.test(fd)) throw new AppError('usage', { reason: '--passphrase-fd is a number' });
  try {
    const content = readFileSync(file ?? Number(fd), 'utf8').replace(/\r?\n$/, '');
    if (fd !== undefined && Number(fd) > 2) closeSync(Number(fd));
    if (content === '') throw new AppError('usage', { reason: 'the passphrase is empty' });
    return content;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('usage', { reason: `the passphrase cannot be read: ${reasonOf(error)}` }, { cause: error });
  }
}

export function numberOf(value: string | undefined, name: string, max: number): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value) || Number(value) > max) throw new AppError('usage', { reason: `--${name} is a number up to ${max}` });
  return Number(value);
}
