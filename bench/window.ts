import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page, type Request } from 'playwright';
import playwrightConfig from '../e2e/playwright.config.ts';
import { findEngine } from '../electron/hosts/engine/attach.ts';
import { endEngine, startEngine } from './engine.ts';
import { endLeftovers } from './processes.ts';
import type { Row } from './table.ts';

const root = resolve(import.meta.dirname, '..');

interface Paint {
  /** Milliseconds since 1970. */
  firstContent: number;
  overview: number;
  /** Of what the window asked for until Overview was painted. */
  bytes: number;
  gzipped: number;
}

/** Overview of a saved stack in a Chromium that runs already: from the spawn of the engine, and from that of `npm start`. */
export async function measureWindow(data: string, stackName: string, runs: number, note: (line: string) => void): Promise<Row[]> {
  const browser = await chromium.launch(playwrightConfig.projects?.[0]?.use?.launchOptions ?? {});
  const fromEngine: (Paint & { at: number })[] = [];
  const fromStart: (Paint & { at: number })[] = [];
  try {
    for (let run = 0; run < runs; run++) {
      fromEngine.push(await engineToPaint(browser, data, stackName));
      fromStart.push(await startToPaint(browser, data, stackName));
      note(`Overview ${run + 1} of ${runs}`);
    }
  } finally {
    await browser.close();
  }
  const seconds = (all: typeof fromEngine, pick: 'firstContent' | 'overview'): number[] => all.map((one) => (one[pick] - one.at) / 1000);
  return [
    { what: 'window: spawn of the engine to first content', unit: 's', ours: seconds(fromEngine, 'firstContent') },
    { what: 'window: spawn of the engine to Overview painted', unit: 's', ours: seconds(fromEngine, 'overview'), goal: 1.2 },
    { what: `window: ${startName} to first content`, unit: 's', ours: seconds(fromStart, 'firstContent') },
    { what: `window: ${startName} to Overview painted`, unit: 's', ours: seconds(fromStart, 'overview') },
    { what: 'window: first screen, as transferred', unit: 'kB', ours: [...fromEngine, ...fromStart].map(({ bytes }) => bytes / 1000) },
    {
      what: 'window: first screen, gzipped',
      unit: 'kB',
      ours: [...fromEngine, ...fromStart].map(({ gzipped }) => gzipped / 1000),
      goal: 300,
    },
  ];
}

async function engineToPaint(browser: Browser, data: string, stackName: string): Promise<Paint & { at: number }> {
  const window = await openPage(browser, stackName);
  const engine = await startEngine(data);
  try {
    const { url } = await engine.client.call('app.open', {});
    return { at: engine.at, ...(await window.paint(url)) };
  } finally {
    await window.close();
    await endEngine(engine);
  }
}

/** `npm start` itself where npm runs us, else the script that it runs. */
const npm = process.env.npm_execpath;
const startName = npm === undefined ? 'node bin/start.js' : 'npm start';

async function startToPaint(browser: Browser, data: string, stackName: string): Promise<Paint & { at: number }> {
  const window = await openPage(browser, stackName);
  const command = npm === undefined ? [join(root, 'bin', 'start.js')] : [npm, 'start', '--silent', '--'];
  const env = { ...process.env };
  delete env.SEALDECK_RERUN;
  const at = Date.now();
  const child = spawn(process.execPath, [...command, '--no-open', '--json', '--data', data], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((done, failed) => {
      createInterface(child.stdout).on('line', (line) => {
        if (line.startsWith('{')) done((JSON.parse(line) as { url: string }).url);
      });
      child.on('exit', (code) => failed(new Error(`${startName} ended with ${code}`)));
    });
    return { at, ...(await window.paint(url)) };
  } finally {
    await window.close();
    await (await findEngine(data, 'cli'))?.leave();
    await endLeftovers(data);
  }
}

/** Runs in the page: notes when the frame with Overview's question is on the screen. */
function watchOverview(stackName: string): void {
  const observer = new MutationObserver(() => {
    if (!document.querySelector('main h1')?.textContent?.includes(stackName)) return;
    observer.disconnect();
    // The frame is presented after its animation callbacks; the next task comes after it.
    requestAnimationFrame(() => setTimeout(() => performance.mark('overview')));
  });
  observer.observe(document, { childList: true, subtree: true, characterData: true });
}

async function openPage(browser: Browser, stackName: string): Promise<{ paint(url: string): Promise<Paint>; close(): Promise<void> }> {
  const page = await browser.newPage();
  await page.addInitScript(watchOverview, stackName);
  await page.goto('about:blank');
  const sizes = countResponses(page);
  return {
    close: () => page.close(),
    async paint(url) {
      await page.goto(url, { waitUntil: 'commit' });
      await page.waitForFunction(() => performance.getEntriesByName('overview').length > 0, undefined, { polling: 50 });
      const paints = await page.evaluate(() => ({
        firstContent: performance.timeOrigin + (performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN),
        overview: performance.timeOrigin + (performance.getEntriesByName('overview')[0]?.startTime ?? Number.NaN),
      }));
      return { ...paints, ...(await sizes(paints.overview)) };
    },
  };
}

/** Bytes of all that was asked for before a moment: as they came, and gzipped by us where the host did not and it helps. */
function countResponses(page: Page): (before: number) => Promise<{ bytes: number; gzipped: number }> {
  const requests: Request[] = [];
  page.on('request', (request) => requests.push(request));
  return async (before) => {
    const sum = { bytes: 0, gzipped: 0 };
    for (const request of requests) {
      const response = await request.response();
      if (!response || request.timing().startTime > before) continue;
      await response.finished();
      const { responseBodySize: bytes } = await request.sizes();
      const packed = response.headers()['content-encoding'] !== undefined || bytes === 0;
      sum.bytes += bytes;
      sum.gzipped += packed ? bytes : Math.min(bytes, gzipSync(await response.body()).length);
    }
    return sum;
  };
}
