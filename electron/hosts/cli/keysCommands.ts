import { existsSync, readFileSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import type { CustomerKeyUse } from '../../../shared/objects.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { reasonOf, writeFileAtomic } from '../../platform/atomicFile.ts';
import type { Client } from '../../rpc/client.ts';
import { type Flags, readPassphrase } from './arguments.ts';
import { withoutPassphrase } from './backupCommands.ts';
import { pickStack, unlockStore } from './stackCommands.ts';
import type { Terminal } from './terminal.ts';
import { openStore } from './upCommand.ts';

/** How many names each part takes. */
const parts: Readonly<Record<string, readonly [number, number]>> = {
  list: [0, 0],
  make: [1, 1],
  take: [1, 2],
  import: [1, 1],
  export: [0, 1000],
  remove: [1, 1],
};

/** There the passphrase is the exported file's: it says nothing about where the credential store lies. */
export const isOfKeyFile = (rest: readonly string[]): boolean => rest[0] === 'import' || rest[0] === 'export';

/** Refuses what cannot be done before an engine runs for it. Throws `usage`. */
export function checkKeys(flags: Flags, rest: readonly string[]): void {
  const refuse = (reason: string): never => {
    throw new AppError('usage', { reason });
  };
  const [part = 'list', ...names] = rest;
  const takes = Object.hasOwn(parts, part) ? parts[part] : undefined;
  if (!takes) throw new AppError('usage', { reason: `keys takes ${Object.keys(parts).join(', ')}` });
  // What stands behind the name of a key that is taken in may be that key: nothing of it goes on.
  if (part === 'take' && names.slice(1).some((word) => word !== '-' && !word.startsWith('@')))
    refuse('the key is read from standard input (-) or @file, never from the command line, which other users can see');
  if (names.length < takes[0] || names.length > takes[1]) refuse(`keys ${part} takes ${takes[0]} to ${takes[1]} arguments`);
  if (isOfKeyFile(rest) && flags['passphrase-file'] === undefined && flags['passphrase-fd'] === undefined)
    refuse(`keys ${part} needs --passphrase-file or --passphrase-fd with the passphrase of the exported file`);
  if ((part === 'export') !== (flags.to !== undefined))
    refuse(part === 'export' ? 'keys export needs --to with a folder' : `keys ${part} does not take --to`);
  if (flags['yes-lose-objects'] && part !== 'remove') refuse(`keys ${part} does not take --yes-lose-objects`);
}

/** `sealdeck keys`: SSE-C keys of a stack. Their bytes come in by standard input or a file, and go out sealed. */
export async function keysCommand(client: Client, terminal: Terminal, flags: Flags, rest: readonly string[]): Promise<number> {
  const [part = 'list', name = '', source] = rest;
  const ofFile = isOfKeyFile(rest);
  const passphrase = ofFile ? (readPassphrase(flags) ?? '') : '';
  const key = part === 'take' ? await readKey(source) : '';
  if (ofFile) await openStore(client, withoutPassphrase(flags));
  else await unlockStore(client, flags);
  const { id: stackId } = await pickStack(client, flags);
  switch (part) {
    case 'make':
      return shown(terminal, await client.call('objects.makeCustomerKey', { stackId, name }));
    case 'take':
      return shown(terminal, await client.call('objects.takeCustomerKey', { stackId, name, key }));
    case 'import':
      return importFile(client, terminal, stackId, name, passphrase);
    case 'export':
      return exportFile(client, terminal, stackId, rest.slice(1), { folder: flags.to ?? '.', passphrase });
    case 'remove':
      return remove(client, terminal, stackId, name, flags['yes-lose-objects'] ?? false);
    default: {
      const { keys } = await client.call('objects.customerKeys', { stackId });
      for (const one of keys) shown(terminal, one);
      return 0;
    }
  }
}

type Shown = Pick<CustomerKeyUse['key'], 'name' | 'md5' | 'createdAt' | 'objects' | 'exportedAt'>;

function shown(terminal: Terminal, key: Shown): number {
  const { name, md5, createdAt, objects, exportedAt } = key;
  const copy = exportedAt === undefined ? say('cliKeyNoCopy') : say('cliKeyCopy', { at: exportedAt });
  terminal.line(
    `${name} · MD5 ${md5} · ${createdAt} · ${terminal.say(say('cliKeyObjects', { count: objects }))} · ${terminal.say(copy)}`,
    key,
  );
  return 0;
}

/** Throws `usage` where nobody would see that a key is waited for. */
async function readKey(source = '-'): Promise<string> {
  if (source === '-') {
    if (process.stdin.isTTY) throw new AppError('usage', { reason: 'pipe the key into standard input, or name its file as @file' });
    return readAll(process.stdin);
  }
  return readInput(source.slice(1));
}

function readInput(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AppError('invalidInput', { field: 'input', reason: `${path}: ${reasonOf(error)}` }, { cause: error });
  }
}

