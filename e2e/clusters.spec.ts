import type { Locator, Page } from 'playwright/test';
import { call } from './cli.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, showIn, tabTo } from './window.ts';

async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target, 90);
  await page.keyboard.press('Enter');
}

/** Types over what stands in a field. */
async function typeInto(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, page.getByLabel(label, { exact: true }), 90);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(text);
}

async function inBothThemes(page: Page): Promise<void> {
  await showIn(page, 'Dark');
  await expectAccessible(page);
  await showIn(page, 'Light');
  await expectAccessible(page);
}

test('a second cluster is added without a mouse, proven apart, and seen in one picture', async ({ window: page, lab, place }) => {
  test.slow();
  const inChinese = async (heading: string): Promise<void> => {
    await call(['--data', lab.data], 'settings.write', { language: 'zh-CN' }, place.env);
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    await expectAccessible(page);
    await call(['--data', lab.data], 'settings.write', { language: 'en' }, place.env);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  };

  await test.step('the picture is reached from Overview and shows the one cluster', async () => {
    await press(page, page.getByRole('link', { name: 'MinIO clusters' }));
    await expect(page.getByRole('heading', { name: 'Which MinIO clusters share OpenBao?' })).toBeVisible();
    await expect(page.getByText(/^One, minio\./)).toBeVisible();
    await inBothThemes(page);
  });

  await test.step('names follow the cluster’s; what would not keep the two apart is refused beside its field', async () => {
    await press(page, page.getByRole('button', { name: 'Add a MinIO cluster…' }));
    await typeInto(page, 'Name', 'archive');
    await expect(page.getByLabel('Prefix', { exact: true })).toHaveValue('archive');
    await typeInto(page, 'Prefix', 'minio/archive');
    await expect(page.getByText(/^One prefix would lie inside the other\./)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Add the cluster' })).toBeDisabled();
    await typeInto(page, 'Prefix', 'archive');
    await expect(page.getByText(/^Takes archive into the stack/)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Add the cluster' })).toBeEnabled();
    await inBothThemes(page);
    await inChinese('下一个 MinIO 集群叫什么？');
  });

  await test.step('it runs to its proof, also past a window that closes meanwhile', async () => {
    await press(page, page.getByRole('button', { name: 'Add the cluster' }));
    await expect(page.getByRole('list', { name: 'Steps of the addition' })).toBeVisible();
    await page.reload();
    await expect(page.getByText('archive is there, and proven apart from the others.')).toBeVisible({ timeout: 120_000 });
    await expect(page.getByText('The KES of archive refuses the identity of minio')).toBeVisible();
    await expect(page.getByText('Vault refuses the role of minio what belongs to archive')).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('the picture shows both, each with its own place, and proves them apart again', async () => {
    await press(page, page.getByRole('button', { name: 'Show the clusters' }));
    const picture = page.getByRole('region', { name: 'The key store, and each cluster with its KES and its MinIO' });
    await expect(picture.getByText('kv/archive')).toBeVisible();
    await expect(picture.getByText('kv/minio')).toBeVisible();
    await press(page, page.getByRole('button', { name: 'Prove apart' }));
    await expect(page.getByText(/^2 clusters, and all work\. Proven apart \d+ seconds? ago\.$/)).toBeVisible();
    await inBothThemes(page);
    await inChinese('哪些 MinIO 集群共用 OpenBao？');
  });

  await test.step('Overview names the servers of one kind apart', async () => {
    await press(page, page.getByRole('link', { name: 'Overview', exact: true }));
    await expect(page.getByText('2 MinIO clusters share this Vault, each with a KES of its own.')).toBeVisible();
    await expect(page.getByRole('button', { name: /^Start, stop or restart KES \(kes-/ })).toHaveCount(2);
    await expect(page.getByRole('button', { name: /^Start, stop or restart MinIO \(/ })).toHaveCount(2);
    await expectAccessible(page);
  });
});
