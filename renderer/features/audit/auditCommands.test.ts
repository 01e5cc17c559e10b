import { expect, it } from 'vitest';
import { sampleStack } from '../../dev/sampleStack.ts';
import { auditCommands, planHead } from './auditCommands.ts';

const all = { scope: { prefix: '', versions: false } };
type Given = Parameters<typeof auditCommands>;
const lines = (stack: Given[0], audit: Given[1], place?: Given[2]) => auditCommands(stack, audit, place, '/data').map(({ line }) => line);

it('looks at a prefix with mc, quoted for a shell', () => {
  expect(lines(sampleStack, all, { bucket: 'a', prefix: "it's here/" })).toEqual(
    expect.arrayContaining([`mc stat -r --json 'local-lab/a/it'\\''s here/'`, 'mc encrypt info local-lab/a']),
  );
});
it('names the same run of the command line', () => {
  expect(lines(sampleStack, { scope: { buckets: ['a', 'b'], prefix: 'x/', versions: false } })[0]).toBe(
    'npx --no-install sealdeck audit --stack local-lab --bucket a --bucket b --prefix x/ --data /data',
  );
});
it('begins plans with trust and the alias that they use, from any folder', () => {
  const [trust, alias] = planHead(sampleStack).map(({ line }) => line);
  expect(trust).toContain(sampleStack.folder);
  expect(alias).toMatch(/^mc alias set sealdeck https:/);
});
