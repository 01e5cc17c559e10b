import { resolve } from 'node:path';
import { sizeWords } from '../../../shared/bytes.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Client } from '../../rpc/client.ts';
import { type Flags, readPassphrase, realFolder } from './arguments.ts';
import { followJobs } from './jobs.ts';
import { pickStack } from './stackCommands.ts';
import type { Terminal } from './terminal.ts';
import { openStore } from './upCommand.ts';

/** Refuses what cannot be done before an engine runs, or a folder is made, for it. Throws `usage`. */
export function checkBackup(command: 'backup' | 'restore', flags: Flags): void {
  if (flags['passphrase-file'] === undefined && flags['passphrase-fd'] === undefined)
    throw new AppError('usage', { reason: `${command} needs --passphrase-file or --passphrase-fd with the passphrase of the backup` });
  if (command === 'backup' && flags.to === undefined) throw new AppError('usage', { reason: 'backup needs --to with a folder' });
  if (command === 'restore' && flags.dir === undefined)
    throw new AppError('usage', { reason: 'restore needs --dir with an empty or new folder' });
}

/** The passphrase of a backup is not the one of the credential store. */
export function withoutPassphrase({ 'passphrase-file': _, 'passphrase-fd': __, ...flags }: Flags): Flags {
  return flags;
}

/** One sealed file of a stack; the last line names it with its size and SHA-256. The credential store must be open. */
export async function backupCommand(client: Client, terminal: Terminal, flags: Flags): Promise<void> {
  const passphrase = readPassphrase(flags) ?? '';
  await openStore(client, withoutPassphrase(flags));
  const stack = await pickStack(client, flags);
  const jobs = followJobs(client, terminal);
  const objects = flags.objects ?? false;
  const { warnings } = await client.call('stacks.backupPlan', { id: stack.id, objects });
  for (const warning of warnings) terminal.note(terminal.say(warning));
  const folder = resolve(flags.to ?? '.');
  const { jobId } = await client.call('stacks.backup', { id: stack.id, objects, folder, passphrase });
  const made = (await jobs.wait(jobId)) as { file: string; bytes: number; sha256: string };
  terminal.line(`${made.file} · ${sizeWords(made.bytes)} · SHA-256 ${made.sha256}`, made);
}

/** A stack out of such a file, with its servers started and its chain proven where its shares are at hand. */
export async function restoreCommand(client: Client, terminal: Terminal, flags: Flags, file: string): Promise<void> {
  const passphrase = readPassphrase(flags) ?? '';
  await openStore(client, withoutPassphrase(flags));
  const jobs = followJobs(client, terminal);
  const folder = realFolder(flags.dir ?? '');
  const { jobId } = await client.call('stacks.restore', { file: resolve(file), folder, passphrase });
  const made = (await jobs.wait(jobId)) as Restored;
  for (const { server, from, to } of made.ports) terminal.note(`${server}: ${from} → ${to}`);
  terminal.line(`${made.stackId} · ${folder}`, made);
  if (made.waiting) throw AppError.of(made.waiting);
}

interface Restored extends Record<string, unknown> {
  stackId: string;
  ports: { server: string; from: number; to: number }[];
  /** What keeps the restored stack from running. */
  waiting?: { code: string; details: AppError['details'] };
}
