import { useCurrentStack } from '../../components/currentStack.ts';
import { GridPage } from './GridPage.tsx';
import { PrefixPage } from './PrefixPage.tsx';
import { useBucketsPlace } from './place.ts';
import { RequirePage } from './RequirePage.tsx';
import { WhatWinsPage } from './WhatWinsPage.tsx';

/** What do new objects get by default? A grid of all buckets with their rules, what wins, and what is required. */
export function BucketsPage() {
  const { stack } = useCurrentStack();
  const place = useBucketsPlace();
  if (!stack) return null;
  if (place.page === 'wins') return <WhatWinsPage key={stack.id} stack={stack} />;
  if (place.page === 'require') return <RequirePage key={`${stack.id}/${place.bucket}`} stack={stack} bucket={place.bucket} />;
  if (place.page === 'prefix') {
    const { bucket, prefix } = place;
    return <PrefixPage key={`${stack.id}/${bucket}/${prefix}`} stack={stack} bucket={bucket} prefix={prefix} />;
  }
  return <GridPage key={`${stack.id}/${place.rule ?? ''}`} stack={stack} rule={place.rule} />;
}
