import { answersForSample, type Contract, procedures } from '../../shared/contract.ts';
import type { Procedure } from '../../shared/rpc/define.ts';
import { AppError } from '../../shared/rpc/errors.ts';
import type { Stack } from '../../shared/stacks.ts';
import type { JobRunner } from '../jobs/jobRunner.ts';
import type { AllHandlers, CallContext } from './connection.ts';

/**
 * A sample refuses every call that wants servers, a read-only stack every one that may change them, whoever makes it. A
 * stack becomes read-only only when no job of such a call is at work.
 */
export function guarded(handlers: AllHandlers, jobs: JobRunner, stackOf: (id: string) => Promise<Stack>): AllHandlers {
  /** Jobs of calls that may change servers: they would go on when their stack became read-only. */
  const changing = new Set<string>();

  function remember(answer: unknown): void {
    const running = new Set(jobs.running().map(({ id }) => id));
    for (const id of changing) if (!running.has(id)) changing.delete(id);
    const { jobId } = answer as { jobId?: unknown };
    if (typeof jobId === 'string') changing.add(jobId);
  }

  const guard = (name: keyof Contract): unknown => {
    const handler = all[name] as (input: never, call: CallContext) => Promise<unknown>;
    const changes = (procedures[name] as Procedure).changesServers === true;
    if (!changes && answersForSample(name)) return handler;
    return async (input: { stackId?: string; id?: string } & Record<string, never>, call: CallContext) => {
      const found = stackOf(input.stackId ?? input.id ?? '');
      // What is wrong with a stack that cannot be read, a call that changes nothing says in its own way.
      const stack = await (changes ? found : found.catch(() => undefined));
      if (stack?.origin === 'sample' && !answersForSample(name)) throw new AppError('stackIsSample', { name: stack.name });
      if (changes && stack?.readOnly) throw new AppError('stackReadOnly', { name: stack.name });
      const answer = await handler(input as never, call);
      if (changes) remember(answer);
      return answer;
    };
  };
  const readOnly: AllHandlers['stacks.readOnly'] = async (input, call) => {
    const busy = input.readOnly && jobs.running().some(({ id, stackId }) => stackId === input.id && changing.has(id));
    if (busy) throw new AppError('stackBusy', { name: (await stackOf(input.id)).name });
    return handlers['stacks.readOnly'](input, call);
  };
  const all: AllHandlers = { ...handlers, 'stacks.readOnly': readOnly };
  return Object.fromEntries((Object.keys(all) as (keyof Contract)[]).map((name) => [name, guard(name)])) as unknown as AllHandlers;
}
