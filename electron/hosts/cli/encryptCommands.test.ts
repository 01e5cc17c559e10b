import { expect, it } from 'vitest';
import type { InPlacePlan } from '../../../shared/inPlace.ts';
import { say } from '../../../shared/text.ts';
import { planLines } from './encryptCommands.ts';
import { createTerminal } from './terminal.ts';

const plan: InPlacePlan = {
  ...{ id: '20261122T020000-1a2b3c4d', at: '2026-11-22T02:00:00Z', objects: 2, bytes: 9, buckets: [], leftOut: [] },
  checks: [say('inPlaceCheckFacts')],
  warns: [say('inPlaceWarnNoRule', { bucket: 'letters' })],
  commands: [
    { comment: say('inPlaceCommandAll'), line: 'mc cp --recursive' },
    { comment: say('inPlaceCommandRule', { bucket: 'letters' }), line: 'mc encrypt set' },
  ],
};
const told = (language: 'en' | 'zh-CN', total: number): string[] => {
  const silent = { write: () => true };
  return planLines(plan, total, createTerminal({ json: false, language, streams: { stdout: silent, stderr: silent } }));
};

it('a plan says what stays plaintext, and beside each command in one line what it does and does not do', () => {
  expect(told('en', 2).slice(1)).toEqual([
    expect.stringMatching(/^✓ Of each copy/),
    expect.stringMatching(/^! New uploads to letters .* stay plaintext until the bucket has a rule/),
    expect.stringMatching(/^ {4}# The nearest with mc: it also copies what is encrypted by then, sends no encryption contexts/),
    '    $ mc cp --recursive',
    '    # So that new uploads to letters are encrypted, too',
    '    $ mc encrypt set',
  ]);
  expect(told('zh-CN', 2)).toContainEqual(expect.stringMatching(/^! 在 letters 设置规则之前/));
});

it('a plan of nothing says so, and still what stays plaintext', () => {
  expect(told('en', 0).slice(1, 3)).toEqual(['Nothing to encrypt here.', expect.stringMatching(/^! New uploads to letters/)]);
});
