import { expect, it } from 'vitest';
import { folderPrefix } from './target.ts';

it.each([
  ['', ''],
  ['  ', ''],
  ['/', ''],
  ['reports', 'reports/'],
  ['/reports/2026', 'reports/2026/'],
  [' reports/2026/ ', 'reports/2026/'],
  ['合同/二月', '合同/二月/'],
])('the folder %j is the beginning %j of names', (typed, prefix) => expect(folderPrefix(typed)).toBe(prefix));
