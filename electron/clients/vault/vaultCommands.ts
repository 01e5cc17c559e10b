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
  return [
    { line: `export VAULT_ADDR=${shellWord(keyStoreOf(access).nodes[0]?.url ?? '')}` },
    { line: `export VAULT_CACERT=${shellWord(access.folder.path('certs/ca.crt'))}` },
  ];
}

/** A token that is typed, so that it lands neither in the history nor in a process argument. */
export function tokenLines(): CommandLine[] {
  return [{ comment: say('vaultCommandToken'), line: 'read -rs VAULT_TOKEN && export VAULT_TOKEN' }];
}

export function commented(comment: Text, line?: string): CommandLine {
  return line === undefined ? { comment } : { comment, line };
}
