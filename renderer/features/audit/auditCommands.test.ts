import { expect, it } from 'vitest';
import { sampleStack } from '../../dev/sampleStack.ts';
import { auditCommands } from './auditCommands.ts';

const all = { scope: { prefix: '', versions: false } };
const lines = (...given: Parameters<typeof auditCommands>) => auditCommands(...given).map(({ line }) => line);

it('looks at a prefix with mc, quoted for a shell', () => {
  expect(lines(sampleStack, all, { bucket: 'a', prefix: "it's here/" })).toEqual(
    expect.arrayContaining([`mc stat -r --json 'local-lab/a/it'\\''s here/'`, 'mc encrypt info local-lab/a']),
  );
});
it('names the same run of the command line', () => {
  expect(lines(sampleStack, { scope: { buckets: ['a', 'b'], prefix: 'x/', versions: false } }).at(-1)).toBe(
    'sealdeck audit --stack local-lab --bucket a --bucket b --prefix x/',
  );
});
