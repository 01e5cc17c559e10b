import { useCallback, useRef } from 'react';
import type { AppError } from '../../../shared/rpc/errors.ts';
import type { ServerKind } from '../../../shared/stacks.ts';
import { useCurrentStack } from '../../components/currentStack.ts';
import { useAction, useClient } from '../../rpc/hooks.ts';
import { nameFor } from './draftName.ts';

interface Draft {
  /** The draft's stack: made with the first address, so that a closed window loses nothing. */
  ensure(name: string, url: string): Promise<string | undefined>;
  readonly error: AppError | undefined;
}

/** Makes the stack of this connection once: a draft, its servers all unknown, in a folder that the engine proposes. */
export function useDraft(stackId: string | undefined, onMade: (stackId: string) => void): Draft {
  const client = useClient();
  const { stacks } = useCurrentStack();
  const create = useAction('setup.create');
  const settings = useAction('settings.write');
  const made = useRef<Promise<string | undefined>>(undefined);
  const { run } = create;
  const { run: write } = settings;
  const ensure = useCallback(
    (typed: string, url: string): Promise<string | undefined> => {
      if (stackId !== undefined) return Promise.resolve(stackId);
      const name =
        typed.trim() === ''
          ? nameFor(
              url,
              stacks.map((stack) => stack.name),
            )
          : typed.trim();
      made.current ??= (async () => {
        const { place } = await client.call('setup.propose', { name });
        const none = { way: 'none' } as const;
        const servers: Record<ServerKind, typeof none> = { vault: none, kes: none, minio: none };
        const answer = await run({ place: { ...place, name, servers }, mode: 'guided' });
        if (!answer) return undefined;
        await write({ currentStack: answer.stackId });
        onMade(answer.stackId);
        return answer.stackId;
      })().catch(() => undefined);
      return made.current.then((id) => {
        if (id === undefined) made.current = undefined;
        return id;
      });
    },
    [stackId, stacks, client, run, write, onMade],
  );
  return { ensure, error: create.error };
}
