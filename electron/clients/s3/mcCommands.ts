import type { CommandLine } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { shellWord } from '../../platform/shellWord.ts';

/** Name of the stack's MinIO in `mc` commands. */
export const mcAlias = 'sealdeck';

/** Makes the alias without a secret in any argument: `printf` is part of the shell, and `mc` reads its standard input. */
export function mcAliasCommands(url: string, caFile: string): CommandLine[] {
  return [
    { comment: say('minioCommandTrust'), line: `mkdir -p ~/.mc/certs/CAs && cp ${shellWord(caFile)} ~/.mc/certs/CAs/sealdeck.crt` },
    {
      comment: say('minioCommandAlias'),
      line: `printf '%s\\n' "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" | mc alias set ${mcAlias} ${shellWord(url)}`,
    },
  ];
}
