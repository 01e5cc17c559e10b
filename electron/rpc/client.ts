import { type Contract, procedures } from '../../shared/contract.ts';
import { type ContractEvents, events } from '../../shared/firstContract.ts';
import type { CallInput, CallOutput, EventPayload } from '../../shared/rpc/define.ts';
import { AppError } from '../../shared/rpc/errors.ts';
import { hostFrame, type Pipe } from '../../shared/rpc/frames.ts';

export interface Client {
  call<N extends keyof Contract>(name: N, input: CallInput<Contract, N>, signal?: AbortSignal): Promise<CallOutput<Contract, N>>;
  on<N extends keyof ContractEvents>(name: N, listener: (payload: EventPayload<ContractEvents, N>) => void): () => void;
  onClose(listener: () => void): void;
  close(): void;
}

/** The calling end of a pipe, for the command line and for tests. */
export function createClient(pipe: Pipe): Client {
  let lastId = 0;
  let closed = false;
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  const listeners = new Map<string, Set<(payload: never) => void>>();
  const closers = new Set<() => void>();

  pipe.onFrame((raw) => {
    const frame = hostFrame.parse(raw);
    if (frame.kind === 'event') {
      const schema = Object.hasOwn(events, frame.name) ? events[frame.name as keyof ContractEvents] : undefined;
      if (schema) for (const listener of listeners.get(frame.name) ?? []) listener(schema.parse(frame.payload) as never);
      return;
    }
    const call = waiting.get(frame.id);
    waiting.delete(frame.id);
    if (frame.kind === 'error') call?.reject(AppError.of(frame.error));
    else call?.resolve(frame.value);
  });
  pipe.onClose(() => {
    closed = true;
    for (const call of waiting.values()) call.reject(new AppError('connectionLost'));
    waiting.clear();
    for (const listener of closers) listener();
  });

  return {
    async call(name, input, signal) {
      if (closed) throw new AppError('connectionLost');
      const id = ++lastId;
      const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
      const cancel = (): void => pipe.send({ kind: 'cancel', id });
      pipe.send({ kind: 'call', id, name, input });
      signal?.addEventListener('abort', cancel, { once: true });
      try {
        return procedures[name].output.parse(await answer) as CallOutput<Contract, typeof name>;
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener as (payload: never) => void);
      return () => set.delete(listener as (payload: never) => void);
    },
    onClose: (listener) => closers.add(listener),
    close: () => pipe.close(),
  };
}
