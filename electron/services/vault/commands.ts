import type { CommandLine } from '../../../shared/setup.ts';
import { say, type Text } from '../../../shared/text.ts';
import { keyStoreOf } from '../../clients/vault/forStack.ts';
import type { StepContext } from '../../jobs/step.ts';

/** `bao` or `vault`: both take the same commands. */
export function programOf(context: Pick<StepContext, 'stack'>): 'bao' | 'vault' {
  return keyStoreOf(context).product === 'openbao' ? 'bao' : 'vault';
}

/** Address and trust for the command line; both products read these names. */
export function environmentLines(context: Pick<StepContext, 'stack' | 'folder'>): CommandLine[] {
  return [
    { line: `export VAULT_ADDR=${shellQuoted(keyStoreOf(context).nodes[0]?.url ?? '')}` },
    { line: `export VAULT_CACERT=${shellQuoted(context.folder.path('certs/ca.crt'))}` },
  ];
}

/** A token that is typed, so that it lands neither in the history nor in a process argument. */
export function tokenLines(): CommandLine[] {
  return [{ comment: say('vaultCommandToken'), line: 'read -rs VAULT_TOKEN && export VAULT_TOKEN' }];
}

export function commented(comment: Text, line?: string): CommandLine {
  return line === undefined ? { comment } : { comment, line };
}

/** For POSIX shells. */
export function shellQuoted(value: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(value) ? value : `'${value.replace(/'/g, `'\\''`)}'`;
}
