import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { call } from './cli.ts';
import { mc, openPracticeLab } from './foreignTools.ts';
import { expect, test } from './host.ts';
import { test as inLab } from './lab.ts';
import { expectAccessible, showIn } from './window.ts';

const tabOf = (page: Page, name: string): Locator =>
  page.getByRole('radiogroup', { name: 'Views of this audit' }).getByText(name, { exact: true });
const rowsOf = (page: Page): Locator => page.getByRole('grid', { name: 'Objects of this audit' });
const placesOf = (page: Page): Locator => page.getByRole('treegrid', { name: 'Buckets and prefixes' });
const mapOf = (page: Page): Locator => page.getByRole('application', { name: 'Map of the objects by state' });

test('who looks around sees an audit of more than a million made-up objects, and the word sample on every page', async ({
  window: page,
  place,
}) => {
  const sample = page.getByText('Sample: generated, no server behind it.');

  await test.step('one click on the first screen leads to the map', async () => {
    await page.getByRole('button', { name: 'Look around' }).click();
    await expect(mapOf(page)).toBeVisible({ timeout: 90_000 });
    await expect(page.getByTestId('audit-answer')).toContainText('12,031 are plaintext and 40 cannot be opened, of 1,284,112.');
  });

  await test.step('every page says that it is a sample, and none of them that something is in order', async () => {
    for (const name of ['Map', 'Objects', 'Keys', 'Findings']) {
      await tabOf(page, name).click();
      await expect(sample).toBeVisible();
      await expectAccessible(page);
      expect(await greenMarks(page), name).toBe(0);
    }
    await page.getByRole('link', { name: 'All audits' }).click();
    await expect(page.getByRole('heading', { name: 'Which audits are kept?' })).toBeVisible();
    await expect(sample).toBeVisible();
    expect(await greenMarks(page), 'runs').toBe(0);
    await expectAccessible(page);
    for (const name of ['Overview', 'Journal', 'Audit']) {
      await page.getByRole('link', { name, exact: true }).click();
      await expect(sample, name).toBeVisible();
    }
  });

  await test.step('the map works by keys, the table beside it follows, and the address keeps the selection', async () => {
    await page.goto(`${page.url().split('#')[0]}#/audit`);
    const chosen = placesOf(page).getByRole('row', { selected: true });
    await mapOf(page).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect(chosen).toHaveCount(1);
    const name = (await chosen.getByRole('gridcell').first().textContent()) ?? '';
    await expect(page.getByRole('region', { name: 'What is selected' })).toContainText(name);
    await expect(page).toHaveURL(/[?&]at=/);
    await page.reload();
    await expect(chosen).toHaveCount(1);
    await expect(chosen).toContainText(name);
    await mapOf(page).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('navigation', { name: 'Place on the map' }).locator('[aria-current]')).toHaveText(name);
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await expect(page.getByRole('navigation', { name: 'Place on the map' }).locator('[aria-current]')).toHaveText('All buckets');
  });

  await test.step('the heads of the table sort by Enter, and a closed row stays selected on the way left', async () => {
    await placesOf(page).getByRole('button', { name: 'Bucket, prefix' }).focus();
    await page.keyboard.press('Enter');
    await expect(placesOf(page).getByRole('columnheader', { name: 'Bucket, prefix' })).toHaveAttribute('aria-sort', 'ascending');
    await placesOf(page).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    await expect(placesOf(page).getByRole('row', { selected: true })).toHaveAttribute('aria-rowindex', '3');
  });

  await test.step('the end of the table is one key away; sorting, filters and Back keep their places', async () => {
    await tabOf(page, 'Objects').click();
    const grid = rowsOf(page);
    await expect(grid).toHaveAttribute('aria-rowcount', '1284113');
    await grid.focus();
    await page.keyboard.press('End');
    await expect(grid.getByRole('row', { selected: true })).toHaveAttribute('aria-rowindex', '1284113');
    await expect(grid.getByRole('row', { selected: true })).toContainText(/\d{4}-\d\d-\d\d/);
    await page.getByRole('button', { name: 'Size', exact: true }).click();
    await expect(grid.getByRole('columnheader', { name: 'Size' })).toHaveAttribute('aria-sort', 'ascending');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('menuitem', { name: 'State' }).click();
    await page.getByRole('checkbox', { name: 'Unreadable' }).click();
    await page.keyboard.press('Escape');
    await expect(page.getByText('40 of 1,284,112')).toBeVisible();
    await page.getByRole('button', { name: 'Take the filter Unreadable away' }).press('Enter');
    await expect(page.getByText('1,284,112 objects', { exact: true })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Filter', exact: true })).toBeFocused();
    await page.goBack();
    await expect(page.getByText('40 of 1,284,112')).toBeVisible();
  });

  await test.step('the filtered table is saved as CSV, safe for a spreadsheet', async () => {
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: /CSV/ }).click();
    const lines = (await readFile(await (await saved).path(), 'utf8')).trimEnd().split('\r\n');
    expect(lines.filter((line) => line.includes('unreadable'))).toHaveLength(40);
    expect(lines.filter((line) => /^"?[=+\-@]/.test(line))).toEqual([]);
  });

  await test.step('in a narrow window the card lies over the page, says that it is made up, and Escape brings back the row', async () => {
    await page.setViewportSize({ width: 1100, height: 800 });
    await rowsOf(page).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await expect(page.getByText('Sample: this object is made up', { exact: false })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(page.getByText('Sample: this object is made up', { exact: false })).toBeHidden();
    await expect(rowsOf(page)).toBeFocused();
    // What 1280 x 800 leaves at 200%.
    await page.setViewportSize({ width: 640, height: 400 });
    await tabOf(page, 'Map').click();
    expect((await mapOf(page).boundingBox())?.height ?? 0).toBeGreaterThan(200);
    expect((await placesOf(page).boundingBox())?.height ?? 0).toBeGreaterThan(200);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  await test.step('the same in Chinese and dark', async () => {
    await showIn(page, 'Dark');
    await expectAccessible(page);
    await call(['--data', place.data], 'settings.write', { language: 'zh-CN' }, place.env);
    await expect(page.getByRole('heading', { name: '哪些对象没有加密？' })).toBeVisible();
    await expect(page.getByText('示例', { exact: false }).first()).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('radiogroup', { name: '本次审计的视图' }).getByText('发现', { exact: true }).click();
    await expectAccessible(page);
  });
});

/** Ticks that say "in order" inside the page; the legend's colours say how an object is stored, not that all is well. */
function greenMarks(page: Page): Promise<number> {
  return page.locator('main [role="img"][aria-label="ok"], main svg[color="var(--sd-ok)"], main svg[stroke="var(--sd-ok)"]').count();
}

inLab('a gentle audit fills the map, can be paused, resumed, cancelled and taken up again', async ({ window: page, lab }) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  const file = join(lab.dir, '..', 'object.txt');
  await writeFile(file, 'one object');
  const buckets = Array.from({ length: 10 }, (_, at) => `gentle-${at}`);
  for (const bucket of buckets) {
    await mc(seen, 'mb', `lab/${bucket}`);
    await mc(seen, 'cp', file, `lab/${bucket}/folder/object.txt`);
  }
  const answer = page.getByTestId('audit-answer');

  await inLab.step('it begins at one request a second', async () => {
    await page.getByRole('link', { name: 'Audit', exact: true }).click();
    await page.getByRole('checkbox', { name: 'Gentle' }).check();
    await page.getByRole('textbox', { name: 'Requests a second' }).fill('1');
    await page.getByRole('button', { name: 'Start the audit' }).click();
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
    await expect(placesOf(page).getByRole('row').filter({ hasText: 'gentle-' }).first()).toBeVisible();
    await expect(mapOf(page)).not.toHaveAttribute('data-cells', '0');
    await expectAccessible(page);
  });

  await inLab.step('paused it says so, works on nothing, and its button keeps the focus', async () => {
    await page.getByRole('button', { name: 'Pause' }).press('Enter');
    await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Resume' })).toBeFocused();
    await expect(page.getByText('Paused', { exact: true })).toBeVisible();
    await expectAccessible(page);
    await expect(page.getByText(/objects\/s|at once/)).toHaveCount(0);
    await page.getByRole('button', { name: 'Resume' }).press('Enter');
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  });

  await inLab.step('cancelled it keeps what was read, and goes on from there', async () => {
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText('These are the counts up to then', { exact: false })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(answer).toContainText('of 11.', { timeout: 40_000 });
  });

  await inLab.step('a second audit of the same place is compared with the first', async () => {
    await mc(seen, 'rm', 'lab/gentle-3/folder/object.txt');
    await page.getByRole('link', { name: 'New audit' }).click();
    await page.getByRole('button', { name: 'Start the audit' }).click();
    await expect(answer).toContainText('of 10.', { timeout: 40_000 });
    await page.getByRole('link', { name: /^Compare with/ }).click();
    await expect(page.getByRole('button', { name: 'Gone 1' })).toBeVisible();
    await page.getByRole('button', { name: 'Gone 1' }).click();
    await expect(page.getByRole('grid', { name: 'Objects that changed' }).getByText('gentle-3')).toBeVisible();
    await expectAccessible(page);
  });

  await inLab.step('a signed report is written', async () => {
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: /Signed report/ }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Write report' }).click();
    await expect(page.getByRole('heading', { name: 'The report is written' })).toBeVisible();
    await page.getByRole('button', { name: 'Close' }).click();
  });

  await inLab.step('a removed audit leaves the list', async () => {
    await page.getByRole('link', { name: 'All audits' }).click();
    const table = page.getByRole('table', { name: 'Audits' });
    await expect(table.getByRole('row')).toHaveCount(3);
    await page
      .getByRole('button', { name: /^What to do with the audit/ })
      .first()
      .click();
    await page.getByRole('menuitem', { name: 'Remove…' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Remove the audit' }).click();
    await expect(table.getByRole('row')).toHaveCount(2);
  });
});
