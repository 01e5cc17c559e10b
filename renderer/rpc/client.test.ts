import { describe, expect, it } from 'vitest';
import type { Pipe } from '../../shared/rpc/frames.ts';
import { createClient } from './client.ts';
import { withJob } from './refresh.ts';
import { SessionError, tokenOf } from './session.ts';

interface FakeHost {
  pipe: Pipe;
  sent: unknown[];
  answer(frame: unknown): void;
  drop(): void;
}

/** The host's end of a pipe in memory; frames pass through JSON as on a real one. */
function host(): FakeHost {
  let onFrame: (frame: unknown) => void = () => undefined;
  let onClose: () => void = () => undefined;
  const sent: unknown[] = [];
  return {
    sent,
    pipe: {
      send: (frame) => sent.push(JSON.parse(JSON.stringify(frame))),
      onFrame: (listener) => {
        onFrame = listener;
      },
      onClose: (listener) => {
        onClose = listener;
      },
      close: () => undefined,
    },
    answer: (frame) => onFrame(JSON.parse(JSON.stringify(frame))),
    drop: () => onClose(),
  };
}
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const settings = { version: 1, language: 'en', theme: 'dark', drawerOpen: false, autoLockMinutes: 0 };

describe('the client of a window', () => {
  it('keeps a call made before the connection is there, and parses its answer', async () => {
    const other = host();
    const client = createClient(async () => other.pipe);
    const call = client.call('settings.read', {});
    await settled();
    expect(other.sent).toEqual([{ kind: 'call', id: 1, name: 'settings.read', input: {} }]);
    other.answer({ kind: 'result', id: 1, value: { ...settings, foreign: 'dropped' } });
    expect(await call).toEqual(settings);
  });

  it('gives a coded error with its details', async () => {
    const other = host();
    const client = createClient(async () => other.pipe);
    const call = client.call('store.status', {});
    await settled();
    other.answer({ kind: 'error', id: 1, error: { code: 'storeDamaged', details: { file: 'f', reason: 'r' } } });
    await expect(call).rejects.toMatchObject({ code: 'storeDamaged', details: { file: 'f', reason: 'r' } });
  });

  it('cancels the call in the engine when its signal is aborted', async () => {
    const other = host();
    const client = createClient(async () => other.pipe);
    const stop = new AbortController();
    const call = client.call('jobs.list', {}, stop.signal);
    await settled();
    stop.abort();
    expect(other.sent.at(-1)).toEqual({ kind: 'cancel', id: 1 });
    other.answer({ kind: 'error', id: 1, error: { code: 'cancelled' } });
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('rejects what was under way when the connection ends, never sends it again, and reconnects', async () => {
    const hosts = [host(), host()] as const;
    let opened = 0;
    const client = createClient(async () => hosts[opened++ === 0 ? 0 : 1].pipe);
    const call = client.call('jobs.list', {});
    await settled();
    hosts[0].drop();
    await expect(call).rejects.toMatchObject({ code: 'connectionLost' });
    expect(client.state()).toBe('lost');
    expect(Date.now() - (client.lostAt() ?? 0)).toBeLessThan(60_000);
    await expect(client.call('jobs.list', {})).rejects.toMatchObject({ code: 'connectionLost' });
    client.retry();
    await settled();
    expect(client.state()).toBe('open');
    expect(client.lostAt()).toBeUndefined();
    expect(hosts[1].sent).toEqual([]);
  });

  it('asks for a new address instead of trying for ever when the host refuses the session', async () => {
    const client = createClient(async () => {
      throw new SessionError('used');
    });
    await settled();
    expect(client.state()).toBe('needsAddress');
    expect(client.problem()).toBe('used');
  });

  it('hands events to their listeners, and ignores names that it does not know', async () => {
    const other = host();
    const client = createClient(async () => other.pipe);
    await settled();
    const heard: unknown[] = [];
    client.on('vault.changed', (payload) => heard.push(payload));
    other.answer({ kind: 'event', name: 'vault.changed', payload: { stackId: 'lab' } });
    other.answer({ kind: 'event', name: 'constructor', payload: {} });
    expect(heard).toEqual([{ stackId: 'lab' }]);
  });
});

describe('the fragment of the address', () => {
  it.each([
    ['#token=abcdefghijklmnopqrstuvwxyz012345', 'abcdefghijklmnopqrstuvwxyz012345'],
    ['#/objects/first-bucket', undefined],
    ['#/', undefined],
    ['', undefined],
  ])('%s holds %s', (hash, token) => expect(tokenOf(hash)).toBe(token));
});

describe('the job list', () => {
  const job = { id: 'a', title: { code: 'labGet' }, state: 'running', done: 1, unit: 'steps', startedAt: '2026-11-21T12:00:00Z' } as const;
  it('replaces a known job by its newer snapshot and puts a new one first', () => {
    expect(withJob([job], { ...job, done: 2 })).toEqual([{ ...job, done: 2 }]);
    expect(withJob([job], { ...job, id: 'b' }).map((one) => one.id)).toEqual(['b', 'a']);
  });
});
