import { basename } from 'node:path';
import type { MoveChange, MovePlan } from '../../../shared/kesMove.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { Client } from '../../rpc/client.ts';
import type { Flags } from './arguments.ts';
import { followJobs } from './jobs.ts';
import { pickStack, unlockStore } from './stackCommands.ts';
import type { Terminal } from './terminal.ts';

/** What the exit code says of a plan: something must be settled first. */
export const moveExit = { done: 0, stops: 3 } as const;

const parts = ['plan', 'try', 'back', 'cross'] as const;

/** Throws `usage`, before an engine runs for it. */
export function checkMove(flags: Flags, [part = 'plan', ...more]: readonly string[]): void {
  const refuse = (reason: string): never => {
    throw new AppError('usage', { reason });
  };
  if (!parts.some((one) => one === part) || more.length > 0) refuse('after kes-move comes plan, try, back or cross');
  if (flags.leave !== undefined && part !== 'try') refuse('--leave belongs to kes-move try');
  if (part === 'cross' && flags.name === undefined)
    refuse('kes-move cross needs --name with the stack’s name: there is no way back from there');
  if (part !== 'cross' && flags.name !== undefined) refuse('--name belongs to kes-move cross');
}

/** `sealdeck kes-move …`. Returns the exit code. */
export async function kesMoveCommand(
  client: Client,
  terminal: Terminal,
  flags: Flags,
  [part = 'plan']: readonly string[],
): Promise<number> {
  await unlockStore(client, flags);
  const { id: stackId } = await pickStack(client, flags).catch((error: unknown) => {
    // Who has old files has no stack yet, and `up` would make one that knows nothing of them.
    throw isAppError(error, 'stackNone') || isAppError(error, 'stackUnknown')
      ? new AppError('kesMoveNoStack', {}, { cause: error })
      : error;
  });
  if (part === 'plan') return tellPlan(client, terminal, stackId);
  const jobs = followJobs(client, terminal);
  const begun =
    part === 'try'
      ? client.call('kes.moveTrial', { stackId, abandon: flags.leave ?? [] })
      : part === 'back'
        ? client.call('kes.moveBack', { stackId })
        : client.call('kes.moveCross', { stackId, typed: flags.name ?? '' });
  await jobs.wait((await begun).jobId);
  await tellStanding(client, terminal, stackId);
  return moveExit.done;
}

async function tellStanding(client: Client, terminal: Terminal, stackId: string): Promise<void> {
  const standing = await client.call('kes.moveStanding', { stackId });
  const { phase, evidence, error } = standing;
  const lines = [
    terminal.say(say(`kesMoveStands.${phase}`)),
    ...evidence.map(({ outcome, text }) => `  ${outcome === 'ok' ? '✓' : '–'} ${terminal.say(text)}`),
    ...(error ? [`✗ ${terminal.why(error)}`] : []),
  ];
  terminal.line(lines.join('\n'), { standing });
}

async function tellPlan(client: Client, terminal: Terminal, stackId: string): Promise<number> {
  await tellStanding(client, terminal, stackId);
  const plan = await client.call('kes.movePlan', { stackId });
  const stops = plan.notes.filter(({ level }) => level === 'stop').length;
  terminal.line(planLines(plan, terminal).join('\n'), { plan });
  return stops > 0 ? moveExit.stops : moveExit.done;
}

function planLines({ old, now, changes, notes, keys, policy, variables, line }: MovePlan, { say: tell }: Terminal): string[] {
  const at = (file: string, range: MoveChange['old']): string => (range ? `${basename(file)}:${range.from}` : '');
  return [
    '',
    ...changes.map(
      (change) =>
        `  ${[at(old.file, change.old), at(now.file, change.now)].filter(Boolean).join(' → ') || '$'}\n      ${tell(change.what)}`,
    ),
    '',
    now.content,
    ...notes.map(({ level, text }) => `${level === 'stop' ? '✗' : level === 'warn' ? '!' : '–'} ${tell(text)}`),
    ...keys.map(({ name, legal, objects }) => `${legal ? '  ' : '✗ '}${name}${objects === undefined ? '' : ` (${objects})`}`),
    ...(policy ? [`${policy.name}:`, policy.after] : []),
    ...variables.map(({ name, now: today, why, must }) => `${must ? '!' : '–'} ${today ?? name}\n      ${tell(why)}`),
    '',
    ...line.map((text) => `━━ ${tell(text)}`),
  ];
}
