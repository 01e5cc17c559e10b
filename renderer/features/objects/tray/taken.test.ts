import { expect, it } from 'vitest';
import { rootsOf } from './taken.ts';

const named = (...paths: string[]) => paths.map((webkitRelativePath) => ({ webkitRelativePath }));

it('gives the engine a picked folder once, whatever lies in it, and files as they are', () => {
  const below = named('letters/one.txt', 'letters/deep/er/two.txt');
  expect(rootsOf(['/home/ops/letters/one.txt', '/home/ops/letters/deep/er/two.txt'], below)).toEqual(['/home/ops/letters']);
  expect(rootsOf(['C:\\ops\\letters\\one.txt', 'C:\\ops\\letters\\deep\\er\\two.txt'], below)).toEqual(['C:\\ops\\letters']);
  expect(rootsOf(['/a/one.txt', '/b/one.txt'], named('', ''))).toEqual(['/a/one.txt', '/b/one.txt']);
});
