import type { ErrorText } from '../../../shared/text.ts';
import { useSentence, useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useCall } from '../../rpc/hooks.ts';

export type Kms = Output<'buckets.list'>['kms'];

interface Keys {
  readonly keys: readonly string[];
  /** MinIO has no key manager: it refuses SSE-S3 as well. */
  readonly none: boolean;
  /** Why no key can be named, and what to do first. */
  readonly refused: Pick<ErrorText, 'title' | 'next'> | undefined;
}

/** The keys that MinIO may use, as far as they can be listed. With a static key that is the one. */
export function useKeys(stackId: string, kms: Kms | undefined): Keys {
  const { t } = useWords();
  const { explain } = useSentence();
  const asked = useCall('kes.keys', { stackId }, { enabled: kms !== undefined && kms.kind !== 'none' && kms.kind !== 'static' });
  if (kms?.kind === 'none') return { keys: [], none: true, refused: explain({ code: 'kmsNotConfigured' }) };
  const known = asked.data?.keys.map(({ name }) => name) ?? [];
  const keys = [...new Set([...known, ...(kms?.defaultKey ? [kms.defaultKey] : [])])].toSorted();
  if (keys.length > 0 || kms === undefined || asked.isPending) return { keys, none: false, refused: undefined };
  const noKey = { title: t('buckets.plan.noKeys'), next: t('buckets.plan.noKeysNext') };
  return { keys, none: false, refused: asked.error ? explain(asked.error) : noKey };
}
