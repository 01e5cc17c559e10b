import { expect, it } from 'vitest';
import { createSlots } from './slots.ts';

const never = new AbortController().signal;

it('lets in so many and so many bytes, in order, and one that is larger than all of them alone', async () => {
  const slots = createSlots(3, 100);
  const entered: string[] = [];
  const enter = async (name: string, bytes: number) => {
    const release = await slots.take(bytes, never);
    entered.push(name);
    return release;
  };
  const [a, b] = await Promise.all([enter('a', 60), enter('b', 40)]);
  const huge = enter('huge', 500);
  const small = enter('small', 1);
  await Promise.resolve();
  expect(entered).toEqual(['a', 'b']);
  a();
  a();
  b();
  const releaseHuge = await huge;
  expect(entered).toEqual(['a', 'b', 'huge']);
  releaseHuge();
  await small;
  expect(entered.at(-1)).toBe('small');
});

it('lets the next one in when one that waited gives up', async () => {
  const slots = createSlots(1);
  const release = await slots.take(0, never);
  const stop = new AbortController();
  const first = slots.take(0, stop.signal);
  const second = slots.take(0, never);
  stop.abort();
  await expect(first).rejects.toMatchObject({ code: 'cancelled' });
  release();
  await second;
});
