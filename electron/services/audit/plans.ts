import type { Audit, AuditBucket } from '../../../shared/audit.ts';
import { mcAlias } from '../../clients/s3/mcCommands.ts';
import { shellWord } from '../../platform/shellWord.ts';

/**
 * The plan that encrypts what is plaintext now: the list comes from this audit, so nothing else is rewritten. An object that is
 * encrypted already could be destroyed by a copy (minio.md 3.6, encryption context). Keys go through NUL, so none breaks it.
 */
export function encryptInPlace(
  { id, stackId, cluster }: Pick<Audit, 'id' | 'stackId' | 'cluster'>,
  { name, rule }: Pick<AuditBucket, 'name' | 'rule'>,
  dataFolder: string,
): string[] {
  const bucket = `${mcAlias}/${name}`;
  const how =
    rule?.kind === 'sse-s3'
      ? `--enc-s3 ${shellWord(bucket)}`
      : `--enc-kms ${shellWord(`${bucket}=${rule?.kind === 'sse-kms' ? rule.key : 'KEY'}`)}`;
  const at = `${bucket}/{}`;
  return [
    ...(rule?.kind === 'none' ? [`mc encrypt set sse-kms KEY ${shellWord(bucket)}`] : []),
    `npx --no-install sealdeck audit export ${id} --stack ${stackId}${cluster === undefined ? '' : ` --cluster ${cluster}`} --bucket ${shellWord(name)} --state plaintext --out plain.keys --data ${shellWord(dataFolder)}`,
    `xargs -0 -I{} mc cp ${how} ${shellWord(at)} ${shellWord(at)} < plain.keys`,
  ];
}

/** Asks MinIO to make and open a data key with that key; '' is its default key. */
export function decryptsNow(kmsKey: string): string[] {
  return [`mc admin kms key status ${mcAlias}${kmsKey === '' ? '' : ` ${shellWord(kmsKey)}`}`];
}
