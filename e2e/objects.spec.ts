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
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('menuitem', { name: 'Files' }).click();
  await (await chooser).setFiles(chosen);
}

async function stat(lab: SeenLab, key: string): Promise<{ size: number; metadata: Record<string, string> }> {
  return JSON.parse(await mc(lab, 'stat', '--json', `lab/first-bucket/${key}`)) as { size: number; metadata: Record<string, string> };
}

test('files are picked into a bucket, land as its rule says, and are read back', async ({ window: page, lab }) => {
  await test.step('the bucket shows its rule', async () => {
    await page.getByRole('link', { name: 'Objects', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Which buckets encrypt by default?' })).toBeVisible();
    await expect(page.getByRole('row', { name: /first-bucket.*SSE-KMS.*minio-default/ })).toBeVisible();
    await page.getByRole('link', { name: 'first-bucket' }).click();
    await expect(page.getByText('By rule new objects become SSE-KMS, minio-default.')).toBeVisible();
  });

  const tray = page.getByRole('region', { name: /^Upload 2 files/ });
  await test.step('nothing is sent before the tray has said what will happen', async () => {
    await pick(page, files);
    await expect(tray.getByRole('radio', { name: 'Bucket rule' })).toBeChecked();
    await expect(tray.getByText('The bucket’s rule: SSE-KMS', { exact: false })).toBeVisible();
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
});
