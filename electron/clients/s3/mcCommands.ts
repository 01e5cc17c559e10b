import { caFileOf } from '../../../shared/servers.ts';
import type { CommandLine } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { shellWord } from '../../platform/shellWord.ts';

/** Name of the stack's MinIO in `mc` commands. */
export const mcAlias = 'sealdeck';

/** Makes the alias without a secret in any argument: `printf` is part of the shell, and `mc` reads its standard input. */
export function mcAliasCommands({ stack, folder }: Pick<StackAccess, 'stack' | 'folder'>): CommandLine[] {
  const [cluster] = stack.minioClusters;
  const url = cluster?.nodes[0]?.url;
  if (cluster === undefined || url === undefined) return [];
  const caFile = caFileOf(stack, cluster.ca);
  return [
    ...(caFile === undefined
      ? []
      : [
          {
            comment: say('minioCommandTrust'),
            line: `mkdir -p ~/.mc/certs/CAs && cp ${shellWord(folder.path(caFile))} ~/.mc/certs/CAs/sealdeck.crt`,
          },
        ]),
    {
      comment: say('minioCommandAlias'),
      line: `printf '%s\\n' "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" | mc alias set ${mcAlias} ${shellWord(url)}`,
    },
  ];
}
