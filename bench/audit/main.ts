import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import type { Row } from '../table.ts';
import { measureCeiling } from './ceiling.ts';
import { measureCeilingParts } from './ceilingParts.ts';
import type { Shape } from './fill.ts';
import { measureHeads } from './heads.ts';
import { casesOf, measureListing } from './listing.ts';
import { startBenchServers } from './servers.ts';
import { measureViews } from './views.ts';
import { measureAuditWindow } from './window.ts';

export const auditParts = ['ceiling', 'views', 'listing', 'heads', 'window'] as const;
export type AuditPart = (typeof auditParts)[number];

export interface AuditBench {
  only: readonly AuditPart[];
  shapes: readonly Shape[];
  /** Entries of each bucket that is listed; the issue names 20,000 and 200,000. */
  objects: number;
  /** Ready-made entries for the ceiling, and for memory. */
  ready: number;
  runs: number;
}

const million = 1_000_000;
const headObjects = 24_000;
const windowObjects = 20_000;

/** Everything that the audit is measured by. Rows are told as each part ends: a later one that fails takes nothing away. */
export async function measureAudit(
  folder: string,
  { only, shapes, objects, ready, runs }: AuditBench,
  note: (line: string) => void,
  tell: (rows: Row[]) => void,
): Promise<void> {
  if (only.includes('ceiling')) {
    tell(await measureCeiling(folder, Math.min(ready, million), runs, note));
    tell(await measureCeilingParts(folder, 200_000, runs));
    if (ready > million) tell(await measureCeiling(folder, ready, 1, note));
  }
  if (only.includes('views')) tell(await measureViews(folder, million, note));
  if (only.includes('listing')) {
    const servers = await startBenchServers(join(folder, 'audit'));
    try {
      const many = objects > 50_000;
      // The long sizes are for the near server alone: each millisecond of distance is one more for every page.
      const cases = casesOf(shapes, many ? [] : [5, 20], many ? [] : [1, 5]);
      tell(await measureListing(servers, folder, cases, { objects, runs }, note));
    } finally {
      await servers.stop();
    }
  }
  if (only.includes('heads')) tell(await measureHeads(folder, headObjects, Math.max(3, runs), note));
  if (only.includes('window')) tell(await measureAuditWindow(folder, windowObjects, runs, note));
}

/** Every run of every row, beside the table that shows their medians: `<name>-<date>.json`, numbered when there is one. */
export async function keepResults(name: string, rows: readonly Row[], about: object): Promise<string> {
  const folder = resolve(import.meta.dirname, '..', 'results');
  await mkdir(folder, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const machine = {
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: process.platform,
    node: process.versions.node,
  };
  for (let number = 1; ; number++) {
    const file = `${name}-${date}${number === 1 ? '' : `-${number}`}.json`;
    try {
      await writeFile(join(folder, file), `${JSON.stringify({ date, machine, ...about, rows }, null, 1)}\n`, { flag: 'wx' });
      return file;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
