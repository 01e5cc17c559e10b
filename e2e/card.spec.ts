import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { mc, openPracticeLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, showIn } from './window.ts';

interface Stat {
  size: number;
  etag: string;
  metadata: Record<string, string>;
}

const sample = 'hello-from-sealdeck.txt';

async function openCard(page: Page, bucket: string, name: string) {
  await page.evaluate((to) => {
    location.hash = to;
  }, `#/objects/${bucket}`);
  await page.getByRole('row').filter({ hasText: name }).first().click();
  await page.keyboard.press('Enter');
  const card = page.getByRole('region', { name, exact: true });
  await expect(card.getByText(/^checked/)).toBeVisible();
  return card;
}

test('the card of an object says what mc says, and proves, downloads and shows commands', async ({ window: page, lab, place }) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  const stat = async (path: string): Promise<Stat> => JSON.parse(await mc(seen, 'stat', '--json', `lab/${path}`)) as Stat;

  await test.step('objects of every kind are there', async () => {
    const file = join(place.folder, 'note.txt');
    await writeFile(file, 'a note\n'.repeat(500));
    await mc(seen, 'tag', 'set', `lab/first-bucket/${sample}`, 'class=public&year=2026');
    await mc(seen, 'mb', '--with-lock', 'lab/kept');
    await mc(seen, 'cp', '--attr', 'owner=hr', file, 'lab/kept/note.txt');
    await mc(seen, 'cp', '--enc-s3', 'lab/kept', file, 'lab/kept/note.txt');
    await mc(seen, 'legalhold', 'set', 'lab/kept/note.txt');
  });

  await test.step('state, key, size, ETag, type and tags are those that mc tells', async () => {
    const card = await openCard(page, 'first-bucket', sample);
    await expect(card.getByRole('heading', { name: sample })).toBeFocused();
    const { size, etag, metadata } = await stat(`first-bucket/${sample}`);
    expect(metadata['X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id']).toContain('minio-default');
    await expect(card.getByText('Encrypted by MinIO under the KMS key minio-default. Without that key nobody reads it.')).toBeVisible();
    const fact = (label: string) => card.locator('dl > div').filter({ has: page.locator('dt', { hasText: new RegExp(`^${label}$`) }) });
    await expect(fact('Key')).toContainText('minio-default');
    await expect(fact('Key in KES')).toContainText('there now');
    await expect(fact('Opens')).toContainText('Yes: a byte was read');
    await expect(fact('Size')).toContainText(`${size} B`);
    await expect(fact('ETag')).toContainText(etag.slice(0, 8));
    await expect(fact('ETag')).toContainText('not an MD5');
    await expect(fact('Type')).toContainText(metadata['Content-Type'] ?? '-');
    await expect(fact('Tags')).toContainText('class = public');
    await expect(fact('Decrypt in KES')).toContainText('MinIO');
    await expect(card.getByText('No finished audit has seen it.')).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('commands name the place, and no secret', async () => {
    const card = page.getByRole('region', { name: sample, exact: true });
    await expect(card.getByRole('link', { name: 'Re-encrypt' })).toHaveAttribute('href', /^#\/in-place\/new\?bucket=first-bucket&key=/);
    await card.getByRole('button', { name: 'Commands' }).click();
    const commands = card.getByRole('region', { name: 'The same with other tools' });
    await expect(commands.getByText('mc stat')).toBeVisible();
    for (const [tool, text] of [
      ['curl', '--aws-sigv4'],
      ['boto3', 's3.head_object('],
      ['JS', 'HeadObjectCommand'],
      ['Go', 'client.HeadObject('],
      ['Java', 's3.headObject('],
    ] as const) {
      await commands.getByText(tool, { exact: true }).click();
      await expect(commands).toContainText(text);
      await expect(commands).toContainText('first-bucket');
    }
    await expect(commands).toContainText(`AWS_SECRET_ACCESS_KEY are MINIO_ROOT_USER and MINIO_ROOT_PASSWORD of ${lab.dir}/minio/minio.env`);
    await commands.getByText('Download', { exact: true }).click();
    await expect(commands).toContainText('GetObjectRequest.builder()');
    await commands.getByText('Upload again').click();
    await expect(commands).toContainText('ServerSideEncryption.AWS_KMS');
    expect(await page.content()).not.toContain(seen.secrets.minioPassword);
    await expectAccessible(page);
  });

  await test.step('what is downloaded is what mc reads', async () => {
    const card = page.getByRole('region', { name: sample, exact: true });
    const saved = page.waitForEvent('download');
    await card.getByRole('button', { name: 'Download' }).click();
    const path = await (await saved).path();
    expect(await readFile(path, 'utf8')).toBe(await mc(seen, 'cat', `lab/first-bucket/${sample}`));
  });

  await test.step('Prove runs a canary by the rule of the bucket, and the card leads to its proof from then on', async () => {
    await page.getByRole('region', { name: sample, exact: true }).getByRole('button', { name: 'Prove' }).click();
    await expect(page).toHaveURL(/#\/proof/);
    await expect(async () => {
      const card = await openCard(page, 'first-bucket', sample);
      await expect(card.getByRole('link', { name: /^Proven/ })).toBeVisible({ timeout: 2000 });
    }).toPass();
    await page.getByRole('link', { name: /^Proven/ }).click();
    await expect(page).toHaveURL(/#\/proof\/.+/);
  });

  await test.step('an older version in plaintext is a card of its own, with what is held', async () => {
    const card = await openCard(page, 'kept', 'note.txt');
    await expect(card.getByText('Encrypted by MinIO with its default KMS key.')).toBeVisible();
    await expect(card.locator('dl > div').filter({ hasText: 'Legal hold' })).toContainText('On');
    await expect(card.getByRole('button', { name: 'Prove' })).toHaveAttribute('aria-disabled', 'true');
    await card.getByRole('button', { name: /^Show the version of/ }).click();
    await expect(card.getByText('Not encrypted. Whoever reads the disk reads the object. This is an older version.')).toBeVisible();
    await expect(card.locator('dl > div').filter({ hasText: 'Metadata' })).toContainText('owner = hr');
    await expect(card.getByRole('link', { name: 'Encrypt in place' })).toBeHidden();
  });

  await test.step('dark, and closed by keyboard', async () => {
    await showIn(page, 'Dark');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Close the card' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Close the card' })).toBeHidden();
  });
});
