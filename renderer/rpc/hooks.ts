import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import {
  createContext,
  createElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { AppError } from '../../shared/rpc/errors.ts';
import type { Client, ConnectionState, EventName, Input, Output, Payload, ProcedureName } from './client.ts';
import { type ClusterScope, inCluster, noScope } from './inCluster.ts';

const ClientContext = createContext<Client | undefined>(undefined);
export const ClientProvider = ClientContext.Provider;
const ScopeContext = createContext<ClusterScope>(noScope);

/** Below it every call about that stack carries the cluster. */
export function ClusterProvider({ scope, children }: { scope: ClusterScope; children: ReactNode }) {
  const client = useClient();
  const own = useMemo<Client>(
    () => ({ ...client, call: (name, input, signal) => client.call(name, inCluster(name, input, scope), signal) }),
    [client, scope],
  );
  return createElement(ScopeContext, { value: scope }, createElement(ClientContext, { value: own }, children));
}

export function useClusterScope(): ClusterScope {
  return useContext(ScopeContext);
}

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error('ClientProvider is missing');
  return client;
}

interface CallOptions<Answer> {
  /** False: not asked yet. */
  enabled?: boolean;
  /** Asked again after this time, in ms, only while the window is visible; may depend on the last answer. */
  every?: number | ((last: Answer | undefined) => number);
  /** Shows the answer of the former input until the new one is there (paging, filters). */
  keepPrevious?: boolean;
}

/** Resolves when the connection that was lost is there again. */
function untilOpen(client: Client): Promise<void> {
  return new Promise((resolve) => {
    const off = client.onState(() => {
      if (client.state() !== 'open') return;
      off();
      resolve();
    });
  });
}

/** The answer of a call, cached under [name, input with the cluster], refreshed by events. `error` is always an AppError. */
export function useCall<N extends ProcedureName>(
  name: N,
  input: Input<N>,
  options: CallOptions<Output<N>> = {},
): UseQueryResult<Output<N>, AppError> {
  const client = useClient();
  const asked = inCluster(name, input, useClusterScope());
  const { every } = options;
  return useQuery<Output<N>, AppError>({
    queryKey: [name, asked],
    queryFn: async ({ signal, client: queries, queryKey }) => {
      // Without an engine the last answer stays: a failure to ask again must not take its place.
      if (client.lostAt() !== undefined && queries.getQueryData(queryKey) !== undefined) await untilOpen(client);
      return client.call(name, asked, signal);
    },
    enabled: options.enabled ?? true,
    ...(every === undefined ? {} : { refetchInterval: (query) => (typeof every === 'number' ? every : every(query.state.data)) }),
    ...(options.keepPrevious ? { placeholderData: keepPreviousData } : {}),
  });
}

export interface Action<N extends ProcedureName> {
  /** Resolves with the answer, or with undefined after a failure, which is then in `error`. */
  run(input: Input<N>): Promise<Output<N> | undefined>;
  readonly pending: boolean;
  readonly error: AppError | undefined;
  reset(): void;
}

/** A call that changes something. The input is not kept anywhere: it may hold a typed secret. */
export function useAction<N extends ProcedureName>(name: N): Action<N> {
  const client = useClient();
  const [state, setState] = useState<{ pending: boolean; error: AppError | undefined }>({ pending: false, error: undefined });
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  const run = useCallback(
    async (input: Input<N>): Promise<Output<N> | undefined> => {
      setState({ pending: true, error: undefined });
      try {
        const answer = await client.call(name, input);
        if (mounted.current) setState({ pending: false, error: undefined });
        return answer;
      } catch (error) {
        const failure = error instanceof AppError ? error : new AppError('internal', { incident: '-' });
        if (mounted.current) setState({ pending: false, error: failure });
        return undefined;
      }
    },
    [client, name],
  );
  const reset = useCallback(() => setState({ pending: false, error: undefined }), []);
  return { run, pending: state.pending, error: state.error, reset };
}

/** Calls the newest `listener` for every event of that name. */
export function useEvent<N extends EventName>(name: N, listener: (payload: Payload<N>) => void): void {
  const client = useClient();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => client.on(name, (payload) => latest.current(payload)), [client, name]);
}

export function useConnection(): ConnectionState {
  const client = useClient();
  return useSyncExternalStore(client.onState, client.state);
}

/** Since when the engine is out of reach, ms since 1970: all that is shown is as of then. Undefined while it answers. */
export function useLostAt(): number | undefined {
  const client = useClient();
  return useSyncExternalStore(client.onState, client.lostAt);
}
