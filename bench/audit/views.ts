import { randomInt } from 'node:crypto';
import { join, resolve } from 'node:path';
import { startThread } from '../../electron/platform/threadCalls.ts';
import { type Entries, flag, type StoreCalls } from '../../electron/services/audit/work.ts';
import type { Row } from '../table.ts';
import { blankAudit } from './ours.ts';

const dist = resolve(import.meta.dirname, '..', '..', 'dist');
const batch = 10_000;

/** The first page of filters and sorts on a finished run of that many rows, and what writing and arranging them took. */
export async function measureViews(folder: string, rows: number, note: (line: string) => void): Promise<Row[]> {
  const store = startThread<StoreCalls>(join(dist, 'auditStore.cjs'));
  const count = rows.toLocaleString('en');
  try {
    note(`${count} rows are written and arranged ...`);
    await store.calls.create(join(folder, 'views.sqlite'), blankAudit(false), [{ name: 'views' }]);
    const wrote = await timed(async () => {
      for (let at = 0; at < rows; at += batch)
        await store.calls.commit({ entries: entriesFrom(at, Math.min(batch, rows - at)), ranges: [] });
    });
    const arranged = await timed(() => store.calls.arrange());
    const figures: Row[] = [
      { what: `store: rows a second into ${count}`, unit: '/s', ours: [(rows / wrote) * 1000] },
      { what: `store: arranging ${count} rows`, unit: 's', ours: [arranged / 1000] },
    ];
    const page = { offset: 0, limit: 100 };
    const views = [
      ['by size, largest first', { filter: {}, sort: 'size', descending: true }],
      ['by time, oldest first', { filter: {}, sort: 'modifiedAt', descending: false }],
      ['plaintext by name', { filter: { states: ['plaintext'] }, sort: 'key', descending: false }],
      ['one key by size', { filter: { kmsKey: 'key-3' }, sort: 'size', descending: true }],
      [
        'larger than 9 MB below a prefix, by time',
        { filter: { minSize: 9e6, prefix: 'folder-07/' }, sort: 'modifiedAt', descending: true },
      ],
      ['names that hold "99-9", by name', { filter: { contains: '99-9' }, sort: 'key', descending: false }],
    ] as const;
    for (const [what, view] of views) {
      const times: number[] = [];
      for (let at = 0; at < 3; at++) {
        // Another size each time, so that no answer is one that was kept.
        const { states, ...rest } = { states: undefined, ...view.filter };
        const filter = { ...rest, ...(states === undefined ? {} : { states: [...states] }), maxSize: 1e9 + at };
        times.push(await timed(() => store.calls.rows({ ...page, ...view, filter })));
      }
      figures.push({ what: `first page of ${count} rows, ${what}`, unit: 'ms', ours: times, goal: 150 });
    }
    figures.push({
      what: `map of 10,000 cells of ${count} rows, by the store`,
      unit: 'ms',
      ours: [await timed(() => store.calls.map({ prefix: '', by: 'objects', depth: 4, cells: 10_000 }))],
    });
    return figures;
  } finally {
    await store.calls.close();
    await store.end();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function entriesFrom(from: number, count: number): Entries {
  const columns = <A extends { [at: number]: number }>(array: A, value: (n: number) => number): A => {
    for (let at = 0; at < count; at++) array[at] = value(from + at);
    return array;
  };
  const names = Array.from({ length: 8 }, (_, at) => `key-${at}`);
  const states = columns(new Uint8Array(count), (n) => (n % 97 === 0 ? 0 : 4 + (n % 2)));
  return {
    bucket: 0,
    keys: Array.from({ length: count }, (_, at) => {
      const n = String(from + at).padStart(8, '0');
      return `folder-${n.slice(2, 4)}/${n.slice(4, 6)}/object-${n.slice(6)}-${n}`;
    }),
    sizes: columns(new Float64Array(count), () => randomInt(10_000_000)),
    modified: columns(new Float64Array(count), (n) => 1_700_000_000_000 + randomInt(60_000_000) * 1000 + n),
    states,
    kmsKeys: columns(new Uint16Array(count), (n) => (states[n - from] === 5 ? 1 + (n % 8) : 0)),
    names,
    flags: columns(new Uint8Array(count), () => flag.latest),
    reasons: [],
  };
}
