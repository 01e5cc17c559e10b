import type { Contract } from '../../shared/contract.ts';
import { type ContractEvents, events, firstProcedures } from '../../shared/firstContract.ts';
import type { CallInput, CallOutput, EventPayload } from '../../shared/rpc/define.ts';
import { AppError } from '../../shared/rpc/errors.ts';
import { hostFrame, type Pipe } from '../../shared/rpc/frames.ts';
import { SessionError, type SessionProblem } from './session.ts';

export type ProcedureName = keyof Contract;
export type EventName = keyof ContractEvents;
export type Input<N extends ProcedureName> = CallInput<Contract, N>;
export type Output<N extends ProcedureName> = CallOutput<Contract, N>;
export type Payload<N extends EventName> = EventPayload<ContractEvents, N>;

/** `lost`: trying again by itself. `needsAddress`: only a new one-time address helps. */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'needsAddress';

export interface Client {
  /** Rejects with AppError, whatever went wrong. Aborting the signal cancels the call in the engine too. */
  call<N extends ProcedureName>(name: N, input: Input<N>, signal?: AbortSignal): Promise<Output<N>>;
  on<N extends EventName>(name: N, listener: (payload: Payload<N>) => void): () => void;
  onAnyEvent(listener: (name: EventName, payload: unknown) => void): () => void;
  state(): ConnectionState;
  /** When a connection that was open was lost, ms since 1970: how old is what the window shows. Undefined while it is open. */
  lostAt(): number | undefined;
  problem(): SessionProblem | undefined;
  onState(listener: () => void): () => void;
  /** Tries now instead of at the next attempt. */
  retry(): void;
}

const firstDelayMs = 250;
const longestDelayMs = 8000;

/** The first screen does with the calls of what it shows: those of the pages behind it are loaded with the first of them. */
async function procedureOf(name: keyof Contract): Promise<Contract[keyof Contract]> {
  const first: Partial<Contract> = firstProcedures;
  return first[name] ?? (await import('../../shared/contract.ts')).procedures[name];
}

/** The calling end in a window. It reconnects by itself; calls under way when the connection ends are rejected, never sent twice. */
export function createClient(open: () => Promise<Pipe>): Client {
  let lastId = 0;
  let state: ConnectionState = 'connecting';
  let lostAt: number | undefined;
  let problem: SessionProblem | undefined;
  let pipe: Pipe | undefined;
  let delay = firstDelayMs;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  const beforeOpen = new Set<() => void>();
  const listeners = new Map<string, Set<(payload: never) => void>>();
  const anyListeners = new Set<(name: EventName, payload: unknown) => void>();
  const stateListeners = new Set<() => void>();

  function become(next: ConnectionState): void {
    if (state === next) return;
    if (state === 'open') lostAt = Date.now();
    if (next === 'open') lostAt = undefined;
    state = next;
    for (const listener of [...stateListeners]) listener();
    if (next !== 'connecting') {
      for (const wake of [...beforeOpen]) wake();
      beforeOpen.clear();
    }
  }

  function lose(): void {
    pipe = undefined;
    for (const call of waiting.values()) call.reject(new AppError('connectionLost'));
    waiting.clear();
    become('lost');
    clearTimeout(timer);
    timer = setTimeout(() => void connect(), delay);
    delay = Math.min(delay * 2, longestDelayMs);
  }

  async function connect(): Promise<void> {
    clearTimeout(timer);
    try {
      const opened = await open();
      pipe = opened;
      opened.onFrame((raw) => {
        delay = firstDelayMs;
        receive(raw);
      });
      opened.onClose(lose);
      become('open');
    } catch (error) {
      if (error instanceof SessionError) {
        problem = error.problem;
        become('needsAddress');
      } else lose();
    }
  }

  function receive(raw: unknown): void {
    const frame = hostFrame.parse(raw);
    if (frame.kind === 'event') {
      if (!Object.hasOwn(events, frame.name)) return;
      const name = frame.name as EventName;
      const payload = events[name].parse(frame.payload);
      for (const listener of [...(listeners.get(name) ?? [])]) listener(payload as never);
      for (const listener of [...anyListeners]) listener(name, payload);
      return;
    }
    const call = waiting.get(frame.id);
    waiting.delete(frame.id);
    if (frame.kind === 'error') call?.reject(AppError.of(frame.error));
    else call?.resolve(frame.value);
  }

  void connect();

  return {
    async call(name, input, signal) {
      if (state === 'connecting') await new Promise<void>((resolve) => beforeOpen.add(resolve));
      const over = pipe;
      if (!over) throw new AppError('connectionLost');
      if (signal?.aborted) throw new AppError('cancelled');
      const id = ++lastId;
      const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
      const cancel = (): void => over.send({ kind: 'cancel', id });
      over.send({ kind: 'call', id, name, input });
      signal?.addEventListener('abort', cancel, { once: true });
      try {
        const value = await answer;
        return (await procedureOf(name)).output.parse(value) as Output<typeof name>;
      } catch (error) {
        if (error instanceof AppError) throw error;
        throw new AppError('answerNotUnderstood', { host: 'engine', reason: error instanceof Error ? error.message : String(error) });
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
    onAnyEvent(listener) {
      anyListeners.add(listener);
      return () => anyListeners.delete(listener);
    },
    state: () => state,
    lostAt: () => lostAt,
    problem: () => problem,
    onState(listener) {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    retry() {
      if (state === 'lost') void connect();
    },
  };
}
