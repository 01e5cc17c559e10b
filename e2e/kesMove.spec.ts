import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright/test';
import { type Guide, startGuide } from '../electron/clients/guide.testSupport.ts';
import { stopProcess } from '../electron/clients/kes/kes.testSupport.ts';
import { test as base, expect } from './host.ts';
import { processesNaming } from './processes.ts';
import { expectAccessible, showIn } from './window.ts';

const test = base.extend<{ guide: Guide }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
  guide: async ({}, use) => {
    const guide = await startGuide();
    await use(guide);
    // The new server outlives the engine, and lies beside the old files.
    for (const { pid } of processesNaming(guide.root)) process.kill(pid, 'SIGKILL');
    await guide.stop();
  },
});

const track = (page: Page) => page.getByRole('list', { name: 'The way to today’s release' });
const files = (page: Page) => page.getByRole('region', { name: /^Old and new file side by side/ });

test('the files of an old KES become a stack, are tried, taken back, and cross the line', async ({ window: page, guide }) => {
  await test.step('the first screen leads to a form that the folder fills', async () => {
    await page.getByRole('link', { name: 'Files of a KES of years ago' }).click();
    await page.getByLabel('Folder with the old files').fill('/nowhere');
    await page.keyboard.press('Enter');
    await expect(page.getByText('An old file cannot be read')).toBeVisible();
    await page.getByLabel('Folder with the old files').fill(guide.folder);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('combobox', { name: 'Configuration of KES' })).toHaveValue('kes-config.yaml');
    await expect(page.getByText(guide.kesCommand)).toBeVisible();
    await page.getByLabel('Program of the old server').fill(guide.oldProgram);
    await page.getByLabel('Name of the stack').fill('archive');
    await page.getByLabel('MinIO’s address').fill(guide.urls.minio);
    const ca = { name: 'minio.crt', mimeType: 'text/plain', buffer: await readFile(guide.file('minio-tls.crt')) };
    await page.locator('input[type=file]').setInputFiles(ca);
    const practice = page.getByRole('radio', { name: /Practice/ });
    if (await practice.isVisible()) await practice.check();
    // By keyboard: a mouse that rests where the next page has a button would show why that one is off.
    await page.getByRole('button', { name: 'Make the stack' }).press('Enter');
    await expect(page.getByText('Missing.')).toBeVisible();
    await page.getByLabel('Token', { exact: true }).last().fill(guide.vault.token);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Make the stack' }).press('Enter');
  });

  await test.step('both files stand side by side with every reason, and the line is said beforehand', async () => {
    await expect(page.getByText(/^Yes: \d+ changes in the file, 2 keys stay where they are\./)).toBeVisible();
    await expect(files(page)).toContainText('keys:');
    await expect(files(page)).toContainText('keystore:');
    await expect(files(page)).toContainText('“paths” is “allow” since v0.15.');
    await expect(files(page)).not.toContainText(guide.vault.secretId);
    await expect(page.getByRole('heading', { name: 'Point of no return' })).toBeVisible();
    await expect(page.getByText('MINIO_KMS_KES_CAPATH=')).toBeVisible();
    await expectAccessible(page);
    await showIn(page, 'Dark');
    await expectAccessible(page);
    await showIn(page, 'Light');
  });

  await test.step('nothing can be tried while the stack is read-only', async () => {
    const tryIt = page.getByRole('button', { name: 'Try the new server' });
    await expect(tryIt).toHaveAttribute('aria-disabled', 'true');
    await page.getByRole('button', { name: 'Lift…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Lift read-only' }).click();
    await expect(tryIt).not.toHaveAttribute('aria-disabled', 'true');
  });

  await test.step('it waits for the keeper of the old server, and is then on trial', async () => {
    await page.getByRole('button', { name: 'Try the new server' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByText(/waiting until the old KES at .* is stopped by its keeper/)).toBeVisible();
    await stopProcess(guide.oldKes);
    await expect(page.getByText('The new server is on trial: it opens everything old and may write nothing.')).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('the way back leads back', async () => {
    await page.getByRole('button', { name: 'Go back to the old server' }).click();
    await expect(page.getByText('Yes. The old server serves again, and nothing was written by the new one.')).toBeVisible();
    await page.getByRole('button', { name: 'Try the new server' }).click();
    await expect(page.getByRole('button', { name: 'Cross the line…' })).toBeVisible();
  });

  await test.step('the line is crossed by its facts and the stack’s name', async () => {
    await page.getByRole('button', { name: 'Cross the line…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Let the new server write' });
    await expect(dialog).toContainText('This cannot be undone.');
    await expect(dialog).toContainText('3 objects, byte by byte');
    await expectAccessible(page);
    await expect(dialog.getByRole('button', { name: 'Cross the line' })).toBeDisabled();
    await dialog.getByRole('textbox').fill('archive');
    await page.keyboard.press('Enter');
    await expect(page.getByText(/^It has moved: since/)).toBeVisible();
    await expect(track(page)).toContainText('Point of no return, crossed');
    await expect(page.getByRole('button', { name: 'Go back to the old server' })).toHaveCount(0);
    await expectAccessible(page);
  });
});
