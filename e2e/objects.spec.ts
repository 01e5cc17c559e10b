import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { mc, openPracticeLab, type SeenLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, showIn } from './window.ts';

const files = [
  { name: 'contract 1 + annex.txt', mimeType: 'text/plain', buffer: Buffer.from('a contract\n'.repeat(20_000)) },
  { name: '合同-空.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
];

async function pick(page: Page, chosen: typeof files): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await (await chooser).setFiles(chosen);
}

async function stat(lab: SeenLab, key: string): Promise<{ size: number; metadata: Record<string, string> }> {
  return JSON.parse(await mc(lab, 'stat', '--json', `lab/first-bucket/${key}`)) as { size: number; metadata: Record<string, string> };
}

test('files are picked into a bucket, land as its rule says, and are read back', async ({ window: page, lab, place }) => {
  await test.step('the bucket shows its rule', async () => {
    await page.getByRole('link', { name: 'Objects', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Which buckets encrypt by default?' })).toBeVisible();
    await expect(page.getByRole('row', { name: /first-bucket.*SSE-KMS.*minio-default/ })).toBeVisible();
    await page.getByRole('link', { name: 'first-bucket' }).click();
    await expect(page.getByText('New objects become SSE-KMS, minio-default: the bucket has that default rule.')).toBeVisible();
  });

  const tray = page.getByRole('region', { name: /^Upload 2 files/ });
  await test.step('nothing is sent before the tray has said what will happen', async () => {
    await pick(page, files);
    await expect(tray.getByText('By the bucket’s rule (SSE-KMS, minio-default).', { exact: false })).toBeVisible();
    await expect(tray.getByText('waits')).toHaveCount(2);
    await expectAccessible(page);
  });

  await test.step('each file is sent and its state read back', async () => {
    await tray.getByRole('button', { name: 'Upload 2 files' }).click();
    await expect(tray.getByText('2 of 2')).toBeVisible();
    await expect(tray.getByText('SSE-KMS')).toHaveCount(2);
    for (const { name } of files) {
      await expect(page.getByRole('row', { name: new RegExp(`${name.replace(/[+.]/g, '\\$&')}.*SSE-KMS`) })).toBeVisible();
    }
    await tray.getByRole('button', { name: 'Close the tray' }).last().click();
  });

  await test.step('mc says the same of both', async () => {
    const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
    for (const { name, buffer } of files) {
      const said = await stat(seen, name);
      expect(said.size).toBe(buffer.length);
      expect(said.metadata).toMatchObject({
        'X-Amz-Server-Side-Encryption': 'aws:kms',
        'X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id': expect.stringContaining('minio-default') as unknown as string,
      });
    }
    expect(await mc(seen, 'cat', 'lab/first-bucket/contract 1 + annex.txt')).toBe(files[0]?.buffer.toString());
  });

  await test.step('the card of one says its state and key, by keyboard', async () => {
    await page.getByRole('grid', { name: 'Objects' }).focus();
    for (const key of ['Home', 'ArrowDown']) await page.keyboard.press(key);
    await expect(page.getByRole('row', { name: /hello-from-sealdeck\.txt/ })).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Enter');
    const card = page.getByRole('region', { name: 'hello-from-sealdeck.txt' });
    await expect(card.getByText('Encrypted by MinIO under the KMS key minio-default. Without that key nobody reads it.')).toBeVisible();
    await expect(card.getByText(/^Yes: a byte was read/)).toBeVisible();
    await showIn(page, 'Dark');
    await expectAccessible(page);
  });

  await test.step('a name that is there already is said to be replaced', async () => {
    await page.getByRole('button', { name: 'Close the card' }).click();
    await pick(page, files.slice(1));
    await expect(page.getByText('1 of these names exists here and is replaced.')).toBeVisible();
    await page.getByRole('button', { name: 'Not now' }).click();
    await expect(page.getByText('1 of these names exists here and is replaced.')).toBeHidden();
  });

  await test.step('files that are dropped open the same tray', async () => {
    const dropped = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }));
      return transfer;
    });
    await page.getByText('Drop files anywhere here').dispatchEvent('drop', { dataTransfer: dropped });
    await page.getByRole('button', { name: 'Upload 1 file', exact: true }).click();
    await expect(page.getByText('1 of 1')).toBeVisible();
    await expect(page.getByRole('row', { name: /dropped\.txt.*SSE-KMS/ })).toBeVisible();
    await page.getByRole('button', { name: 'Close the tray' }).last().click();
  });

  await test.step('a cancelled upload stops, and leaves no object', async () => {
    const big = join(place.folder, 'big.bin');
    await writeFile(big, '');
    await truncate(big, 1_500_000_000);
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await (await chooser).setFiles([big, ...(await smallFile(place.folder))]);
    await page.getByRole('button', { name: 'Upload 2 files' }).click();
    await page
      .getByRole('region', { name: /^Upload 2 files/ })
      .getByRole('button', { name: 'Cancel', exact: true })
      .click();
    await expect(page.getByText('2 not sent')).toBeVisible();
    const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
    expect(await mc(seen, 'ls', 'lab/first-bucket')).not.toMatch(/big\.bin|small\.txt/);
  });
});

async function smallFile(folder: string): Promise<string[]> {
  const path = join(folder, 'small.txt');
  await writeFile(path, 'small');
  return [path];
}
