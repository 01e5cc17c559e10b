import type { BucketRule } from '../../../shared/minio.ts';
import { caFileOf } from '../../../shared/servers.ts';
import type { CommandLine } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { shellWord } from '../../platform/shellWord.ts';

/** Name of the stack's MinIO in `mc` commands. */
export const mcAlias = 'sealdeck';

/** More buckets than this are one loop of the shell. */
const linesAtMost = 8;

/** Makes the alias without a secret in any argument: `printf` is part of the shell, and `mc` reads its standard input. */
export function mcAliasCommands({ stack, folder }: Pick<StackAccess, 'stack' | 'folder'>): CommandLine[] {
  const [cluster] = stack.minioClusters;
  const url = cluster?.nodes[0]?.url;
  if (cluster === undefined || url === undefined) return [];
  const caFile = caFileOf(stack, cluster.ca);
  return aliasLines(url, caFile === undefined ? undefined : folder.path(caFile), ['MINIO_ROOT_USER', 'MINIO_ROOT_PASSWORD']);
}

/** `names`: the variables that hold access key and secret key. */
export function aliasLines(url: string, caFile: string | undefined, names: readonly [string, string]): (CommandLine & { line: string })[] {
  const [user, secret] = names;
  return [
    ...(caFile === undefined
      ? []
      : [
          {
            comment: say('minioCommandTrust'),
            line: `mkdir -p ~/.mc/certs/CAs && cp ${shellWord(caFile)} ~/.mc/certs/CAs/sealdeck.crt`,
          },
        ]),
    { comment: say('minioCommandAlias'), line: `printf '%s\\n' "$${user}" "$${secret}" | mc alias set ${mcAlias} ${shellWord(url)}` },
  ];
}

/** Sets one rule for buckets, or clears theirs, in the syntax of today's mc. */
export function ruleCommands(buckets: readonly string[], rule: BucketRule): string[] {
  const verb = { none: 'clear', 'sse-s3': 'set sse-s3', 'sse-kms': `set sse-kms ${rule.kind === 'sse-kms' ? shellWord(rule.key) : ''}` }[
    rule.kind
  ];
  if (buckets.length <= linesAtMost) return buckets.map((bucket) => `mc encrypt ${verb} ${mcAlias}/${bucket}`);
  return [`for bucket in ${buckets.join(' ')}; do mc encrypt ${verb} "${mcAlias}/$bucket"; done`];
}
