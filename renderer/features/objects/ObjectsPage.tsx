import { useLocation } from 'wouter';
import { useCurrentStack } from '../../components/currentStack.ts';
import { BucketList } from './BucketList.tsx';
import { BucketPage } from './BucketPage.tsx';
import { placeIn } from './place.ts';

/** Buckets with their rules, and below one of them its objects with their states. */
export function ObjectsPage() {
  const { stack } = useCurrentStack();
  // Only to be rendered again when the address changes; names are read from the fragment as it is.
  useLocation();
  if (!stack) return null;
  const { bucket, prefix } = placeIn(window.location.hash);
  if (bucket === undefined) return <BucketList key={stack.id} stackId={stack.id} />;
  return <BucketPage key={`${stack.id} ${bucket} ${prefix}`} stackId={stack.id} bucket={bucket} prefix={prefix} />;
}
