import type { Browser, Page } from 'playwright';
import type { Row } from '../table.ts';
import { framesDuring, mapDrawn, watchMap } from './mapWatch.ts';
import { serveStandIn } from './standIn.ts';

const hovers = 240;
const presses = 120;
/** Keys that are held down come about this often. */
const pressMs = 30;

/** A map of 10,000 cells: from a click in its legend until it is drawn anew, and the frames while one points and moves by keys. */
export async function measureMap(browser: Browser, folder: string, runs: number, note: (line: string) => void): Promise<Row[]> {
  note('The window is built with its stand-in engine ...');
  const standIn = await serveStandIn(folder);
  const page = await browser.newPage({ viewport: { width: 1680, height: 1050 } });
  try {
    await page.addInitScript(watchMap);
    await page.goto(`${standIn.url}?scenario=audit-many&lang=en&theme=light#/audit`);
    const map = page.getByRole('application');
    await map.waitFor();
    const cells = Number(await map.getAttribute('data-cells'));
    if (!(cells >= 10_000)) throw new Error(`the map has ${cells} cells`);
    const draws: number[] = [];
    const hovering: number[] = [];
    const keys: number[] = [];
    for (let at = 0; at < runs; at++) {
      // Off and on again: a handful of cells goes, all others are laid out and drawn.
      for (let side = 0; side < 2; side++) {
        await page.getByRole('button', { name: /^SSE-C / }).click();
        draws.push(await mapDrawn(page, true));
      }
      hovering.push(late(await framesDuring(page, () => hover(page))));
      keys.push(late(await framesDuring(page, () => press(page))));
      note(`Map ${at + 1} of ${runs}`);
    }
    const what = `map of ${cells.toLocaleString('en')} cells (stand-in engine)`;
    return [
      { what: `${what}: click in its legend until all is drawn`, unit: 'ms', ours: draws, goal: 200 },
      { what: `${what}: 95th percentile frame while pointing`, unit: 'ms', ours: hovering, goal: 17 },
      { what: `${what}: 95th percentile frame while moving by keys`, unit: 'ms', ours: keys, goal: 17 },
    ];
  } finally {
    await page.close();
    standIn.end();
  }
}

/** Of all frames that came after another, the 95th of a hundred. */
function late(frames: readonly number[]): number {
  const sorted = [...frames].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
}

async function hover(page: Page): Promise<void> {
  const box = await page.getByRole('application').boundingBox();
  if (!box) throw new Error('the map is not there');
  for (let at = 1; at <= hovers; at++) {
    const part = at / (hovers + 1);
    await page.mouse.move(box.x + part * box.width, box.y + (0.5 + 0.45 * Math.sin(part * 20)) * box.height);
  }
}

async function press(page: Page): Promise<void> {
  await page.mouse.move(1, 1);
  await page.getByRole('application').focus();
  for (let at = 0; at < presses; at++) {
    await page.keyboard.press(at % 4 === 3 ? 'ArrowDown' : 'ArrowRight');
    await page.waitForTimeout(pressMs);
  }
}
