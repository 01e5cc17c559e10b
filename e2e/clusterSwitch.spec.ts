import { call, sealdeck } from './cli.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, showIn } from './window.ts';

test('pages are about one of two MinIO clusters, which the address remembers', async ({ window: page, lab, place }) => {
  test.slow();
  const at = ['--dir', lab.dir, '--data', lab.data];
  const added = await sealdeck(['cluster', 'add', ...at, '--json'], { env: place.env });
  expect(added.code, added.stderr).toBe(0);
  const bucket = { bucket: 'second-only', rule: { kind: 'sse-s3' } };
  await call(['--data', lab.data], 'buckets.create', { stackId: lab.stackId, cluster: 'minio-2', ...bucket }, place.env);
  const chosen = page.getByRole('button', { name: /^MinIO cluster: / });
  const row = page.getByRole('row', { name: /^second-only/ });

  await test.step('Overview is about the whole stack; MinIO begins with the first cluster', async () => {
    await page.reload();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(chosen).toBeHidden();
    await page.getByRole('link', { name: 'MinIO', exact: true }).click();
    await expect(chosen).toHaveAccessibleName('MinIO cluster: minio');
    await expect(page.getByRole('row', { name: /^first-bucket/ })).toBeVisible();
    await expect(row).toBeHidden();
  });

  await test.step('the other one is chosen without a mouse, and the buckets are its own', async () => {
    await chosen.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'minio-2' })).toBeVisible();
    await page.getByRole('menuitem', { name: 'minio-2' }).focus();
    await page.keyboard.press('Enter');
    await expect(chosen).toHaveAccessibleName('MinIO cluster: minio-2');
    await expect(row).toBeVisible();
    await expect(page).toHaveURL(/\?cluster=minio-2#\/minio$/);
    for (const theme of ['Dark', 'Light'] as const) {
      await showIn(page, theme);
      await expectAccessible(page);
    }
  });

  await test.step('a window that is loaded again, and the next page, are about the same one', async () => {
    await page.reload();
    await expect(row).toBeVisible();
    await page.getByRole('link', { name: 'Objects', exact: true }).click();
    await expect(page.getByRole('link', { name: 'second-only' })).toBeVisible();
    await expect(page).toHaveURL(/\?cluster=minio-2#\/objects$/);
  });

  await test.step('its audit is the one that the audit page shows', async () => {
    const ran = await sealdeck(['audit', '--cluster', 'minio-2', ...at, '--json'], { env: place.env });
    expect(ran.code, ran.stderr).toBe(0);
    await page.getByRole('link', { name: 'Audit', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Which objects are not encrypted?' })).toBeVisible();
    await expect(page.getByText('second-only').first()).toBeVisible();
  });

  await test.step('it is said in Chinese, too', async () => {
    await call(['--data', lab.data], 'settings.write', { language: 'zh-CN' }, place.env);
    await expect(page.getByRole('button', { name: /^MinIO 集群.*minio-2$/ })).toBeVisible();
    await page.screenshot({ path: test.info().outputPath('zh.png') });
    await expectAccessible(page);
    await call(['--data', lab.data], 'settings.write', { language: 'en' }, place.env);
  });
});
