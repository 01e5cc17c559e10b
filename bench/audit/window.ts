import { chromium } from 'playwright';
import playwrightConfig from '../../e2e/playwright.config.ts';
import type { Row } from '../table.ts';
import { measureFirstTile } from './firstTile.ts';
import { measureLookAround } from './lookingAround.ts';
import { measureMap } from './mapFrames.ts';

/** What a person waits for in the window of an audit, in a Chromium that runs already. */
export async function measureAuditWindow(folder: string, objects: number, runs: number, note: (line: string) => void): Promise<Row[]> {
  const browser = await chromium.launch(playwrightConfig.projects?.[0]?.use?.launchOptions ?? {});
  try {
    return [
      ...(await measureFirstTile(browser, folder, objects, runs, note)),
      ...(await measureLookAround(browser, folder, runs, note)),
      ...(await measureMap(browser, folder, runs, note)),
    ];
  } finally {
    await browser.close();
  }
}
