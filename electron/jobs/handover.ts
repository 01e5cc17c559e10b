import { sentence } from '../../shared/messages.ts';
import type { CommandLine } from '../../shared/setup.ts';
import type { ServerKind } from '../../shared/stacks.ts';
import { say, type Text } from '../../shared/text.ts';
import { pause } from './pause.ts';
import type { StepContext } from './step.ts';

export interface HandoverFile {
  /** Below the host's folder, with forward slashes. */
  path: string;
  mode: number;
  content: string;
  why: Text;
}

/** What the keeper of another host needs: files as they must lie there, and the commands that put them to use. */
export interface Handover {
  kind: ServerKind;
  files: readonly HandoverFile[];
  commands: readonly CommandLine[];
}

/** The folder, below the stack's, in which the files for that server's host are laid out. */
export function handoverFolder(kind: ServerKind): string {
  return `handover/${kind}`;
}

/** A path on that host, in its own manner: a drive letter or a backslash says Windows. */
export function hostPath(folder: string, ...parts: string[]): string {
  const separator = /^[A-Za-z]:|\\/.test(folder) ? '\\' : '/';
  return [folder.replace(/[\\/]+$/, ''), ...parts].join(separator);
}

/** A word of a unit file: systemd expands percent signs, and reads double quotes with C escapes. */
export function unitWord(word: string): string {
  const plain = word.replaceAll('%', '%%');
  return /^[\w@+=:,./%-]+$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * Writes what differs, with `COMMANDS.txt` beside it. Some of the files hold a secret of that host: they are the chosen
 * export of this step, 0600 in a 0700 folder. Says whether anything was written.
 */
export async function writeHandover(context: Pick<StepContext, 'folder'>, handover: Handover): Promise<boolean> {
  const base = handoverFolder(handover.kind);
  const commands: HandoverFile = {
    path: 'COMMANDS.txt',
    mode: 0o644,
    content: commandText(handover.commands),
    why: say('handoverWhyCommands'),
  };
  let changed = false;
  for (const folder of foldersOf(handover.files)) await context.folder.makeFolder([base, folder].filter(Boolean).join('/'), 0o700);
  for (const { path, mode, content } of [...handover.files, commands]) {
    const file = `${base}/${path}`;
    if ((await context.folder.read(file)) === content && ((await context.folder.mode(file)) ?? mode) === mode) continue;
    await context.folder.write(file, content, mode);
    changed = true;
  }
  return changed;
}

/** Looks every other second whether the other side is there, until it is or the job is cancelled. `answers` throws what waiting does not mend. */
export async function waitForHost(
  context: Pick<StepContext, 'report' | 'signal'>,
  url: string,
  answers: () => Promise<boolean>,
  note: Text = say('handoverWaiting', { url }),
): Promise<void> {
  while (!(await answers())) {
    context.report({ note });
    await pause(2_000, context.signal);
  }
}

function foldersOf(files: readonly HandoverFile[]): string[] {
  const folders = new Set(['']);
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth += 1) folders.add(parts.slice(0, depth).join('/'));
  }
  return [...folders].sort();
}

function commandText(commands: readonly CommandLine[]): string {
  return commands
    .flatMap(({ comment, line }) => [...(comment ? [`# ${sentence('en', comment)}`] : []), ...(line === undefined ? [] : [line])])
    .join('\n')
    .concat('\n');
}
