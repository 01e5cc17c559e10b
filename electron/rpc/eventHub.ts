import type { z } from 'zod';
import { type ContractEvents, events } from '../../shared/firstContract.ts';

export type EventName = keyof ContractEvents;
export type Publish = <N extends EventName>(name: N, payload: z.input<ContractEvents[N]>) => void;
type Listener = (name: EventName, payload: unknown) => void;

/** Hands every event, parsed by its schema, to all connections. */
export interface EventHub {
  readonly publish: Publish;
  subscribe(listener: Listener): () => void;
}

/** Listeners are called at once, in the order in which they came. */
export function createEventHub(): EventHub {
  const listeners = new Set<Listener>();
  return {
    publish(name, payload) {
      const parsed: unknown = events[name].parse(payload);
      for (const listener of [...listeners]) listener(name, parsed);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
