import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellWord } from './shellWord.ts';

const hostile = [
  "it's",
  '$(touch pwned) `id` $HOME "x" \\',
  '*?[a] {b,c} ~ # ! & ; | < >',
  'two\nlines; id',
  'a\u0003b\u001b[31mc\u0007\td\u007fe\r',
  '\u202egpj.exe \u200f \u0085 \u2028 合同',
  '-rf',
  '',
];

it.each(['sh', 'bash'])('%s takes each word as it was meant', (shell) => {
  for (const word of hostile) {
    const { stdout } = spawnSync(shell, ['-c', `printf '%s|' x ${shellWord(word)} y`], { encoding: 'utf8' });
    expect(stdout, JSON.stringify(word)).toBe(`x|${word}|y|`);
  }
});

it('no word carries what a terminal acts on when it is pasted, or what turns its line around', () => {
  for (const word of hostile) expect(shellWord(word)).not.toMatch(/[^\P{Cc}\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
});
