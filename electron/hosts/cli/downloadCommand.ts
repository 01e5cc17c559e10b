import { resolve } from 'node:path';
import { downloadResult } from '../../../shared/objects.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { Client } from '../../rpc/client.ts';
import type { Flags } from './arguments.ts';
import { followJobs } from './jobs.ts';
import { pickStack, unlockStore } from './stackCommands.ts';
import type { Terminal } from './terminal.ts';

const conflicts = ['skip', 'replace', 'rename'] as const;

/** Refuses what cannot be done before an engine runs for it. Throws `usage`. */
export function checkDownload(flags: Flags, keys: readonly string[]): void {
  const refuse = (reason: string): never => {
    throw new AppError('usage', { reason });
  };
  if (flags.bucket?.length !== 1) refuse('download needs one --bucket');
  if (flags.to === undefined) refuse('download needs --to with a folder');
  if (keys.length > 10_000) refuse('download takes at most 10000 names; --prefix takes all below it');
  const versionId = flags['version-id'];
  if (versionId !== undefined && keys.length !== 1) refuse('--version-id needs the one name that it is a version of');
  if (versionId === '') refuse('--version-id is empty');
  conflictOf(flags);
}

function conflictOf(flags: Flags): (typeof conflicts)[number] {
  const asked = flags['on-conflict'] ?? 'rename';
  const known = conflicts.find((one) => one === asked);
  if (!known) throw new AppError('usage', { reason: `--on-conflict is one of ${conflicts.join(', ')}` });
  return known;
}

function wantedOf({ 'version-id': versionId }: Flags, keys: readonly string[]) {
  return versionId === undefined ? { keys: [...keys] } : { versions: keys.map((key) => ({ key, versionId })) };
}

/** `sealdeck download`. Returns the exit code: 3 when some could not be downloaded, 130 when it was cancelled. */
export async function downloadCommand(client: Client, terminal: Terminal, flags: Flags, keys: readonly string[]): Promise<number> {
  await unlockStore(client, flags);
  const { id: stackId } = await pickStack(client, flags);
  const jobs = followJobs(client, terminal);
  const bucket = flags.bucket?.[0] ?? '';
  const folder = resolve(flags.to ?? '.');
  const { jobId } = await client.call('objects.downloadTo', {
    stackId,
    bucket,
    ...wantedOf(flags, keys),
    ...(flags.prefix === undefined ? {} : { prefix: flags.prefix }),
    folder,
    onConflict: conflictOf(flags),
  });
  try {
    const result = downloadResult.parse(await jobs.wait(jobId));
    const { files, bytes, compared, skipped, renamed, failures, failed } = result;
    const lines = [
      terminal.say(say('cliDownloaded', { files, bytes, compared, skipped, renamed, failures, folder })),
      ...failed.map(
        ({ key, versionId, error }) =>
          `✗ ${JSON.stringify(key)}${versionId === undefined ? '' : ` ${JSON.stringify(versionId)}`} · ${terminal.why(error)}`,
      ),
    ];
    terminal.line(lines.join('\n'), { folder, ...result });
    return failures > 0 ? 3 : 0;
  } catch (error) {
    if (isAppError(error, 'cancelled')) return 130;
    throw error;
  }
}
