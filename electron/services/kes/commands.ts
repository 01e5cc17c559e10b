import { caFileOf, wayOf } from '../../../shared/servers.ts';
import type { CommandLine } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { minioKeyFile } from '../../clients/kes/forStack.ts';
import type { StepContext } from '../../jobs/step.ts';
import { kesOf } from '../../jobs/ways.ts';
import { shellWord } from '../../platform/shellWord.ts';

/** Address, trust and identity for the `kes` command. MinIO's identity where it is a file here: the operator's key lies in no file. */
export function kesEnvironment({ stack, folder }: Pick<StepContext, 'stack' | 'folder'>): CommandLine[] {
  const cluster = kesOf(stack);
  const url = cluster?.nodes[0]?.url ?? '';
  const minio = stack.identities.find(({ purpose }) => purpose === 'minio');
  const identity: CommandLine[] =
    minio === undefined && wayOf(stack, 'kes') === 'api'
      ? [
          { comment: say('kesCommandOwn'), line: `export KES_SERVER=${shellWord(url)}` },
          { line: 'export KES_CLIENT_CERT=identity.cert' },
          { line: 'export KES_CLIENT_KEY=identity.key' },
        ]
      : [
          { comment: say('kesCommandAs'), line: `export KES_SERVER=${shellWord(url)}` },
          { line: `export KES_CLIENT_CERT=${shellWord(folder.path(minio?.certFile ?? 'certs/minio-client.crt'))}` },
          { line: `export KES_CLIENT_KEY=${shellWord(folder.path(minioKeyFile))}` },
        ];
  const caFile = caFileOf(stack, cluster?.ca ?? 'local');
  if (caFile === undefined) return identity;
  // The command has no option for a CA; Go reads this variable on Linux and BSD.
  return [...identity, { comment: say('kesCommandTrust'), line: `export SSL_CERT_FILE=${shellWord(folder.path(caFile))}` }];
}
