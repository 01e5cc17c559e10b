import type { CommandLine } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { folderLines, mcLines, quoted } from '../../components/serverLines.ts';

/** The rules of all buckets, asked by mc; of many, the first three. Pure. */
export function bucketCommands(stack: Stack, names: readonly string[]): CommandLine[] {
  return [
    ...folderLines(stack),
    ...mcLines(stack),
    { line: `mc ls ${stack.id}` },
    ...names.slice(0, 3).map((name) => ({ line: `mc encrypt info ${stack.id}/${name}` })),
  ];
}

/** A listing and one object's state, asked by mc; an upload without headers, so that the rule decides. Pure. */
export function objectCommands(stack: Stack, bucket: string, prefix: string, key: string | undefined): CommandLine[] {
  const target = quoted(`${stack.id}/${bucket}/${prefix}`);
  return [
    ...folderLines(stack),
    ...mcLines(stack),
    { line: `mc encrypt info ${stack.id}/${bucket}` },
    { line: `mc ls ${target}` },
    { line: key === undefined ? `mc cp ./file ${target}` : `mc stat ${quoted(`${stack.id}/${bucket}/${key}`)}` },
  ];
}
