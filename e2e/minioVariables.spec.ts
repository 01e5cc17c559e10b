import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, framesToWindow } from './window.ts';

const password = 'tracer-password-of-the-guide';
const hex = '8f'.repeat(32);
const guide = [
  'export MINIO_KMS_KES_ENDPOINT=https://localhost:7373',
  'export MINIO_KMS_KES_KEY_FILE=minio.key MINIO_KMS_KES_CERT_FILE=minio.cert',
  'export MINIO_KMS_KES_KEY_NAME=minio-key-1',
  'export MINIO_KMS_KES_CA_PATH=kes-tls.crt',
  'export MINIO_ACCESS_KEY=minio',
  `export MINIO_SECRET_KEY=${password}`,
].join('\n');

test('variables of an old guide are read, explained and written for today, and no secret comes into the window', async ({
  window: page,
  lab,
  place,
}) => {
  const frames = framesToWindow(page);
  await page.reload();
  const row = (name: string) => page.getByRole('row', { name: new RegExp(`${name}\\b`) });
  const pane = page.getByRole('region', { name: 'Written for today' });

  await test.step('what is none of MinIO’s is refused, and the text is still there', async () => {
    await page.getByRole('link', { name: 'MinIO', exact: true }).click();
    await page.getByRole('link', { name: 'MinIO variables' }).click();
    await expect(page.getByRole('heading', { name: 'What do MinIO’s variables do today?' })).toBeVisible();
    const running = page.getByRole('region', { name: 'As it runs now' });
    await expect(running.getByText('MinIO KES answers MinIO')).toBeVisible();
    await expect(running.getByRole('row', { name: /MINIO_KMS_KES_CAPATH/ })).toContainText('Read');
    await page.getByLabel('Or paste its lines').fill('hello');
    await page.getByRole('button', { name: 'Read', exact: true }).click();
    await expect(page.getByText('No variable of MinIO was found')).toBeVisible();
    await expect(page.getByLabel('Or paste its lines')).toHaveValue('hello');
    await expectAccessible(page);
  });

  await test.step('pasted lines: each with what today’s server does with it', async () => {
    await page.getByLabel('Or paste its lines').fill(guide);
    await page.getByRole('button', { name: 'Read', exact: true }).press('Enter');
    await expect(page.getByText('1 of 7 is not read by today’s server under its name.')).toBeVisible();
    await expect(row('MINIO_KMS_KES_CA_PATH')).toContainText('Not read, now MINIO_KMS_KES_CAPATH');
    await expect(row('MINIO_SECRET_KEY')).toContainText('hidden');
    await expect(row('MINIO_SECRET_KEY')).toContainText('Read, now MINIO_ROOT_PASSWORD');
    await expect(row('MINIO_KMS_KES_ENDPOINT')).toContainText('localhost is refused by it');
    await expectAccessible(page);
  });

  await test.step('written for systemd, with the password as a credential', async () => {
    await pane.getByRole('combobox', { name: 'As' }).click();
    await page.getByRole('option', { name: 'systemd' }).click();
    await pane.getByRole('combobox', { name: 'Secrets' }).click();
    await page.getByRole('option', { name: 'As systemd credentials' }).click();
    await pane.getByText('minio.service.d/sealdeck.conf').first().click();
    await expect(pane.getByText('LoadCredential=minio_root_password')).toBeVisible();
    const folder = join(place.folder, 'written');
    await pane.getByRole('button', { name: 'Write files…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Write the files with their secrets' });
    await dialog.getByLabel('Folder of the machine').fill('relative');
    await dialog.getByRole('button', { name: 'Write files' }).click();
    await expect(dialog.getByText('relative is no whole path')).toBeVisible();
    await dialog.getByLabel('Folder of the machine').fill(folder);
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Write files' }).click();
    await expect(dialog.getByText('credentials/minio_root_password')).toBeVisible();
    expect(await readFile(join(folder, 'credentials/minio_root_password'), 'utf8')).toBe(`${password}\n`);
    expect(await readFile(join(folder, 'minio.env'), 'utf8')).not.toContain(password);
    expect((await stat(join(folder, 'credentials/minio_root_password'))).mode & 0o777).toBe(0o600);
    // A second time nothing of it is replaced.
    await writeFile(join(folder, 'minio.env'), 'mine');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await pane.getByRole('button', { name: 'Write files…' }).click();
    await dialog.getByLabel('Folder of the machine').fill(folder);
    await dialog.getByRole('button', { name: 'Write files' }).click();
    await expect(dialog.getByText('is there already')).toBeVisible();
    expect(await readFile(join(folder, 'minio.env'), 'utf8')).toBe('mine');
    expect(await readdir(folder)).toHaveLength(3);
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  await test.step('a key in hex is carried over; a MinIO with KES has none to move', async () => {
    await page.getByRole('button', { name: 'Read another' }).click();
    await page
      .getByLabel('File', { exact: true })
      .setInputFiles({ name: 'minio.env', mimeType: 'text/plain', buffer: Buffer.from(`MINIO_KMS_MASTER_KEY=minio-old:${hex}\n`) });
    await expect(row('MINIO_KMS_MASTER_KEY')).toContainText('Not read, now MINIO_KMS_SECRET_KEY');
    await page.getByRole('button', { name: 'Take it into KES' }).click();
    await expect(page.getByText('MinIO does not use a static key: MinIO KES')).toBeVisible({ timeout: 30_000 });
  });

  const seen = frames();
  expect(seen).toContain('MINIO_ROOT_PASSWORD');
  for (const secret of [hex, Buffer.from(hex, 'hex').toString('base64')]) expect(seen).not.toContain(secret);
  expect(seen).not.toContain(password);
  expect(lab.stackId).not.toBe('');
});
