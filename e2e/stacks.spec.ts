import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { call } from './cli.ts';
import { mc, openPracticeLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { sharesOf, test } from './lab.ts';
import { expectAccessible, framesToWindow, showIn } from './window.ts';

const passphrase = 'correct horse battery staple';
const text = 'An object of before the backup.\n';

async function expectAccessibleInBoth(page: Page): Promise<void> {
  for (const theme of ['Dark', 'Light'] as const) {
    await showIn(page, theme);
    await expectAccessible(page);
  }
}

test('a stack is renamed, backed up, handed on, removed, and comes back from its backup', async ({ window: page, lab, place }) => {
  const received = framesToWindow(page);
  await page.reload();
  const shares = await sharesOf(lab);
  const before = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  await writeFile(join(place.folder, 'before.txt'), text);
  await mc(before, 'cp', join(place.folder, 'before.txt'), 'lab/first-bucket/before.txt');
  const to = join(place.folder, 'backups');
  const back = join(place.folder, 'back');

  await test.step('the page of the stack says what it is made of', async () => {
    await page.getByRole('link', { name: 'Stack and backup' }).click();
    await expect(page.getByRole('heading', { name: 'What is local-lab made of?' })).toBeVisible();
    await expect(page.getByText('started here')).toHaveCount(3);
    await expectAccessibleInBoth(page);
  });

  await test.step('it gets another name', async () => {
    await page.getByRole('button', { name: 'Rename…' }).click();
    await page.getByLabel('Name', { exact: true }).fill('For years');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'What is For years made of?' })).toBeVisible();
  });

  await test.step('a backup says its parts before it is made, and where it is afterwards', async () => {
    await page.getByRole('button', { name: 'Back up…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('snapshot, nothing stands still')).toBeVisible();
    await dialog.getByLabel('With MinIO’s data: all objects').check();
    await expect(dialog.getByText('MinIO is stopped for about')).toBeVisible();
    await expectAccessible(page);
    await dialog.getByLabel('Folder on the engine’s machine').fill(to);
    await dialog.getByLabel('Passphrase', { exact: true }).fill(passphrase);
    await dialog.getByLabel('The same again').fill(passphrase);
    await page.keyboard.press('Enter');
    await expect(dialog.getByText('The backup is whole')).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await readdir(to)).toEqual([expect.stringMatching(/^local-lab-\d{8}T\d{6}\.sealdeck\.age$/)]);
  });

  await test.step('its stack file holds no secret', async () => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export stack file' }).click();
    const saved = await (await download).path();
    const content = await readFile(saved, 'utf8');
    for (const secret of before.secrets.all) expect(content).not.toContain(secret);
    expect(JSON.parse(content)).toMatchObject({ format: 'sealdeck-stack', version: 1 });
  });

  await test.step('removing it shows the facts first, and needs its name', async () => {
    for (const name of ['Payroll 2025', 'Scans'])
      await call(['--data', lab.data], 'objects.makeCustomerKey', { stackId: lab.stackId, name }, place.env);
    await page.getByRole('button', { name: 'Remove…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('5 unseal shares that only Sealdeck keeps')).toBeVisible();
    await expect(
      dialog.getByText('SSE-C keys: Payroll 2025, Scans. Objects encrypted with them are lost unless an export is kept'),
    ).toBeVisible();
    await expect(dialog.getByText('Of these keys there is no export: Payroll 2025, Scans')).toBeVisible();
    await expectAccessible(page);
    await dialog.getByLabel('Keep them running; they are nobody’s then').check();
    await expect(dialog.getByText('Servers that run need their files: end them too.')).toBeVisible();
    await dialog.getByLabel('End them').check();
    await dialog.getByLabel(/^Delete what Sealdeck made there/).check();
    await expect(dialog.getByRole('button', { name: 'Remove the stack' })).toBeDisabled();
    await dialog.getByRole('textbox').fill('For years');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('link', { name: 'Restore a backup, or import a stack file' })).toBeVisible();
    expect(existsSync(join(lab.dir, 'vault'))).toBe(false);
  });

  await test.step('the first screen brings it back', async () => {
    await page.getByRole('link', { name: 'Restore a backup, or import a stack file' }).click();
    await expectAccessibleInBoth(page);
    await page.getByLabel('File on the engine’s machine').fill(join(to, (await readdir(to))[0] ?? ''));
    await page.getByLabel('New folder for the stack').fill(back);
    await page.getByLabel('Passphrase of the backup').fill('another passphrase');
    await page.keyboard.press('Enter');
    await expect(page.getByText('The passphrase does not open')).toBeVisible();
    await page.getByLabel('Passphrase of the backup').fill(passphrase);
    await page.keyboard.press('Enter');
    await expect(page.getByText('The stack is back and its chain is proven.')).toBeVisible({ timeout: 120_000 });
    await page.getByRole('button', { name: 'Show the stack' }).click();
    await expect(page.getByText('Yes. A canary was written')).toBeVisible();
    const after = await openPracticeLab(back, lab.data, lab.stackId);
    expect(await mc(after, 'cat', 'lab/first-bucket/before.txt')).toBe(text);
    expect(after.stack.name).toBe('For years');
  });

  await test.step('the store is exported and taken in again, and locks when nobody is there', async () => {
    await page.getByRole('link', { name: 'Settings', exact: true }).first().click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export…' }).click();
    await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
    await page.getByLabel('The same again').fill(passphrase);
    await page.keyboard.press('Enter');
    const file = await (await download).path();
    await page.getByRole('button', { name: 'Import…' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel('Choose the file…').setInputFiles(file);
    await page.getByLabel('Passphrase of the file').fill(passphrase);
    await page.keyboard.press('Enter');
    await expect(page.getByText('0 secrets were taken over; 6 were here already or were left out.')).toBeVisible();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
    await page.getByLabel('Lock when nobody is there').selectOption('15');
    await expect(page.getByLabel('Lock when nobody is there')).toHaveValue('15');
    await expectAccessible(page);
  });

  for (const secret of [...shares, ...before.secrets.all, passphrase]) expect(received()).not.toContain(secret);
});
