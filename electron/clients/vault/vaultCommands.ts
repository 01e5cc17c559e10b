import { caFileOf } from '../../../shared/servers.ts';
import type { CommandLine } from '../../../shared/setup.ts';
import { say, type Text } from '../../../shared/text.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { shellWord } from '../../platform/shellWord.ts';
import { keyStoreOf } from './forStack.ts';

/** `bao` or `vault`: both take the same commands. */
export function programOf(access: Pick<StackAccess, 'stack'>): 'bao' | 'vault' {
  return keyStoreOf(access).product === 'openbao' ? 'bao' : 'vault';
}

/** Address and trust for the command line; both products read these names. */
export function environmentLines(access: Pick<StackAccess, 'stack' | 'folder'>): CommandLine[] {
  const { nodes, ca } = keyStoreOf(access);
  const caFile = caFileOf(access.stack, ca);
  return [
    { line: `export VAULT_ADDR=${shellWord(nodes[0]?.url ?? '')}` },
    // The roots of the system are believed without a file.
    ...(caFile === undefined ? [] : [{ line: `export VAULT_CACERT=${shellWord(access.folder.path(caFile))}` }]),
  ];
}

/** A token that is typed, so that it lands neither in the history nor in a process argument. */
export function tokenLines(): CommandLine[] {
  return [{ comment: say('vaultCommandToken'), line: 'read -rs VAULT_TOKEN && export VAULT_TOKEN' }];
}

/** A line of the drawer with what it is for; without a line, the comment alone. */
export function commented(comment: Text, line?: string): CommandLine {
  return line === undefined ? { comment } : { comment, line };
}
