import type { CommandLine } from '../../../../shared/setup.ts';

/** What the page does, on the command line. The key comes from a file or standard input, never as an argument. Pure. */
export function keyCommands(stackId: string, data: string): CommandLine[] {
  const sealdeck = (words: string): CommandLine => ({ line: `npx --no-install sealdeck keys ${words}${data}` });
  return [
    sealdeck(`--stack ${stackId}`),
    sealdeck(`make NAME --stack ${stackId}`),
    sealdeck(`take NAME @FILE --stack ${stackId}`),
    sealdeck(`export --to ./keys --stack ${stackId} --passphrase-file FILE`),
    sealdeck(`import FILE.age --stack ${stackId} --passphrase-file FILE`),
    { line: 'age --decrypt FILE.age' },
  ];
}
