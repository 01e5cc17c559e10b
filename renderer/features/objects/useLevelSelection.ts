import { useEffect, useState } from 'react';
import type { ObjectRow } from '../../../shared/objects.ts';
import type { Selection } from '../../components/grid/VirtualGrid.tsx';
import type { LevelPages, LevelRow } from './levelPages.ts';

interface LevelSelection {
  readonly selection: Selection | undefined;
  select(selection: Selection): void;
  clear(): void;
  /** The row with the cursor. */
  readonly row: LevelRow | undefined;
  /** Objects, versions and delete markers among the selected rows, at most so many as are loaded. */
  objects(): ObjectRow[];
  readonly rows: number;
}

/** Which rows of a level are selected. Folders that come in above move the others down: so do their ranks here. */
export function useLevelSelection(pages: LevelPages): LevelSelection {
  const [kept, setKept] = useState<{ selection: Selection; leading: number } | undefined>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a rank means nothing in other pages
  useEffect(() => setKept(undefined), [pages]);
  const leading = pages.totals().folders;
  const count = pages.count().seen;
  const moved = (rank: number): number => (kept && rank >= kept.leading ? rank + leading - kept.leading : rank);
  const found = kept && { anchor: moved(kept.selection.anchor), cursor: moved(kept.selection.cursor) };
  // What was removed since may have been the last rows.
  const selection = found && Math.max(found.anchor, found.cursor) < count ? found : undefined;
  const [low, high] = selection ? [Math.min(selection.anchor, selection.cursor), Math.max(selection.anchor, selection.cursor)] : [0, -1];
  return {
    selection,
    select: (next) => setKept({ selection: next, leading: pages.totals().folders }),
    clear: () => setKept(undefined),
    row: selection && pages.row(selection.cursor),
    rows: high - low + 1,
    objects() {
      const objects: ObjectRow[] = [];
      for (let rank = low; rank <= high; rank++) {
        const object = pages.row(rank)?.object;
        if (object) objects.push(object);
      }
      return objects;
    },
  };
}
