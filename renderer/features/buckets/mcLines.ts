import type { CommandLine } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { folderLines, mcLines } from '../../components/serverLines.ts';

/** The rules of some buckets, asked by mc. Pure. */
export function gridCommands(stack: Stack, names: readonly string[]): CommandLine[] {
  return [
    ...folderLines(stack),
    ...mcLines(stack),
    ...names.slice(0, 4).map((name) => ({ line: `mc encrypt info ${stack.id}/${name}` })),
    ...names.slice(0, 1).map((name) => ({ line: `mc version info ${stack.id}/${name}` })),
  ];
}
