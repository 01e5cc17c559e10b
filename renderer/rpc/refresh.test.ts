import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, expect, it } from 'vitest';
import type { Audit } from '../../shared/audit.ts';
import type { Client, EventName } from './client.ts';
import { keepFresh, withAudit } from './refresh.ts';

const run = (id: string, state: Audit['state'] = 'running'): Audit => ({ id, state, stackId: 'lab' }) as Audit;
const queries = new QueryClient();
afterEach(() => queries.clear());

/** A host that only sends events. */
function eventsOnly(): { client: Client; changed(audit: Audit): void; tell(name: EventName, payload: unknown): void } {
  let listener: ((name: EventName, payload: unknown) => void) | undefined;
  const client = {
    onAnyEvent: (one: typeof listener) => {
      listener = one;
      return () => undefined;
    },
    state: () => 'open',
    onState: () => () => undefined,
  } as unknown as Client;
  return { client, changed: (audit) => listener?.('audit.changed', audit), tell: (...event) => listener?.(...event) };
}

it('puts a run that was begun elsewhere in its place among the others', () => {
  expect(withAudit([run('3'), run('1')], run('2')).map(({ id }) => id)).toEqual(['3', '2', '1']);
  expect(withAudit([run('1')], run('1', 'finished'))).toEqual([run('1', 'finished')]);
});

it('does not let an answer that was on its way bring back the state before the last event', async () => {
  const { client, changed } = eventsOnly();
  keepFresh(client, queries);
  const answers: ((audits: Audit[]) => void)[] = [];
  const key = ['audit.list', { stackId: 'lab' }];
  const seen = new QueryObserver<{ audits: Audit[] }>(queries, {
    queryKey: key,
    queryFn: ({ signal: _ }) => new Promise((answer) => answers.push((audits) => answer({ audits }))),
  });
  const off = seen.subscribe(() => undefined);
  answers[0]?.([run('1')]);
  await expect.poll(() => seen.getCurrentResult().data?.audits[0]?.state).toBe('running');

  const again = seen.refetch();
  changed(run('1', 'finished'));
  answers[1]?.([run('1')]);
  await expect.poll(() => answers.length).toBe(3);
  answers[2]?.([run('1', 'finished')]);
  await again;
  await expect.poll(() => seen.getCurrentResult().isFetching).toBe(false);
  expect(seen.getCurrentResult().data?.audits).toEqual([run('1', 'finished')]);
  off();
});

it('keeps the last answer when the connection ends while it is asked again', async () => {
  let state: 'open' | 'lost' = 'open';
  let tell: () => void = () => undefined;
  const client = {
    onAnyEvent: () => () => undefined,
    state: () => state,
    onState: (listener: () => void) => {
      tell = listener;
      return () => undefined;
    },
  } as unknown as Client;
  keepFresh(client, queries);
  const ends: { answer(value: string): void; fail(error: Error): void }[] = [];
  const seen = new QueryObserver<string>(queries, {
    queryKey: ['jobs.list', {}],
    queryFn: ({ signal: _ }) => new Promise((answer, fail) => ends.push({ answer, fail })),
    retry: false,
  });
  const off = seen.subscribe(() => undefined);
  ends[0]?.answer('13%');
  await expect.poll(() => seen.getCurrentResult().data).toBe('13%');

  const again = seen.refetch();
  state = 'lost';
  ends[1]?.fail(new Error('connectionLost'));
  tell();
  await again;
  expect(seen.getCurrentResult()).toMatchObject({ data: '13%', error: null, fetchStatus: 'idle' });

  state = 'open';
  tell();
  await expect.poll(() => ends.length).toBe(3);
  ends[2]?.answer('20%');
  await expect.poll(() => seen.getCurrentResult().data).toBe('20%');
  off();
});

it('asks again what credentials of a key store are kept once they were given, however fresh the last answer is', () => {
  const { client, tell } = eventsOnly();
  keepFresh(client, queries);
  const key = ['keyStores.state', { stackId: 'lab' }];
  queries.setQueryData(key, { kind: 'ciphertrust', kept: [], missing: ['credentials.token'] });
  tell('journal.changed', { stackId: 'lab' });
  expect(queries.getQueryState(key)?.isInvalidated).toBe(true);
});
