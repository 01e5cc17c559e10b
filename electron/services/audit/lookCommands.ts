import type { AuditRow } from '../../../shared/audit.ts';
import { caFileOf } from '../../../shared/servers.ts';
import { mcAlias } from '../../clients/s3/mcCommands.ts';
import { canonicalUrl } from '../../clients/s3/sigv4.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { keyStoreOfKes } from '../../jobs/ways.ts';
import { shellWord } from '../../platform/shellWord.ts';

/**
 * What a person types to see the same with foreign tools. Secrets are variables, and none is in an argument: curl reads the
 * credential from a file descriptor.
 */
export function lookCommands(
  { stack, folder }: Pick<StackAccess, 'stack' | 'folder'>,
  row: AuditRow,
  kmsKey: string | undefined,
): string[] {
  const { bucket, key, versionId } = row;
  const [cluster] = stack.minioClusters;
  const url = cluster?.nodes[0]?.url;
  const version = versionId === undefined ? '' : ` --version-id ${shellWord(versionId)}`;
  const commands = [
    `mc stat${version} ${shellWord(`${mcAlias}/${bucket}/${key}`)}`,
    `mc encrypt info ${shellWord(`${mcAlias}/${bucket}`)}`,
    `mc admin kms key status ${mcAlias}${kmsKey ? ` ${shellWord(kmsKey)}` : ''}`,
  ];
  if (cluster && url !== undefined) {
    const caFile = caFileOf(stack, cluster.ca);
    const trust = caFile === undefined ? '' : ` --cacert ${shellWord(folder.path(caFile))}`;
    const where = canonicalUrl(url, [bucket, key], versionId === undefined ? {} : { versionId }).href;
    commands.push(
      `printf 'user = "%s:%s"\\n' "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" | curl -sS -K - --aws-sigv4 aws:amz:us-east-1:s3${trust} --path-as-is -D - -o /dev/null -r 0-0 ${shellWord(where)}`,
    );
  }
  const store = keyStoreOfKes(stack);
  if (store && kmsKey) {
    const { mount, version: kv, prefix } = store.engine;
    const program = store.product === 'openbao' ? 'bao' : 'vault';
    // The record is the key itself: only whether it is there, and since when, is asked for.
    commands.push(
      kv === 2
        ? `${program} kv metadata get -mount=${shellWord(mount)} ${shellWord(`${prefix}/${kmsKey}`)}`
        : `${program} kv list ${shellWord(`${mount}/${prefix}`)}`,
    );
  }
  return commands;
}
