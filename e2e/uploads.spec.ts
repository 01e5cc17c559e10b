import { appendFile, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { dropFiles } from './dropFiles.ts';
import { mc, openPracticeLab, type SeenLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, showIn } from './window.ts';

const mebibyte = 2 ** 20;

async function openBucket(page: Page, bucket: string): Promise<Locator> {
  await page.getByRole('link', { name: 'Objects', exact: true }).click();
  await page.getByRole('link', { name: bucket, exact: true }).click();
  await expect(page.getByText('Drop files anywhere here')).toBeVisible();
  return page.getByTestId('upload-tray');
}

async function pick(page: Page, what: 'Files' | 'A folder', paths: string | string[]): Promise<void> {
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('menuitem', { name: what }).click();
  await (await chooser).setFiles(paths);
}

/** A file of nothing but zeros, which takes no space here. */
async function sparse(path: string, mebibytes: number): Promise<string> {
  await writeFile(path, '');
  await truncate(path, mebibytes * mebibyte);
  return path;
}

async function names(seen: SeenLab, ...options: string[]): Promise<string[]> {
  const lines = (await mc(seen, 'ls', '-r', '--json', ...options, 'lab/first-bucket')).split('\n').filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as { key: string }).key).toSorted();
}

const started = async (tray: Locator): Promise<void> =>
  expect
    .poll(async () => Number(await tray.getByRole('progressbar', { name: /of all bytes sent$/ }).getAttribute('aria-valuenow')), {
      intervals: [50],
    })
    .toBeGreaterThan(2);

