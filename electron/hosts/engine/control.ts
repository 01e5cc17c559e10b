import { z } from 'zod';
import type { Pipe } from '../../../shared/rpc/frames.ts';

/** First line of a client on the engine's socket. The key is in `engine.json`, which only this user can read. */
export const helloFrame = z.strictObject({ hello: z.enum(['cli', 'desktop']), key: z.string() });
/** The engine's answer to it. */
export const welcomeFrame = z.object({ welcome: z.object({ pid: z.int(), version: z.string(), build: z.string() }) });
export type Welcome = z.infer<typeof welcomeFrame>['welcome'];

/**
 * What hosts ask of the engine process itself, beside the contract. `leave`: end once this client was the last one;
 * `opened`: answer when the one-time address was used or has become too old.
 */
export const controlRequest = z.discriminatedUnion('control', [
  z.strictObject({ control: z.literal('leave'), id: z.int() }),
  z.strictObject({ control: z.literal('opened'), id: z.int(), url: z.string() }),
]);
export type ControlRequest = z.infer<typeof controlRequest>;
const controlAnswer = z.object({ controlled: z.int(), yes: z.boolean() });

/** The asking end. `contract` carries everything else, with frames kept until somebody listens. */
export function controlOf(pipe: Pipe): { contract: Pipe; ask(request: Asked): Promise<boolean> } {
  let lastId = 0;
  const waiting = new Map<number, (yes: boolean) => void>();
  const listeners = new Set<(frame: unknown) => void>();
  const early: unknown[] = [];
  pipe.onClose(() => {
    for (const done of waiting.values()) done(false);
    waiting.clear();
  });
  pipe.onFrame((frame) => {
    const answer = controlAnswer.safeParse(frame);
    if (answer.success) waiting.get(answer.data.controlled)?.(answer.data.yes);
    else if (listeners.size === 0) early.push(frame);
    else for (const listener of listeners) listener(frame);
  });
  return {
    contract: {
      ...pipe,
      onFrame(listener) {
        listeners.add(listener);
        for (const frame of early.splice(0)) listener(frame);
      },
    },
    ask(request) {
      const id = ++lastId;
      return new Promise((done) => {
        waiting.set(id, done);
        pipe.send({ ...request, id });
      });
    },
  };
}

type Asked = { control: 'leave' } | { control: 'opened'; url: string };
