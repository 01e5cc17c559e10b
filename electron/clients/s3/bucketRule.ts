import type { BucketRule } from '../../../shared/minio.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { keyNameOf } from './objectState.ts';

/** Body of `PUT ?encryption` (minio.md 3.1). Key names need no escaping: letters, digits, `-` and `_`. */
export function writeBucketRule(rule: Exclude<BucketRule, { kind: 'none' }>): string {
  const chosen =
    rule.kind === 'sse-s3'
      ? '<SSEAlgorithm>AES256</SSEAlgorithm>'
      : `<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${rule.key}</KMSMasterKeyID>`;
  return `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>${chosen}</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`;
}

/** Throws `answerNotUnderstood`. */
export function readBucketRule(xml: string, host: string): BucketRule {
  const algorithm = /<SSEAlgorithm>([^<]*)<\/SSEAlgorithm>/.exec(xml)?.[1];
  const key = /<KMSMasterKeyID>([^<]*)<\/KMSMasterKeyID>/.exec(xml)?.[1];
  if (algorithm === 'AES256' && key === undefined) return { kind: 'sse-s3' };
  if (algorithm === 'aws:kms' && key) return { kind: 'sse-kms', key: keyNameOf(key) };
  throw new AppError('answerNotUnderstood', { host, reason: `a bucket rule with the algorithm ${algorithm ?? '(none)'}` });
}

export function sameRule(a: BucketRule, b: BucketRule): boolean {
  return a.kind === b.kind && (a.kind === 'sse-kms' ? a.key : '') === (b.kind === 'sse-kms' ? b.key : '');
}

/** A rule in words that need no translation: `SSE-KMS minio-default`. */
export function ruleName(rule: BucketRule): string {
  if (rule.kind === 'sse-kms') return `SSE-KMS ${rule.key}`;
  return rule.kind === 'sse-s3' ? 'SSE-S3' : '-';
}
