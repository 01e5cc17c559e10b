import type { CommandLine } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { shellWord } from '../../clients/s3/mcCommands.ts';
import type { StepContext } from '../../jobs/step.ts';

/** Address, trust and identity for the `kes` command. MinIO's identity: the operator's key lies in no file. */
export function kesEnvironment({ stack, folder }: Pick<StepContext, 'stack' | 'folder'>): CommandLine[] {
  const url = stack.kesClusters[0]?.nodes[0]?.url ?? '';
  return [
    { comment: say('kesCommandAs'), line: `export KES_SERVER=${shellWord(url)}` },
    { line: `export KES_CLIENT_CERT=${shellWord(folder.path('certs/minio-client.crt'))}` },
    { line: `export KES_CLIENT_KEY=${shellWord(folder.path('certs/minio-client.key'))}` },
    // The command has no option for a CA; Go reads this variable on Linux and BSD.
    { comment: say('kesCommandTrust'), line: `export SSL_CERT_FILE=${shellWord(folder.path('certs/ca.crt'))}` },
  ];
}

/** Address, trust and token for `bao` or `vault`; the token is typed, so that it is in no history and no argument. */
export function vaultEnvironment({ stack, folder }: Pick<StepContext, 'stack' | 'folder'>): CommandLine[] {
  const url = stack.keyStores[0]?.nodes[0]?.url ?? '';
  return [
    { line: `export VAULT_ADDR=${shellWord(url)}` },
    { line: `export VAULT_CACERT=${shellWord(folder.path('certs/ca.crt'))}` },
    { comment: say('kesCommandToken'), line: 'read -rs VAULT_TOKEN && export VAULT_TOKEN' },
  ];
}

/** `bao` or `vault`: both take the same commands. */
export function vaultProgram({ stack }: Pick<StepContext, 'stack'>): 'bao' | 'vault' {
  return stack.keyStores[0]?.product === 'vault' ? 'vault' : 'bao';
}