test('files and folders are picked, names that are there are skipped or become versions, and all of it by keyboard too', async ({
  window: page,
  lab,
  place,
}) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  const folder = join(place.folder, 'letters');
  await mkdir(join(folder, 'deep', 'deeper'), { recursive: true });
  await writeFile(join(folder, 'one.txt'), 'one');
  await writeFile(join(folder, 'deep', 'deeper', '合同.txt'), '');
  const tray = await openBucket(page, 'first-bucket');

  await test.step('a folder is picked with all that lies in it', async () => {
    await pick(page, 'A folder', folder);
    await expect(tray.getByRole('heading', { name: /^Upload 2 files, 3 B/ })).toBeFocused();
    await expect(tray.getByRole('radio', { name: 'Bucket rule' })).toBeChecked();
    await expect(tray.getByText('waits')).toHaveCount(2);
    await expectAccessible(page);
  });

  await test.step('it is started by keyboard alone', async () => {
    const start = tray.getByRole('button', { name: 'Upload 2 files', exact: true });
    await expect(start).toBeEnabled();
    for (let presses = 0; presses < 12 && !(await start.evaluate((button) => button === document.activeElement)); presses++) {
      await page.keyboard.press('Tab');
    }
    await expect(start).toBeFocused();
    // However many files there are, they are one stop before it: the arrows go from one to the next.
    await page.keyboard.press('Shift+Tab');
    const leave = tray.getByRole('button', { name: /^Leave out letters\// });
    await expect(leave.first()).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await expect(leave.last()).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Tab');
    await expect(start).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(tray.getByText('2 of 2')).toBeVisible();
    await expect(tray.getByText('SSE-KMS')).toHaveCount(2);
    expect(await names(seen)).toEqual(expect.arrayContaining(['letters/deep/deeper/合同.txt', 'letters/one.txt']));
    await tray.getByRole('button', { name: 'Close the tray' }).last().click();
    await expect(tray).toBeHidden();
  });

  await test.step('what is there already is skipped unless it is to be replaced', async () => {
    await writeFile(join(folder, 'one.txt'), 'one more');
    await writeFile(join(folder, 'two.txt'), 'two');
    await pick(page, 'A folder', folder);
    await expect(tray.getByText('2 of these names are there already')).toBeVisible();
    await tray.getByRole('button', { name: 'There already 2' }).click();
    await expect(tray.getByText('there: 3 B')).toBeVisible();
    await expect(tray.getByRole('radio', { name: 'Skip them' })).toBeChecked();
    await showIn(page, 'Dark');
    await expectAccessible(page);
    await tray.getByRole('button', { name: 'Upload 1 file', exact: true }).click();
    await expect(tray.getByText('1 of 3')).toBeVisible();
    await expect(tray.getByText('2 skipped', { exact: false }).first()).toBeVisible();
    expect(await mc(seen, 'cat', 'lab/first-bucket/letters/one.txt')).toBe('one');
    expect(await mc(seen, 'cat', 'lab/first-bucket/letters/two.txt')).toBe('two');
    await tray.getByRole('button', { name: 'Close the tray' }).last().click();
  });

  await test.step('replaced, where the bucket keeps versions, means a new version', async () => {
    await mc(seen, 'version', 'enable', 'lab/first-bucket');
    await pick(page, 'A folder', folder);
    await tray.getByRole('radio', { name: 'Upload them as new versions' }).check();
    await tray.getByRole('button', { name: 'Upload 3 files', exact: true }).click();
    await expect(tray.getByText('3 of 3')).toBeVisible();
    expect(await mc(seen, 'cat', 'lab/first-bucket/letters/one.txt')).toBe('one more');
    const versions = (await names(seen, '--versions')).filter((name) => name === 'letters/one.txt');
    expect(versions).toHaveLength(2);
    await tray.getByRole('button', { name: 'Close the tray' }).last().click();
  });

  await test.step('ten thousand files are as many rows, of which only those in sight exist', async () => {
    const many = join(place.folder, 'ten thousand');
    await mkdir(many);
    for (let at = 0; at < 10_000; at++) await writeFile(join(many, `${String(at).padStart(5, '0')}.txt`), '');
    await dropFiles(page, page.getByRole('main'), [many]);
    await expect(tray.getByRole('heading', { name: /^Upload 10,000 files, 0 B/ })).toBeVisible();
    const rows = tray.getByRole('list', { name: 'Files of this upload' }).getByRole('listitem');
    await expect(rows.first()).toContainText('ten thousand/00000.txt');
    await expect(rows.first()).toHaveAttribute('aria-setsize', '10000');
    await tray.getByText('ten thousand/00000.txt').hover();
    await page.mouse.wheel(0, 400_000);
    await expect(tray.getByText('ten thousand/09999.txt')).toBeVisible();
    expect(await rows.count()).toBeLessThan(60);
    await tray.getByRole('button', { name: 'Not now' }).click();
    await expect(tray).toBeHidden();
  });

  await test.step('a tray that is not wanted leaves nothing', async () => {
    await pick(page, 'Files', [join(folder, 'one.txt')]);
    await tray.getByRole('button', { name: 'Not now' }).click();
    await expect(tray).toBeHidden();
  });
});

test('an upload is paused by closing its window, and goes on when the same files are dropped again', async ({
  window: page,
  lab,
  place,
}) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  const large = await sparse(join(place.folder, 'large.bin'), 200);
  const changing = await sparse(join(place.folder, 'changing.bin'), 100);
  const other = join(place.folder, 'other.txt');
  await writeFile(other, 'not of this upload');
  const tray = await openBucket(page, 'first-bucket');

  await test.step('closing asks, and the window that comes back says what it needs', async () => {
    await dropFiles(page, page.getByRole('main'), [large, changing]);
    await tray.getByRole('button', { name: 'Upload 2 files', exact: true }).click();
    await started(tray);
    const asked = page.waitForEvent('dialog');
    const again = page.reload();
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.accept();
    await again;
    await expect(tray.getByText('Drop the same files again')).toBeVisible();
    const gaveUp = tray.getByRole('status').filter({ hasText: 'The browser gave up the 2 files that were not sent yet' });
    for (const name of ['changing.bin', 'large.bin']) await expect(gaveUp).toContainText(name);
    await expect(tray.getByRole('button', { name: 'Go on with 2 files' })).toBeDisabled();
    await expectAccessible(page);
  });

  await test.step('a file that does not belong to it is named, one that changed meanwhile too, and the one that is missing', async () => {
    await appendFile(changing, 'more');
    await dropFiles(page, page.getByRole('main'), [other, changing, large]);
    await expect(tray.getByText('2 of the files dropped now do not belong to this upload', { exact: false })).toContainText('changing.bin');
    const missing = tray.getByRole('status').filter({ hasText: 'One file is still missing' });
    await expect(missing).toContainText('changing.bin');
    await expect(missing).not.toContainText('large.bin');
    await expectAccessible(page);
    await tray.getByRole('button', { name: 'Go on with 1 file' }).click();
  });

  await test.step('what was given again lands; the upload still waits for the other one, and can be given up without leaving parts', async () => {
    await expect(tray.getByText('1 of 2')).toBeVisible({ timeout: 120_000 });
    await expect(tray.getByText('The browser gave up the file that was not sent yet', { exact: false })).toBeVisible();
    await expect(tray.getByRole('button', { name: 'Go on with 1 file' })).toBeDisabled();
    expect(await names(seen)).toContain('large.bin');
    await tray.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('button', { name: 'Cancel the upload' }).click();
    await expect(tray.getByText('1 not sent', { exact: false })).toBeVisible();
    expect(await names(seen)).not.toContain('changing.bin');
    expect(await mc(seen, 'ls', '-r', '--incomplete', 'lab/first-bucket')).toBe('');
    await tray.getByRole('button', { name: 'Close the tray' }).last().click();
  });

  await test.step('a file that is written to after it was dropped fails by that, and the others land', async () => {
    const [whole = '', written = '', removed = ''] = ['whole.txt', 'written.txt', 'removed.txt'].map((name) => join(place.folder, name));
    for (const path of [whole, written, removed]) await writeFile(path, 'as dropped');
    await dropFiles(page, page.getByRole('main'), [whole, written, removed]);
    await expect(tray.getByRole('button', { name: 'Upload 3 files', exact: true })).toBeEnabled();
    await appendFile(written, ' and more');
    await rm(removed);
    await tray.getByRole('button', { name: 'Upload 3 files', exact: true }).click();
    await expect(tray.getByText('written.txt changed')).toBeVisible();
    await expect(tray.getByText('removed.txt is gone')).toBeVisible();
    await expect(tray.getByText('1 of 3')).toBeVisible();
    expect(await mc(seen, 'cat', 'lab/first-bucket/whole.txt')).toBe('as dropped');
    expect(await names(seen)).not.toContain('written.txt');
    await tray.getByRole('button', { name: 'Close the tray' }).last().click();
  });

  await test.step('cancelling says what goes, and leaves neither an object nor parts', async () => {
    const gone = await sparse(join(place.folder, 'gone.bin'), 300);
    await dropFiles(page, page.getByRole('main'), [gone]);
    await tray.getByRole('button', { name: 'Upload 1 file', exact: true }).click();
    await started(tray);
    await tray.getByRole('button', { name: 'Cancel', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel this upload?' });
    await expect(dialog.getByText('Begun: their parts are removed')).toBeVisible();
    await dialog.getByRole('button', { name: 'Cancel the upload' }).click();
    await expect(tray.getByText('1 not sent', { exact: false })).toBeVisible();
    expect(await names(seen)).not.toContain('gone.bin');
    expect(await mc(seen, 'ls', '-r', '--incomplete', 'lab/first-bucket')).toBe('');
  });
});

test('an object that lands otherwise than meant stops the rest, and each way out is offered', async ({ window: page, lab, place }) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  const folder = join(place.folder, 'many');
  await mkdir(folder);
  for (let at = 0; at < 1500; at++) await writeFile(join(folder, `${at}.txt`), `${at}`);
  await page.getByRole('link', { name: 'Objects', exact: true }).click();
  const tray = page.getByTestId('upload-tray');

  await test.step('the rule is removed behind the upload', async () => {
    await dropFiles(page, page.getByRole('row', { name: /first-bucket/ }), [folder]);
    await tray.getByRole('button', { name: 'Upload 1,500 files', exact: true }).click();
    await started(tray);
    await mc(seen, 'encrypt', 'clear', 'lab/first-bucket');
    await expect(tray.getByText(/\.txt landed as plaintext/)).toBeVisible({ timeout: 120_000 });
    await expect(tray.getByText('The bucket’s rule was removed', { exact: false })).toBeVisible();
    await expect(tray.getByRole('link', { name: 'Encrypt in place' })).toHaveAttribute('href', /^#\/in-place\/new\?bucket=/);
    await expectAccessible(page);
  });

  await test.step('the version is deleted, after its facts were shown', async () => {
    await tray.getByRole('button', { name: 'Delete this version' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete what just landed?' });
    await expect(dialog.getByText('This cannot be undone.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Delete it' }).click();
    await expect(tray.getByText('This version was deleted.')).toBeVisible();
  });

  await test.step('the rest goes on with another choice', async () => {
    await tray.getByRole('radio', { name: 'SSE-S3' }).check();
    await tray.getByRole('button', { name: 'Go on with SSE-S3' }).click();
    await expect(tray.getByText('Ended.', { exact: false })).toBeAttached({ timeout: 120_000 });
    await tray.getByRole('button', { name: /^Done/ }).click();
    await expect(tray.getByText('SSE-S3').first()).toBeVisible();
    // The object that landed wrongly was not sent again: that is still said.
    await expect(tray.getByText(/\.txt landed as plaintext/)).toBeVisible();
    await expectAccessible(page);
  });
});