async function named(client: Client, stackId: string, name: string): Promise<string> {
  const { keys } = await client.call('objects.customerKeys', { stackId });
  const key = keys.find((one) => one.name === name || one.id === name);
  if (!key) throw new AppError('customerKeyNotNamed', { name });
  return key.id;
}

async function importFile(client: Client, terminal: Terminal, stackId: string, file: string, passphrase: string): Promise<number> {
  const content = readInput(file);
  const { taken, known } = await client.call('objects.importCustomerKeys', { stackId, content, passphrase });
  for (const { was, ...key } of taken) {
    if (was !== undefined) terminal.note(terminal.say(say('cliKeyRenamed', { was, name: key.name })));
    shown(terminal, key);
  }
  for (const { name, as } of known) terminal.note(terminal.say(say('cliKeyKnown', { name, as })));
  return 0;
}

interface Export {
  folder: string;
  passphrase: string;
}

async function exportFile(
  client: Client,
  terminal: Terminal,
  stackId: string,
  names: readonly string[],
  { folder, passphrase }: Export,
): Promise<number> {
  const { keys } = await client.call('objects.customerKeys', { stackId });
  const ids = names.length === 0 ? keys.map(({ id }) => id) : await Promise.all(names.map((name) => named(client, stackId, name)));
  if (ids.length === 0) throw new AppError('customerKeyNone');
  const { name, content } = await client.call('objects.exportCustomerKeys', { stackId, ids, passphrase });
  const file = freePath(resolve(folder), name);
  await writeFileAtomic(file, content);
  terminal.line(terminal.say(say('cliKeysExported', { count: ids.length, file })), { file, keys: ids.length });
  return 0;
}

/** An earlier export may hold the last copy of a key: none is written over. */
function freePath(folder: string, name: string): string {
  const end = extname(name);
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? name : `${basename(name, end)}-${number}${end}`);
    if (!existsSync(path)) return path;
  }
}

/** What is known to need the key; it goes only with the agreement that this is lost. */
async function remove(client: Client, terminal: Terminal, stackId: string, name: string, agreed: boolean): Promise<number> {
  const id = await named(client, stackId, name);
  const use = await client.call('objects.customerKeyUse', { stackId, id });
  shown(terminal, use.key);
  for (const { bucket, names, folders } of use.buckets)
    terminal.line(
      `  ${[`${bucket}/`, ...(names > 0 ? [terminal.say(say('cliKeyObjects', { count: names }))] : []), ...folders].join(' · ')}`,
      { bucket, names, folders },
    );
  for (const work of use.work) {
    const { id: of, where, kind, state, done } = work;
    const words = [`${terminal.say(say(`cli.keyWork.${kind}`))} ${of}`, where, terminal.say(say(`cli.keyWork.state.${state}`))];
    terminal.line(`  ${[...words, terminal.say(say('cliKeyObjects', { count: done }))].join(' · ')}`, work);
  }
  if (!agreed)
    throw new AppError('usage', {
      reason: 'keys remove needs --yes-lose-objects: what was written with the key cannot be read without it',
    });
  await client.call('objects.removeCustomerKey', { stackId, id, typed: use.key.name });
  terminal.line(terminal.say(say('cliKeyRemoved', { name: use.key.name })), { removed: id });
  return 0;
}
