import { expect, test } from 'vitest';
import type { StoreStatus } from '../../../shared/app.ts';
import { createAutoLock } from './autoLock.ts';

/** A clock and a store that only say what the lock asks them. */
function around(minutes: number) {
  let listener: (status: StoreStatus) => void = () => undefined;
  const status = (state: StoreStatus['state']): StoreStatus => ({ state, protected: true, keychain: { available: false } });
  const world = {
    time: 0,
    open: true,
    busy: false,
    locked: [] as number[],
    become: (state: StoreStatus['state']) => listener(status(state)),
  };
  const auto = createAutoLock({
    store: {
      status: () => status('open'),
      durable: () => world.open,
      onChange: (given) => {
        listener = given;
        return () => undefined;
      },
    },
    minutes: async () => minutes,
    busy: () => world.busy,
    lock: async (after) => {
      world.locked.push(after);
      world.open = false;
      world.become('locked');
    },
    failed: (error) => {
      throw error;
    },
    now: () => world.time,
  });
  auto.stop();
  const at = async (minute: number): Promise<number> => {
    world.time = minute * 60_000;
    await auto.look();
    return world.locked.length;
  };
  return { auto, world, at };
}

test('the store is locked when nobody was there for as long as was chosen', async () => {
  const { auto, at } = around(10);
  expect(await at(9)).toBe(0);
  auto.active();
  expect(await at(18)).toBe(0);
  expect(await at(19)).toBe(1);
});

test('never means never', async () => expect(await around(0).at(100_000)).toBe(0));

test('a job puts it off, and the time begins again when the job has ended', async () => {
  const { world, at } = around(5);
  world.busy = true;
  expect(await at(20)).toBe(0);
  world.busy = false;
  expect(await at(24)).toBe(0);
  expect(await at(25)).toBe(1);
});

test('whoever unlocks is there', async () => {
  const { world, at } = around(5);
  expect(await at(6)).toBe(1);
  world.time = 60 * 60_000;
  world.open = true;
  world.become('open');
  expect(await at(64)).toBe(1);
  expect(await at(65)).toBe(2);
});
