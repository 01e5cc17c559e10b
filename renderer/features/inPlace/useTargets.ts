import type { EncryptionChoice } from '../../../shared/encryption.ts';
import type { BucketRule } from '../../../shared/minio.ts';
import type { CustomerKey } from '../../../shared/objects.ts';
import type { ErrorText } from '../../../shared/text.ts';
import { useSentence, useWords } from '../../locales/language.ts';
import { useCall } from '../../rpc/hooks.ts';

interface Targets {
  readonly keys: readonly string[];
  /** The one that is proposed: of the bucket's rule, or MinIO's default. */
  readonly key: string | undefined;
  readonly customers: readonly CustomerKey[];
  readonly rule: BucketRule | undefined;
  /** Why a way cannot be taken, and what to do first. */
  readonly refused: Partial<Record<EncryptionChoice['kind'], Partial<ErrorText>>>;
  readonly settled: boolean;
}

/** What objects of a bucket, or of several, can be encrypted with, as their server says now. */
export function useTargets(stackId: string, bucket: string | undefined): Targets {
  const { t } = useWords();
  const { explain } = useSentence();
  const one = { stackId, bucket: bucket ?? '' };
  const head = useCall('objects.bucket', one, { enabled: bucket !== undefined });
  // The same that is asked before an upload: MinIO's key manager, its keys, TLS and the store here.
  const choices = useCall('uploads.choices', one, { enabled: bucket !== undefined });
  const alone = bucket === undefined || choices.isError;
  const listed = useCall('kes.keys', { stackId }, { enabled: alone });
  const kms = useCall('buckets.list', { stackId }, { enabled: alone }).data?.kms;
  const kept = useCall('objects.customerKeys', { stackId });
  const rule = head.data?.rule.value;
  const customers = kept.data?.keys ?? [];
  const ruleKey = rule?.kind === 'sse-kms' ? rule.key : undefined;
  const defaultKey = choices.data?.defaultKey ?? kms?.defaultKey;
  const known = choices.data?.keys ?? listed.data?.keys.map(({ name }) => name) ?? [];
  const keys = [...new Set([...known, ...(ruleKey === undefined ? [] : [ruleKey])])].toSorted();
  const key = ruleKey ?? (defaultKey !== undefined && keys.includes(defaultKey) ? defaultKey : keys[0]);
  const settled = (bucket === undefined || !head.isPending) && !(alone ? listed.isPending : choices.isPending);

  function refusalOf(kind: EncryptionChoice['kind']): Partial<ErrorText> | undefined {
    const said = choices.data?.choices.find((choice) => choice.kind === kind)?.refused;
    if (said) return explain(said);
    if (kms?.kind === 'none' && (kind === 'sse-s3' || kind === 'sse-kms')) return explain({ code: 'kmsNotConfigured' });
    if (kind === 'sse-kms' && settled && keys.length === 0) return { title: t('inPlace.target.noKeys') };
    if (kind === 'rule' && rule?.kind === 'none') return { title: t('inPlace.target.noRule') };
    return kind === 'sse-c' && kept.data && customers.length === 0 ? { title: t('inPlace.target.noCustomer') } : undefined;
  }

  const kinds = ['sse-kms', 'sse-s3', 'rule', 'sse-c'] as const;
  const refused = Object.fromEntries(kinds.flatMap((kind) => (refusalOf(kind) ? [[kind, refusalOf(kind)]] : [])));
  return { keys, key, customers, rule, refused, settled };
}
