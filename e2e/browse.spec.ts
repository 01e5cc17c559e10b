import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { mc, openPracticeLab, type SeenLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, showIn } from './window.ts';

const row = (page: Page, name: RegExp) => page.getByRole('grid', { name: 'Objects' }).getByRole('row', { name });

/** Files of the machine that mc sends into a bucket, in folders. */
async function fill(seen: SeenLab, folder: string): Promise<void> {
  await mkdir(join(folder, 'in/2026/deep'), { recursive: true });
  for (let at = 0; at < 1000; at++) {
    const name = `${at % 100 === 7 ? 'Report' : 'scan'}-${String(at).padStart(4, '0')}.txt`;
    await writeFile(join(folder, 'in/2026', name), `content of ${name}`);
  }
  await writeFile(join(folder, 'in/2026/deep/report-below.txt'), 'below');
  await writeFile(join(folder, 'in/plain.txt'), 'plain');
  await mc(seen, 'mb', 'lab/papers');
  await mc(seen, 'version', 'enable', 'lab/papers');
  await mc(seen, 'cp', '--quiet', '--recursive', '--enc-kms', 'lab/papers/2026=minio-default', join(folder, 'in/2026'), 'lab/papers/');
  await mc(seen, 'cp', '--quiet', join(folder, 'in/plain.txt'), 'lab/papers/');
  await mc(seen, 'cp', '--quiet', '--enc-s3', 'lab/papers/', join(folder, 'in/plain.txt'), 'lab/papers/');
  await mc(seen, 'rm', '--quiet', 'lab/papers/2026/scan-0000.txt');
}

test('a bucket of a thousand objects is looked into, searched, downloaded from and tidied up by keyboard', async ({
  window: page,
  lab,
  place,
}) => {
  test.slow();
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  await fill(seen, place.folder);
  const grid = page.getByRole('grid', { name: 'Objects' });

  await test.step('a folder opens with its states, and scrolls to its last object', async () => {
    await page.getByRole('link', { name: 'Objects', exact: true }).click();
    await page.getByRole('link', { name: 'papers' }).click();
    await expect(page.getByText('No default rule. New objects land as the client sends them.')).toBeVisible();
    await expect(page.getByText('Versions kept')).toBeVisible();
    await expect(row(page, /plain\.txt.*SSE-S3/)).toBeVisible();
    await row(page, /Folder 2026\//).click();
    await expect(page.getByRole('heading', { name: '2026/', exact: true })).toBeVisible();
    await expect(row(page, /Report-0007\.txt.*SSE-KMS/)).toBeVisible();
    await expect(page.getByText('999 objects, 1 folder')).toBeVisible();
    await grid.focus();
    await page.keyboard.press('End');
    await expect(row(page, /scan-0999\.txt.*SSE-KMS/)).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Home');
    await expect(row(page, /Folder deep\//)).toHaveAttribute('aria-selected', 'true');
    await expectAccessible(page);
  });

  await test.step('names are searched below here, whatever the case', async () => {
    await page.getByLabel('Names with').fill('report');
    await expect(row(page, /deep\/report-below\.txt/)).toBeVisible();
    await expect(page.getByText('11 found among 1,000 names')).toBeVisible();
    await page.getByLabel('Names with').fill('nothing like it');
    await expect(page.getByText('No name has “nothing like it” in it')).toBeVisible();
    await page.getByRole('button', { name: 'Show all names' }).click();
    await expect(page.getByText('999 objects, 1 folder')).toBeVisible();
  });

  await test.step('versions and delete markers are shown as such', async () => {
    await expect(row(page, /scan-0000\.txt/)).toHaveCount(0);
    await page.getByRole('switch', { name: 'Versions' }).click();
    await grid.focus();
    for (const key of ['Home', 'PageDown']) await page.keyboard.press(key);
    await expect(row(page, /scan-0000\.txt.*latest.*Delete marker/)).toBeVisible();
    await expect(row(page, /scan-0000\.txt.*SSE-KMS/)).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('a removed delete marker brings the object back', async () => {
    await row(page, /scan-0000\.txt.*Delete marker/).click();
    await page.keyboard.press('Delete');
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('The delete marker goes: the version below it is current again.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Remove 1 delete marker' }).click();
    await expect(row(page, /scan-0000\.txt.*Delete marker/)).toHaveCount(0);
    expect(await mc(seen, 'cat', 'lab/papers/2026/scan-0000.txt')).toBe('content of scan-0000.txt');
    await page.getByRole('switch', { name: 'Versions' }).click();
    await expect(page.getByText('1,000 objects, 1 folder')).toBeVisible();
  });

  await test.step('several are downloaded through the browser, each whole', async () => {
    await row(page, /Report-0107\.txt/).click();
    await row(page, /Report-0207\.txt/).click({ modifiers: ['Shift'] });
    await expect(page.getByText(/^2 selected/)).toBeVisible();
    const downloads: Promise<[string, string]>[] = [];
    page.on('download', (download) =>
      downloads.push(download.path().then(async (path) => [download.suggestedFilename(), await readFile(path, 'utf8')])),
    );
    // The card of the object has one of its own.
    await page.locator('#page').getByRole('button', { name: 'Download', exact: true }).click();
    await expect(page.getByText('2 downloads started.')).toBeVisible();
    await expect.poll(() => downloads.length).toBe(2);
    expect(await Promise.all(downloads)).toEqual([
      ['Report-0107.txt', 'content of Report-0107.txt'],
      ['Report-0207.txt', 'content of Report-0207.txt'],
    ]);
    await expect(page.locator('#page').getByRole('link', { name: 'Encrypt in place' })).toHaveAttribute(
      'href',
      '#/in-place/new?bucket=papers&key=2026%2FReport-0107.txt&key=2026%2FReport-0207.txt',
    );
  });

  await test.step('removing says first what it does, and puts a delete marker', async () => {
    await grid.focus();
    await page.keyboard.press('Escape');
    await row(page, /Report-0107\.txt/).click();
    await grid.focus();
    await page.keyboard.press('Shift+ArrowDown');
    await showIn(page, 'Dark');
    await grid.focus();
    await page.keyboard.press('Delete');
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('They get delete markers.', { exact: false })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await page.keyboard.press('Delete');
    await dialog.getByRole('button', { name: 'Delete 2 objects' }).click();
    await expect(page.getByText('998 objects, 1 folder')).toBeVisible();
    expect(await mc(seen, 'ls', '--versions', 'lab/papers/2026/Report-0107.txt')).toMatch(/DEL[\s\S]*PUT/);
  });

  await test.step('the way back is one key', async () => {
    await page.keyboard.press('Backspace');
    await expect(page.getByRole('heading', { name: 'papers' })).toBeVisible();
  });
});
