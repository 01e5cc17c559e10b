import { type KeyboardEvent, useEffect, useState } from 'react';
import { useDrawer } from '../../components/drawer.tsx';
import type { RowPages } from '../../components/grid/rowPages.ts';
import type { Selection } from '../../components/grid/VirtualGrid.tsx';

interface RowCard<Row> {
  readonly selection: Selection | undefined;
  select(selection: Selection): void;
  /** The row with the cursor; undefined while its page is not there. */
  readonly row: Row | undefined;
  readonly open: boolean;
  show(): void;
  close(): void;
  /** Escape in the table closes the card; true when it did. */
  onEscape(event: KeyboardEvent): boolean;
}

/** Which row of a table has the cursor, and whether its card is open. Both end with the view: a rank means nothing in another. */
export function useRowCard<Row>(pages: RowPages<Row>): RowCard<Row> {
  const [selection, setSelection] = useState<Selection | undefined>(undefined);
  const [open, setOpen] = useState(false);
  const drawer = useDrawer();
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the pages are others
  useEffect(() => {
    setSelection(undefined);
    setOpen(false);
  }, [pages]);
  return {
    selection,
    select: setSelection,
    row: selection ? pages.row(selection.cursor) : undefined,
    open: open && selection !== undefined,
    show() {
      setOpen(true);
      // Somebody may have shut it while it was filled: then it does not open by itself.
      if (open && !drawer.open) drawer.setOpen(true);
    },
    close: () => setOpen(false),
    onEscape(event) {
      if (event.key !== 'Escape' || !open) return false;
      setOpen(false);
      return true;
    },
  };
}
