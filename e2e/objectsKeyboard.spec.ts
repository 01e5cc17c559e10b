import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileChooser } from 'playwright/test';
import { mc, openPracticeLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, tabTo } from './window.ts';

test('files are picked, sent, found wrong, looked into and proven without a mouse', async ({ window: page, lab, place }) => {
  test.slow();
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  const folder = join(place.folder, 'papers');
  await mkdir(folder);
  for (let at = 0; at < 1500; at++) await writeFile(join(folder, `${String(at).padStart(4, '0')}.txt`), `${at}`);
  // Asked for from the beginning: a chooser that a key opens is there sooner than the browser was told to hand it over.
  const chooser = new Promise<FileChooser>((resolve) => page.once('filechooser', resolve));
  const tray = page.getByTestId('upload-tray');
  const grid = page.getByRole('grid', { name: 'Objects' });

  await test.step('a folder is picked', async () => {
    await tabTo(page, page.getByRole('link', { name: 'Objects', exact: true }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('link', { name: 'first-bucket', exact: true }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('button', { name: 'Upload', exact: true }));
    await page.keyboard.press('Enter');
    const folders = page.getByRole('menuitem', { name: 'A folder' });
    await expect(folders).toBeVisible();
    for (let presses = 0; presses < 3 && !(await folders.evaluate((item) => item === document.activeElement)); presses++)
      await page.keyboard.press('ArrowDown');
    await expect(folders).toBeFocused();
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(folder);
    await expect(tray.getByRole('heading', { name: /^Upload 1,500 files/ })).toBeFocused();
  });

  await test.step('it is sent by the rule, which is removed behind it', async () => {
    await tabTo(page, tray.getByRole('radio', { name: 'Bucket rule' }));
    await expect(tray.getByRole('radio', { name: 'Bucket rule' })).toBeChecked();
    const start = tray.getByRole('button', { name: 'Upload 1,500 files', exact: true });
    await expect(start).toBeEnabled();
    await tabTo(page, start);
    await page.keyboard.press('Enter');
    await expect(tray.getByRole('progressbar', { name: /of all bytes sent$/ })).toBeVisible();
    await mc(seen, 'encrypt', 'clear', 'lab/first-bucket');
    await expect(tray.getByText(/\.txt landed as plaintext/)).toBeVisible({ timeout: 120_000 });
    await expectAccessible(page);
  });

  await test.step('the rest goes on with a key, and the alarm stays', async () => {
    await mc(seen, 'encrypt', 'set', 'sse-kms', 'minio-default', 'lab/first-bucket');
    await tabTo(page, tray.getByRole('radio', { name: 'SSE-KMS' }));
    await page.keyboard.press('Space');
    const on = tray.getByRole('button', { name: 'Go on with SSE-KMS' });
    await expect(on).toBeEnabled();
    await tabTo(page, on);
    await page.keyboard.press('Enter');
    await expect(tray.getByText('Ended.', { exact: false })).toBeAttached({ timeout: 120_000 });
    await expect(tray.getByText(/\.txt landed as plaintext/)).toBeVisible();
  });

  await test.step('an object of it is looked into, and its card is left again', async () => {
    const done = tray.getByRole('button', { name: /^Done/ });
    await tabTo(page, done);
    await page.keyboard.press('Enter');
    await tabTo(page, tray.getByRole('button', { name: /SSE-KMS, show its card$/ }).first());
    await page.keyboard.press('Enter');
    const card = page.getByRole('region', { name: /^\d{4}\.txt$/ });
    await expect(card.getByRole('heading', { level: 2 })).toBeFocused();
    await expect(card.getByText(/^checked/)).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(tray.getByRole('heading', { name: /^Upload 1,500 files/ })).toBeFocused();
  });

  await test.step('the card follows the rows, which keep the focus, until somebody goes into it', async () => {
    await tabTo(page, tray.getByRole('button', { name: 'Close the tray' }).first());
    await page.keyboard.press('Enter');
    await expect(tray).toBeHidden();
    await page.getByRole('link', { name: 'Objects', exact: true }).focus();
    await tabTo(page, grid);
    await page.keyboard.press('ArrowDown');
    await expect(grid.getByRole('row', { name: /Folder papers\// })).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'papers/', exact: true })).toBeVisible();
    await tabTo(page, grid);
    await expect(grid.getByRole('row', { name: /0002\.txt/ })).toBeVisible();
    await page.keyboard.press('Home');
    await page.keyboard.press('Space');
    await expect(page.getByRole('region', { name: '0000.txt', exact: true }).getByText(/^checked/)).toBeVisible();
    for (const name of ['0001.txt', '0002.txt']) {
      await page.keyboard.press('ArrowDown');
      await expect(grid).toBeFocused();
      await expect(page.getByRole('region', { name, exact: true })).toBeVisible();
    }
    await page.keyboard.press('Space');
    await expect(page.getByRole('region', { name: '0002.txt', exact: true })).toBeHidden();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('region', { name: '0002.txt', exact: true }).getByRole('heading', { level: 2 })).toBeFocused();
  });

  await test.step('over a narrow window it has one button to close it, and gives the focus back', async () => {
    await page.keyboard.press('Escape');
    await expect(grid).toBeFocused();
    await page.setViewportSize({ width: 1000, height: 800 });
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog');
    await expect(drawer.getByText(/^checked/)).toBeVisible();
    await expect(drawer.getByRole('button', { name: /^Close/ })).toHaveCount(1);
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(drawer).toBeHidden();
    await expect(grid).toBeFocused();
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.keyboard.press('Enter');
  });

  await test.step('its key is proven', async () => {
    const prove = page.getByRole('region', { name: '0002.txt', exact: true }).getByRole('button', { name: 'Prove' });
    await expect(prove).toBeVisible();
    await tabTo(page, prove);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/#\/proof/);
  });
});
