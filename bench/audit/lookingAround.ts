import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { endEngine, startEngine } from '../engine.ts';
import type { Row } from '../table.ts';
import { mapDrawn, watchMap } from './mapWatch.ts';

const jumps = 300;

/** The generated sample: from the click on the first screen to its finished map; then the window's heap over its rows. */
export async function measureLookAround(browser: Browser, folder: string, runs: number, note: (line: string) => void): Promise<Row[]> {
  const times: number[] = [];
  const before: number[] = [];
  const after: number[] = [];
  for (let at = 0; at < runs; at++) {
    note(`Look around ${at + 1} of ${runs}`);
    // A sample that was made once is kept: each run has a data folder of its own.
    const data = join(folder, `look-${at}`);
    await mkdir(data, { recursive: true });
    const engine = await startEngine(data);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    try {
      await engine.client.call('store.create', { mode: 'practice' });
      await engine.client.call('settings.write', { language: 'en', theme: 'light' });
      await page.addInitScript(watchMap);
      await page.goto((await engine.client.call('app.open', {})).url);
      await page.getByRole('button', { name: 'Look around' }).click();
      times.push((await mapDrawn(page, true)) / 1000);
      const heap = await heapOverRows(page);
      before.push(heap.before / 1e6);
      after.push(heap.after / 1e6);
    } finally {
      await page.close();
      await endEngine(engine);
    }
  }
  return [
    { what: 'look around: click on the first screen until the finished map is drawn', unit: 's', ours: times, goal: 10 },
    {
      what: `window's heap after ${jumps} jumps through 1.28 million rows, against before (goal: ratio 1.20)`,
      unit: 'MB',
      ours: after,
      peer: before,
    },
  ];
}

/** Bytes of the page's heap after a collection of garbage, with the first rows and after jumps all over the table. */
async function heapOverRows(page: Page): Promise<{ before: number; after: number }> {
  await page.getByRole('radiogroup', { name: 'Views of this audit' }).getByText('Objects', { exact: true }).click();
  await page.locator('[role=grid] [data-rank]').first().waitFor();
  await jump(page, 1);
  const before = await heapOf(page);
  await jump(page, jumps);
  return { before, after: await heapOf(page) };
}

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  // What a finished collection frees may hold the last of something else.
  for (let at = 0; at < 3; at++) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

/** Puts the scrollbar at places all over its way, and waits at each until the rows are there. */
async function jump(page: Page, times: number): Promise<void> {
  await page.evaluate(async (count) => {
    const grid = document.querySelector('[role=grid]');
    if (!grid) throw new Error('no table of objects');
    const there = (): boolean => {
      const cells = [...grid.querySelectorAll('[data-rank] [data-column=name]')];
      return cells.length > 0 && cells.every((cell) => cell.textContent !== '');
    };
    for (let at = 1; at <= count; at++) {
      // Steps of the golden ratio come everywhere and nowhere twice.
      grid.scrollTop = ((at * 0.618034) % 1) * (grid.scrollHeight - grid.clientHeight);
      const until = performance.now() + 30_000;
      do await new Promise((next) => requestAnimationFrame(next));
      while (!there() && performance.now() < until);
      if (!there()) throw new Error('rows did not come');
    }
  }, times);
}
