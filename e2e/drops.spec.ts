import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dropFiles, dropInVain } from './dropFiles.ts';
import { mc, openPracticeLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible } from './window.ts';

test('files go where they are dropped, and nowhere does the browser leave the window for them', async ({ window: page, lab, place }) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  await mc(seen, 'mb', 'lab/second');
  const file = join(place.folder, 'letter.txt');
  await writeFile(file, 'a letter\n');
  const folder = join(place.folder, 'folder');
  await mkdir(folder);
  await writeFile(join(folder, 'below.txt'), 'below\n');
  const tray = page.getByTestId('upload-tray');
  const notice = page.getByText('Nothing takes files here.', { exact: false });

  await test.step('on the row of a bucket of the MinIO page', async () => {
    await page.getByRole('link', { name: 'MinIO', exact: true }).click();
    const row = page.getByRole('row', { name: /second/ });
    await dropFiles(page, row, [file], async () => {
      await expect(row).toHaveAttribute('data-over', '');
      await expect(notice).toHaveCount(0);
    });
    await expect(page).toHaveURL(/#\/objects\/second$/);
    await expect(tray.getByRole('heading', { name: /^Upload 1 file/ })).toContainText('to second');
    await tray.getByRole('button', { name: 'Upload 1 file', exact: true }).click();
    await expect(tray.getByText('sent and read back. That is all.')).toBeVisible();
    expect(await mc(seen, 'cat', 'lab/second/letter.txt')).toBe('a letter\n');
  });

  await test.step('on the row of a folder of a bucket, beside the page’s own folder', async () => {
    await tray.getByRole('button', { name: 'Close the tray' }).last().click();
    await mc(seen, 'cp', file, 'lab/second/2026/first.txt');
    await page.getByRole('button', { name: 'Ask again' }).click();
    const row = page.getByRole('row', { name: /2026/ });
    await dropFiles(page, row, [folder], async () => {
      await expect(row).toHaveAttribute('data-over', '');
      await expect(page.getByText('Drop into 2026/')).toBeVisible();
    });
    await expect(row).not.toHaveAttribute('data-over', '');
    await expect(tray.getByRole('heading', { name: /^Upload 1 file/ })).toContainText('to 2026/');
    await tray.getByRole('button', { name: 'Upload 1 file', exact: true }).click();
    await expect(tray.getByText('sent and read back. That is all.')).toBeVisible();
    expect(await mc(seen, 'cat', 'lab/second/2026/folder/below.txt')).toBe('below\n');
  });

  await test.step('anywhere else nothing is taken, and a notice says where files can go', async () => {
    await page.evaluate(() => Object.assign(window, { same: true }));
    for (const name of ['Journal', 'MinIO', 'Overview']) {
      await page.getByRole('link', { name, exact: true }).click();
      const before = page.url();
      await dropInVain(page, page.getByRole('heading', { level: 1 }), [file], () => expect(notice).toBeVisible());
      await expect(notice).toBeVisible();
      expect(page.url()).toBe(before);
    }
    expect(await page.evaluate(() => (window as unknown as { same?: boolean }).same)).toBe(true);
    await expectAccessible(page);
    // It does not stay for ever.
    await expect(notice).toHaveCount(0, { timeout: 15_000 });
  });
});
