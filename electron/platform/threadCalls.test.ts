import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/rpc/errors.ts';
import { callsOf, serveCalls } from './threadCalls.ts';

interface Sums {
  add(a: number, b: number): Promise<number>;
  refuse(): Promise<void>;
  hand(port: MessageChannel['port1']): Promise<void>;
}

function connected() {
  const { port1, port2 } = new MessageChannel();
  const tell = serveCalls<Sums>(port1, {
    add: async (a, b) => a + b,
    refuse: () => Promise.reject(new AppError('auditUnknown', { id: 'x' })),
    hand: async (port) => {
      port.postMessage('here');
      port.close();
    },
  });
  return { caller: callsOf<Sums>(port2), tell, close: () => port2.close() };
}

describe('calls between threads', () => {
  it('answer, refuse with the same error, and move ports', async () => {
    const { caller, close } = connected();
    expect(await caller.calls.add(1, 2)).toBe(3);
    await expect(caller.calls.refuse()).rejects.toMatchObject({ code: 'auditUnknown', details: { id: 'x' } });
    const { port1, port2 } = new MessageChannel();
    const heard = new Promise((resolve) => port1.once('message', resolve));
    await caller.calls.hand(port2);
    expect(await heard).toBe('here');
    close();
  });

  it('tell what was not asked, and fail open calls when the other side is gone', async () => {
    const { caller, tell, close } = connected();
    const told = new Promise((resolve) => caller.onTold(resolve));
    tell({ done: 1 });
    expect(await told).toEqual({ done: 1 });
    const open = caller.calls.add(1, 1);
    caller.fail(new AppError('threadEnded'));
    await expect(open).rejects.toMatchObject({ code: 'threadEnded' });
    await expect(caller.calls.add(1, 1)).rejects.toMatchObject({ code: 'threadEnded' });
    close();
  });
});
