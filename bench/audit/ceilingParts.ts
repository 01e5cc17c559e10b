import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Pool } from 'undici';
import { makeTestIdentity } from '../../electron/clients/kes/kes.testSupport.ts';
import type { Listed } from '../../electron/clients/s3/listing.ts';
import { createListingTokenizer } from '../../electron/clients/s3/listingTokenizer.ts';
import { startThread } from '../../electron/platform/threadCalls.ts';
import { columnsOf } from '../../electron/services/audit/reader/entries.ts';
import type { StoreCalls } from '../../electron/services/audit/work.ts';
import type { Row } from '../table.ts';
import { blankAudit } from './ours.ts';
import { startReadyServer } from './readyServer.ts';

const pageSize = 1000;
const inFlight = 4;
const dist = resolve(import.meta.dirname, '..', '..', 'dist');

/** What each part of the ceiling reaches alone, with nothing before or behind it. Rates in objects a second. */
export async function measureCeilingParts(folder: string, objects: number, runs: number): Promise<Row[]> {
  const identity = await makeTestIdentity('server');
  const server = await startReadyServer({ objects, tls: { cert: identity.cert, key: identity.key.reveal() } });
  const pool = new Pool(server.url, { connections: inFlight, pipelining: 1, connect: { ca: identity.cert } });
  const pages = objects / pageSize;
  const receive = async (after: string): Promise<Buffer> => {
    const { body } = await pool.request({ method: 'GET', path: `/ready?max-keys=${pageSize}&start-after=${after}` });
    return Buffer.from(await body.arrayBuffer());
  };
  const page = await receive('');
  const parse = (): Listed[] => {
    const tokenizer = createListingTokenizer({ host: 'bench', bucket: 'ready', versions: false, maxKeys: pageSize });
    tokenizer.push(page);
    return tokenizer.end().entries;
  };
  const entries = parse();
  const parts: Record<string, () => Promise<void>> = {
    'receive over TLS': async () => {
      let left = pages;
      const worker = async (): Promise<void> => {
        while (left-- > 0) await receive('');
      };
      await Promise.all(Array.from({ length: inFlight }, worker));
    },
    'parse, with states': async () => {
      for (let at = 0; at < pages; at++) parse();
    },
    'into columns': async () => {
      for (let at = 0; at < pages; at++) columnsOf(0, entries, false);
    },
    'store, in its thread': () => storeAll(folder, entries, pages),
  };
  const rows: Row[] = [];
  try {
    for (const [what, part] of Object.entries(parts)) {
      const rates: number[] = [];
      for (let run = 0; run < runs; run++) {
        const begin = performance.now();
        await part();
        rates.push(objects / ((performance.now() - begin) / 1000));
      }
      rows.push({ what: `of these alone: ${what}`, unit: '/s', ours: rates });
    }
  } finally {
    await pool.close();
    await server.end();
  }
  return rows;
}

async function storeAll(folder: string, entries: readonly Listed[], pages: number): Promise<void> {
  const file = join(folder, 'parts.sqlite');
  const store = startThread<StoreCalls>(join(dist, 'auditStore.cjs'));
  await store.calls.create(file, blankAudit(false), [{ name: 'ready' }]);
  const commits: Promise<void>[] = [];
  for (let at = 0; at < pages; at++) {
    const named = entries.map((entry) => ({ ...entry, key: `${at}-${entry.key}` }));
    const range = { id: 0, bucket: 0, after: named.at(-1)?.key ?? '', done: false };
    commits.push(store.calls.commit({ entries: columnsOf(0, named, false), ranges: [range] }));
    if (commits.length >= inFlight) await commits.shift();
  }
  await Promise.all(commits);
  await store.calls.close();
  await store.end();
  for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(`${file}${suffix}`, { force: true });
}
