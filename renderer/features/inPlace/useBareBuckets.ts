import type { InPlace } from '../../../shared/inPlace.ts';
import { useCall } from '../../rpc/hooks.ts';

/** Buckets of an ended run that have no rule now, where no automatic encryption stands in for it: what is written next is plaintext. */
export function useBareBuckets({ stackId, state, plan }: Pick<InPlace, 'stackId' | 'state' | 'plan'>): readonly string[] {
  const list = useCall('buckets.list', { stackId }, { enabled: state === 'ended' }).data;
  if (state !== 'ended' || !list || list.kms.autoEncryption === true) return [];
  const bare = new Set(list.buckets.filter(({ rule }) => rule?.kind === 'none').map(({ name }) => name));
  return (plan?.buckets ?? []).map(({ bucket }) => bucket).filter((bucket) => bare.has(bucket));
}
