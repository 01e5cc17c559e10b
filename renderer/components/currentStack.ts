import { useCallback } from 'react';
import type { z } from 'zod';
import type { stackSummary } from '../../shared/stacks.ts';
import { useAction, useCall } from '../rpc/hooks.ts';

export type StackSummary = z.infer<typeof stackSummary>;

interface CurrentStack {
  /** The one that the settings name, else the newest, a sample last; undefined: there is none, or it is not known yet. */
  readonly stack: StackSummary | undefined;
  readonly stacks: readonly StackSummary[];
  /** False until the engine has said which stacks there are. */
  readonly known: boolean;
  choose(id: string): void;
}

/** The stack that this window is about. */
export function useCurrentStack(): CurrentStack {
  const settings = useCall('settings.read', {});
  const list = useCall('stacks.list', {});
  const { run } = useAction('settings.write');
  const stacks = list.data?.stacks ?? [];
  const named = stacks.find((stack) => stack.id === settings.data?.currentStack);
  const own = stacks.filter(({ origin }) => origin !== 'sample');
  const newest = [...(own.length > 0 ? own : stacks)].sort((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
  return {
    stack: named ?? newest,
    stacks,
    known: list.data !== undefined,
    choose: useCallback((id: string) => void run({ currentStack: id }), [run]),
  };
}
