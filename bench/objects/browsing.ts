import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import playwrightConfig from '../../e2e/playwright.config.ts';
import { addressOf } from '../../renderer/features/objects/place.ts';
import type { Row } from '../table.ts';
import { barePuts } from './barePuts.ts';
import type { Bench } from './contest.ts';
import { makeMany } from './files.ts';
import { kmsHeaders } from './many.ts';

const folders = 9;
const perFolder = 1000;

/** Opening folders of 1,000 SSE-KMS objects in the window, each for the first time: from the change of place until its rows are painted. */
export async function measureBrowsing({ folder, endpoint, ours, note, bucket, removeBucket }: Bench): Promise<Row[]> {
  const from = join(folder, 'browse');
  await mkdir(from, { recursive: true });
  const names = await makeMany(from, folders * perFolder);
  const name = await bucket();
  await barePuts(endpoint, { bucket: name, folder: from, names, headers: kmsHeaders, atOnce: 32, readBack: false });
  await rm(from, { recursive: true });
  note(`Opening ${folders} folders of ${perFolder.toLocaleString('en')} objects in the window`);
  const browser = await chromium.launch(playwrightConfig.projects?.[0]?.use?.launchOptions ?? {});
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(await ours.open());
    await page.getByRole('link', { name: 'Objects' }).click();
    const prefixes = [...new Set(names.map((path) => path.slice(0, path.indexOf('/') + 1)))];
    const times: number[] = [];
    for (const prefix of prefixes) times.push(await openFolder(page, addressOf(name, prefix), prefix));
    const [first = 0, ...others] = times;
    return [
      {
        what: `open a folder of ${perFolder.toLocaleString('en')} objects: until its rows are painted`,
        unit: 'ms',
        ours: others,
        goal: 300,
      },
      { what: '– the first one of the bucket, with the code of the page', unit: 'ms', ours: [first] },
    ];
  } finally {
    await browser.close();
    await removeBucket(name);
  }
}

async function openFolder(page: Page, address: string, prefix: string): Promise<number> {
  return page.evaluate(
    async ([to = '', folder = '']) => {
      const frame = (): Promise<number> => new Promise((next) => requestAnimationFrame(next));
      const isThere = (): boolean => {
        const heading = document.querySelector('main h1')?.textContent ?? '';
        const cells = [...document.querySelectorAll('[role=grid] [data-rank] [data-column=name]')];
        return heading.includes(folder.slice(0, -1)) && cells.length > 10 && cells.every((cell) => cell.textContent !== '');
      };
      const begin = performance.now();
      window.location.hash = to;
      while (!isThere()) {
        await frame();
        if (performance.now() - begin > 60_000) throw new Error(`no rows at ${to}`);
      }
      await frame();
      return performance.now() - begin;
    },
    [address, prefix],
  );
}
