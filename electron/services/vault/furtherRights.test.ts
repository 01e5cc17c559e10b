import { expect, it } from 'vitest';
import { type RootMaking, revokeMade } from './furtherRights.ts';

it.each([
  ['made', ['lab']],
  ['collecting', []],
  ['none', []],
] as const)('revokes the root token that an addition left only where one was made: %s', async (phase, revoked) => {
  const asked: string[] = [];
  const root = { phase: async () => phase, revoke: async (stackId: string) => void asked.push(stackId) } as unknown as RootMaking;
  await revokeMade('lab', root);
  expect(asked).toEqual(revoked);
});
