import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Row } from '../table.ts';
import { measureCeiling } from './ceiling.ts';
import { shapes } from './fill.ts';
import { casesOf, measureListing } from './listing.ts';
import { startBenchServers } from './servers.ts';
import { measureViews } from './views.ts';

export interface AuditBench {
  /** Objects in each bucket that is listed; the issue names 20,000 and 200,000. */
  objects: number;
  /** Ready-made entries for the ceiling, and for memory. */
  ready: number;
  runs: number;
}

/** Everything that the audit is measured by, except what needs a window. */
export async function measureAudit(folder: string, { objects, ready, runs }: AuditBench, note: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = [];
  rows.push(...(await measureCeiling(folder, Math.min(ready, 1_000_000), runs, note)));
  if (ready > 1_000_000) rows.push(...(await measureCeiling(folder, ready, 1, note)));
  rows.push(...(await measureViews(folder, 1_000_000, note)));
  const servers = await startBenchServers(join(folder, 'audit'));
  try {
    const many = objects > 50_000;
    // The long sizes are for the near server alone: each millisecond of distance is one more for every page.
    const cases = casesOf(shapes, many ? [] : [5, 20], many ? [] : [1, 5]);
    rows.push(...(await measureListing(servers, folder, cases, { objects, runs, withMc: true }, note)));
  } finally {
    await servers.stop();
  }
  return rows;
}

/** Every run of every row, beside the table that shows their medians. */
export async function keepResults(name: string, rows: readonly Row[], about: object): Promise<string> {
  const folder = resolve(import.meta.dirname, '..', 'results');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  await writeFile(file, `${JSON.stringify({ ...about, rows }, null, 1)}\n`);
  return file;
}
