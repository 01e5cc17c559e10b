import type { CommandLine } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import type { StepContext } from '../../jobs/step.ts';
import { shellWord } from '../../platform/shellWord.ts';

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
