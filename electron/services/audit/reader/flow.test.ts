import { expect, test } from 'vitest';
import { createFlow } from './flow.ts';

/** A server that answers a page in `fixed` ms for each that is under way beyond `cores`, and `each` ms for each object. */
function run({ ceiling = 16, pages = 400, latency = 5, each = 0.05, cores = 16 }): { limit: number; pageSize: number; tried: number } {
  const flow = createFlow(ceiling);
  let now = 0;
  let tried = 0;
  for (let page = 0; page < pages; page++) {
    const crowd = Math.max(1, flow.limit / cores);
    const ms = latency + each * flow.pageSize * crowd;
    now += ms / flow.limit;
    flow.landed(flow.pageSize, ms, true, now);
    tried = Math.max(tried, flow.limit);
  }
  return { limit: flow.limit, pageSize: flow.pageSize, tried };
}

test('begins with two', () => expect(createFlow().limit).toBe(2));

test('goes up to sixteen where the server only waits, for the network or for KES', () => {
  expect(run({ latency: 20 }).limit).toBe(16);
  expect(run({ each: 1.2 }).limit).toBe(16);
});

test('stays at four where more only wait for each other', () => {
  expect(run({ cores: 2, pages: 60 }).limit).toBe(4);
  expect(run({ cores: 2 }).tried).toBeLessThanOrEqual(6);
});

test('never has more under way than the operator allows', () => {
  expect(run({ ceiling: 1, latency: 50 }).tried).toBe(1);
  expect(run({ ceiling: 3, latency: 50 }).tried).toBe(3);
});

test('asks for smaller pages where each object costs a call to a KES far away', () => {
  const { pageSize } = run({ each: 5 });
  expect(pageSize).toBeGreaterThan(150);
  expect(pageSize).toBeLessThanOrEqual(200);
  expect(run({}).pageSize).toBe(1000);
});

test('halves what is under way when the server says that it is too much, and waits before it tries more', () => {
  const flow = createFlow();
  for (let at = 0; at < 60; at++) flow.landed(1000, 60, true, at * 100);
  const before = flow.limit;
  flow.slower(6_000);
  expect(flow.limit).toBe(Math.floor(before / 2));
  for (let at = 0; at < 60; at++) flow.landed(1000, 60, true, 6_000 + at * 100);
  expect(flow.limit).toBe(Math.floor(before / 2));
});

test('learns nothing from a time in which there was not enough to ask for', () => {
  const flow = createFlow();
  for (let at = 0; at < 100; at++) flow.landed(1000, 60, false, at * 100);
  expect(flow.limit).toBe(2);
});
