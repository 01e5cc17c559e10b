import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { sealdeck } from './cli.ts';
import { kesKeys, mc, openPracticeLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, framesToWindow, showIn } from './window.ts';

const material = randomBytes(32);

const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(name) });

test('keys of KES are made, taken in, tried, deleted behind facts and put back; nodes and a public sandbox are seen', async ({
  window: page,
  lab,
  place,
}) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  const frames = framesToWindow(page);
  await page.reload();

  await test.step('every key is listed, and opens now', async () => {
    await page.getByRole('link', { name: 'KES', exact: true }).click();
    await expect(page.getByText(/1 key, and KES used minio-default .*ago\./)).toBeVisible();
    await expect(row(page, 'minio-default')).toContainText(/opens.*MinIO’s default.*first-bucket/);
    await expectAccessible(page);
  });

  await test.step('a key is made after its name was looked at, and the kes command has it', async () => {
    await page.getByRole('button', { name: 'Key', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'New key' });
    await dialog.getByLabel('Name').fill('-letters');
    await expect(dialog.getByText('KES does not take this name')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Create key' })).toBeDisabled();
    await dialog.getByLabel('Name').fill('minio-letters');
    await expect(dialog.getByText('MinIO’s identity may use it')).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Enter');
    await expect(page.getByText(/A data key of minio-letters was made and opened in/)).toBeVisible();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    expect(await kesKeys(seen)).toContain('minio-letters');
  });

  await test.step('own material is taken in, and no byte of it comes back', async () => {
    await page.getByRole('button', { name: 'Close the key' }).click();
    await page.getByRole('button', { name: 'Key', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'New key' });
    await dialog.getByText('Own material').click();
    await dialog.getByLabel('Name').fill('minio-own');
    await dialog.getByLabel('Key', { exact: true }).fill(material.toString('hex'));
    await expect(dialog.getByRole('button', { name: 'Import key' })).toBeDisabled();
    await dialog.getByRole('checkbox', { name: /A copy of these bytes/ }).check();
    await dialog.getByRole('button', { name: 'Import key' }).click();
    await expect(page.getByText('minio-own is there')).toBeVisible();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    for (const form of ['hex', 'base64'] as const) expect(frames()).not.toContain(material.toString(form));
    await page.getByRole('button', { name: 'Close the key' }).click();
  });

  const file = join(place.folder, 'letter.txt');
  await writeFile(file, 'a letter');
  await mc(seen, 'cp', '--enc-kms', 'lab/first-bucket/letter.txt=minio-letters', file, 'lab/first-bucket/letter.txt');

  await test.step('what an audit counted stands beside the key', async () => {
    const audit = await sealdeck(['audit', '--dir', lab.dir, '--json'], { env: place.env });
    expect(audit.code).toBe(0);
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.getByRole('link', { name: 'KES', exact: true }).click();
    await expect(row(page, 'minio-letters')).toContainText(/opens.*1.*8 B/);
  });

  await test.step('a key in use is deleted only after its consequence was read, and is really gone', async () => {
    await page.getByRole('grid', { name: 'Keys' }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const card = page.getByRole('region', { name: 'Key', exact: true });
    await expect(card.getByText(/first-bucket: 1 object, 8 B/)).toBeVisible();
    await expectAccessible(page);
    await card.getByRole('button', { name: 'Delete…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete minio-letters?' });
    await expect(dialog.getByText('1 object with 8 B becomes unreadable.')).toBeVisible();
    await dialog.getByLabel(/Type/).fill('minio-letters');
    await expect(dialog.getByRole('button', { name: 'Delete key' })).toBeDisabled();
    await expectAccessible(page);
    await dialog.getByRole('checkbox', { name: /Delete it although it is in use/ }).check();
    await dialog.getByRole('button', { name: 'Delete key' }).click();
    await expect(page.getByText('kes-1 says that minio-letters does not exist')).toBeVisible();
    await expect(page.getByText('Vault has no entry at kv/minio/minio-letters any more')).toBeVisible();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await expect(page.getByText('minio-letters is needed, and KES does not have it.')).toBeVisible();
    await expect(row(page, 'minio-letters')).toContainText('not there');
    await expect.poll(() => mc(seen, 'cat', 'lab/first-bucket/letter.txt').catch(() => 'refused')).toBe('refused');
  });

  await test.step('its sealed copy brings key and object back', async () => {
    await page.getByRole('button', { name: '1 sealed copy' }).click();
    await page.getByRole('button', { name: 'Restore minio-letters' }).click();
    await expect(page.getByText('What minio-letters sealed before opens again')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    expect(await mc(seen, 'cat', 'lab/first-bucket/letter.txt')).toBe('a letter');
  });

  await test.step('all keys are tried, with their times', async () => {
    await page.getByRole('button', { name: 'Test all' }).click();
    await expect(page.getByText('All 3 keys encrypt and decrypt.')).toBeVisible();
    await expect(page.getByText(/3 of 3, half of them within/)).toBeVisible();
    await expectAccessible(page);
    await showIn(page, 'Dark');
    await expectAccessible(page);
    await showIn(page, 'Light');
  });

  await test.step('nodes show their counters, their cache and what they log', async () => {
    await page.getByRole('tab', { name: 'Nodes' }).click();
    await expect(page.getByText(/Yes: it asked its key store and used a key/)).toBeVisible();
    await expect(page.getByRole('img', { name: /Requests a second\. now .* most in 10 min/ })).toBeVisible();
    await expect(page.getByText('KES does not count them.')).toBeVisible();
    await expect(page.getByText('This version answers its log streams with 200 and never sends anything.')).toBeVisible();
    await expect(page.getByText(/secret key 'minio-letters' deleted/)).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('a public identity is tried within a red frame, and nothing of it stays', async () => {
    await page.getByRole('tab', { name: 'Keys' }).click();
    await page.getByRole('link', { name: 'Try a public sandbox' }).click();
    await expect(page.getByText('Public: everybody can read, use and delete what is made here. No real data.')).toBeVisible();
    await expect(page.getByText(/ended on 2025-04-29/)).toBeVisible();
    await page.getByRole('button', { name: 'Try it here instead' }).click();
    await expect(page.getByText('It reads back byte for byte').first()).toBeVisible();
    await expectAccessible(page);
    await showIn(page, 'Dark');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Clean up everything' }).click();
    await expect(page.getByText(/Nothing of the try is left/)).toBeVisible();
    await showIn(page, 'Light');
  });
});
