import { useCallback, useRef, useState } from 'react';
import type { AuditRow } from '../../../shared/audit.ts';
import type { RowPages } from '../../components/grid/rowPages.ts';
import type { Selection } from '../../components/grid/VirtualGrid.tsx';
import type { Input } from '../../rpc/client.ts';
import { useClient } from '../../rpc/hooks.ts';

/** A clipboard with more names than that helps nobody; there is the export. */
const mostNames = 10_000;
const askRows = 500;
const shownMs = 4_000;

export interface Names {
  copy(selection: Selection): Promise<void>;
  /** What the last copy did, for a moment. */
  readonly copied: { readonly count: number; readonly all: boolean } | 'failed' | undefined;
}

/** Copies the names of selected rows as they are, one a line; those that are not at hand are asked for. */
export function useNames(pages: RowPages<AuditRow>, input: Omit<Input<'audit.rows'>, 'offset' | 'limit'>): Names {
  const client = useClient();
  const [copied, setCopied] = useState<Names['copied']>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const key = JSON.stringify(input);

  const tell = useCallback((what: Names['copied']): void => {
    setCopied(what);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(undefined), shownMs);
  }, []);

  const copy = useCallback(
    async ({ anchor, cursor }: Selection): Promise<void> => {
      const [low, high] = [Math.min(anchor, cursor), Math.max(anchor, cursor)];
      const last = Math.min(high, low + mostNames - 1);
      const asked = JSON.parse(key) as typeof input;
      const names: string[] = [];
      try {
        while (low + names.length <= last) {
          const there = pages.row(low + names.length);
          if (there) {
            names.push(there.key);
            continue;
          }
          const offset = low + names.length;
          const { rows } = await client.call('audit.rows', { ...asked, offset, limit: Math.min(askRows, last - offset + 1) });
          if (rows.length === 0) break;
          names.push(...rows.map((row) => row.key));
        }
        await navigator.clipboard.writeText(names.join('\n'));
        tell({ count: names.length, all: last === high });
      } catch {
        tell('failed');
      }
    },
    [client, pages, key, tell],
  );
  return { copy, copied };
}
