import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { nextFree, proposePorts } from './ports.ts';

it('passes over a port that is taken, and one that is reserved', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const next = await nextFree(port);
  expect(next).toBeGreaterThan(port);
  expect(await nextFree(port, new Set([next]))).toBeGreaterThan(next);
  other.close();
});

it('proposes other ports to one who shifts them, each only once', async () => {
  const usual = await proposePorts([], 0);
  const shifted = await proposePorts([], 12_000);
  expect(shifted.kes).toBeGreaterThanOrEqual(19_373);
  expect(shifted.vault).toBeGreaterThanOrEqual(20_200);
  expect(new Set([...Object.values(usual), ...Object.values(shifted)]).size).toBe(10);
});
