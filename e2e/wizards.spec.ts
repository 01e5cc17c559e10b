import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { call } from './cli.ts';
import { kesKeys, mc, openPracticeLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { sharesOf, test } from './lab.ts';
import { expectAccessible, showIn } from './window.ts';
import {
  bucketAlone,
  certificatesAlone,
  checkAlone,
  finish,
  keyAlone,
  keyField,
  openFromOverview,
  openFromPalette,
  unsealAlone,
} from './wizardClicks.ts';

test('each wizard runs by itself, on a stack whose set-up is finished', async ({ window: page, lab }) => {
  test.slow();
  page.setDefaultTimeout(30_000);
  const record = join(lab.data, 'stacks', lab.stackId, 'setup.json');
  const before = await readFile(record, 'utf8');
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  let key = '';

  await test.step('New key, from the palette, with a name that is free', async () => {
    await openFromPalette(page, 'New key');
    key = await keyAlone(page);
    expect(key).toMatch(/^minio-\d{4}$/);
    expect(await kesKeys(seen)).toContain(key);
    await expectAccessible(page);
  });

  await test.step('Bucket encryption, from the key that was made', async () => {
    await page.getByRole('link', { name: `Encrypt a bucket with ${key}` }).click();
    await expect(keyField(page)).toHaveValue(key);
    await bucketAlone(page, { bucket: 'invoices', rule: 'SSE-KMS' });
    expect(await mc(seen, 'encrypt', 'info', 'lab/invoices')).toContain(key);
    await finish(page);
  });

  await test.step('Check objects finds plaintext that lies in a bucket, and tells it', async () => {
    const file = join(lab.dir, 'note.txt');
    await writeFile(file, 'a note');
    await mc(seen, 'mb', 'lab/open-bucket');
    await mc(seen, 'cp', file, 'lab/open-bucket/notes/plain.txt');
    await mc(seen, 'cp', '--enc-kms', `lab/=${key}`, file, 'lab/open-bucket/notes/sealed.txt');
    await page.getByRole('link', { name: 'Objects', exact: true }).click();
    await page.getByRole('link', { name: 'Check objects' }).click();
    await checkAlone(page, { bucket: 'open-bucket', says: '1 of 2 objects is not encrypted.' });
    await expect(page.getByRole('listitem').filter({ hasText: 'Plaintext' })).toContainText('50%');
    await expect(page.getByRole('listitem').filter({ hasText: key })).toContainText('opens');
    await showIn(page, 'Dark');
    await expectAccessible(page);
    await showIn(page, 'Light');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'notes/plain.txt' }).press('Enter');
    await expect(
      page.getByRole('region', { name: 'plain.txt' }).getByText('Not encrypted. Whoever reads the disk reads the object.'),
    ).toBeVisible();
  });

  await test.step('of a bucket in which all is well it says so, and of one that holds more than was asked, too', async () => {
    await checkAlone(page, { bucket: 'first-bucket', says: /^All \d+ objects are encrypted\.|^The one object is encrypted\./ });
    await page.getByLabel('At most').fill('1');
    await checkAlone(page, { bucket: 'open-bucket', says: /There are more than 1; the rest was not looked at\./ });
  });

  await test.step('Certificates says what stays, and makes again what is wished otherwise', async () => {
    await openFromOverview(page, 'Certificates');
    await expect(page.getByText('Key and certificate of vault fit and stay')).toBeVisible();
    await certificatesAlone(page, 300);
    await page.getByRole('button', { name: 'Do another' }).click();
    await expect(page.getByLabel('Valid for, days', { exact: true })).toHaveValue('300');
    await expect(page.getByText('Key and certificate of vault fit and stay')).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('Unseal takes one share at a time, and nothing initialises by the way', async () => {
    await page.getByRole('link', { name: /^Vault/ }).click();
    await page.getByRole('button', { name: 'Seal…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Seal vault-1' }).click();
    await page.getByRole('link', { name: 'Unseal Vault' }).click();
    await expect(page.getByText('3 of 5 shares. Until then it answers nothing.')).toBeVisible();
    await expectAccessible(page);
    await unsealAlone(page, (await sharesOf(lab)).slice(0, 3));
  });

  await test.step('the record of the set-up was not touched', async () => {
    expect(await readFile(record, 'utf8')).toBe(before);
  });

  await test.step('what a wizard changed shows in the set-up at its next check', async () => {
    await openFromOverview(page, 'Bucket encryption');
    await bucketAlone(page, { bucket: 'first-bucket', rule: 'SSE-S3' });
    await page.getByRole('link', { name: 'Set up', exact: true }).click();
    await page.getByText('Guided', { exact: true }).click();
    await page
      .getByRole('list', { name: 'Steps' })
      .getByRole('button', { name: /Bucket/ })
      .click();
    await page.getByRole('button', { name: 'Check again' }).click();
    await expect(page.getByText('The rule of first-bucket is not the intended one')).toBeVisible();
  });

  await test.step('MinIO restarts from Overview: KES is asked first, and the time away is told', async () => {
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.getByRole('button', { name: 'Restart MinIO…' }).click();
    const dialog = page.getByRole('dialog');
    // MinIO may still count KES as offline right after the unsealing; it is asked until it does not.
    await expect(dialog.getByText('MinIO is ready, and gets data keys')).toBeVisible({ timeout: 90_000 });
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Restart MinIO' }).click();
    await expect(dialog.getByText(/^MinIO was away for [\d,]+ ms$/)).toBeVisible({ timeout: 60_000 });
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  await test.step('on a read-only stack a wizard plans but does not run; a check changes nothing and runs', async () => {
    await call(['--data', lab.data], 'stacks.readOnly', { id: lab.stackId, readOnly: true });
    await openFromPalette(page, 'New key');
    await expect(page.getByText(`Create the key ${key}-2 through KES`)).toBeVisible();
    const button = page.getByRole('button', { name: 'Create the key' });
    await expect(button).toHaveAttribute('aria-disabled', 'true');
    await expectAccessible(page);
    await openFromPalette(page, 'Check objects');
    await checkAlone(page, { bucket: 'open-bucket', says: '1 of 2 objects is not encrypted.' });
    await openFromPalette(page, 'New key');
    await page.getByRole('button', { name: 'Lift…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Lift read-only' }).click();
    await expect(button).toBeEnabled();
    await keyAlone(page, `${key}-2`);
  });
});
