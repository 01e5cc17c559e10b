import { useEffect } from 'react';
import type { PartProps, PartSays } from './AccessPane.tsx';

/** Tells the frame what the part found, whenever that changes. */
export function useSays(says: PartProps['says'], said: PartSays): void {
  const told = JSON.stringify(said);
  useEffect(() => says(JSON.parse(told) as PartSays), [says, told]);
}
