import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { guideCommand, guideFile } from '../electron/services/kes/config/config.testSupport.ts';
import { call } from './cli.ts';
import { kesKeys, openPracticeLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, framesToWindow, showIn } from './window.ts';

const pictures = process.env.SEALDECK_PICTURES;
async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  for (const theme of ['Light', 'Dark'] as const) {
    await showIn(page, theme);
    await page.screenshot({ path: join(pictures, `${name}-${theme.toLowerCase()}.png`) });
  }
  await page.setViewportSize({ width: 1680, height: 1050 });
  await page.screenshot({ path: join(pictures, `${name}-1680.png`) });
  await page.setViewportSize({ width: 1280, height: 800 });
  await showIn(page, 'Light');
}

test('a configuration is read, changed, tried and reloaded; an old one is explained; rights are looked at and asked for', async ({
  window: page,
  lab,
}) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  const file = join(lab.dir, 'kes', 'kes.yaml');
  const onDisk = (): Promise<string> => readFile(file, 'utf8');
  const secret = /secret: "?([^"\n]+)/.exec(await onDisk())?.[1] ?? 'none';
  expect(secret.length).toBeGreaterThan(20);
  const frames = framesToWindow(page);
  await page.reload();

  await test.step('the running one has nothing against it, and its secret is a variable', async () => {
    await page.getByRole('link', { name: 'KES', exact: true }).click();
    await page.getByRole('tab', { name: 'Configuration' }).click();
    await expect(page.getByText(/^Nothing to say against its \d+ lines/)).toBeVisible();
    await expect(page.getByText(`secret: "\${KES_APPROLE_SECRET}"`)).toBeVisible();
    await expectAccessible(page);
    await picture(page, 'config');
  });

  await test.step('a policy is added in the table; the plan shows the difference and how', async () => {
    await page.getByRole('button', { name: 'Policy', exact: true }).click();
    await page.getByLabel('Name of policy policy-1').fill('app');
    await page.getByLabel('Allowed by app').fill('/v1/key/generate/minio-*\n/v1/key/*/minio-x');
    await expect(page.getByText('The KES configuration would not work')).toBeVisible();
    await page.getByLabel('Allowed by app').fill('/v1/key/generate/minio-*');
    await page.getByPlaceholder('Add an identity').last().fill('c9'.repeat(32));
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Look at the change' }).click();
    const plan = page.getByRole('region', { name: 'Plan: the configuration of KES' });
    await expect(plan.getByText('Try it on a second KES, on a port of its own')).toBeVisible();
    await expect(plan.getByText(/SIGHUP/)).toBeVisible();
    await expect(page.getByRole('region', { name: 'Difference' }).getByText('- /v1/key/generate/minio-*').last()).toBeVisible();
    expect(await page.locator('button[data-variant="filled"]').count()).toBe(1);
    await expectAccessible(page);
    await picture(page, 'config-plan');
  });

  await test.step('it is applied by reload, and each identity was asked', async () => {
    await page.getByRole('button', { name: 'Write and reload KES' }).click();
    await expect(page.getByText('KES read the new configuration and does what it says.')).toBeVisible();
    await expect(page.getByText(/^MinIO: may \d+ and may not \d+ of what was asked, as the table says/)).toBeVisible();
    await expect(page.getByText(/^MinIO at .* made and opened a data key/)).toBeVisible();
    expect(await onDisk()).toContain('c9'.repeat(32));
    expect(await kesKeys(seen)).toContain('minio-default');
    await picture(page, 'config-done');
  });

  await test.step('who may do what, with the line that decides, and KES says the same', async () => {
    await page.getByRole('tab', { name: 'Who may do what' }).click();
    await expect(page.getByText(/answers of KES to 2 identities are as its rules say/)).toBeVisible();
    await page.getByRole('button', { name: 'MinIO, delete: may not, KES says the same' }).click();
    await expect(page.getByText('MinIO may not: no rule of policy minio matches /v1/key/delete/minio-default.')).toBeVisible();
    await page.getByRole('button', { name: 'MinIO, generate: may, KES says the same' }).click();
    await expect(page.getByText(/^MinIO may: policy minio allows \/v1\/key\/generate\/minio-\*\. Line \d+\./)).toBeVisible();
    await page.getByRole('button', { name: 'Another identity…' }).click();
    await page.getByLabel('Hash, certificate or API key').fill('kes:v1:ABfa1xsnIV0lltXQC8tHXic8lte7J6hT7EoGv6+s5QCW');
    await page.getByRole('button', { name: 'Show what it may' }).click();
    await expect(page.getByRole('row', { name: /public: KES documentation cf6c535e/ })).toBeVisible();
    await expectAccessible(page);
    await picture(page, 'rights');
  });

  await test.step('an old file is read with its command line, every old line with what today’s server does', async () => {
    await page.getByRole('tab', { name: 'Configuration' }).click();
    await page.getByRole('button', { name: 'Other configuration…' }).click();
    await page.getByLabel('Text of the configuration').fill(guideFile);
    await page.getByLabel(/How it was started/).fill(guideCommand);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Read it' }).click();
    await expect(page.getByText('No: today’s KES does not start with it, because of 1 line (dialect A).')).toBeVisible();
    await expect(page.getByText(/“paths” is “allow” since v0.15/)).toBeVisible();
    await expect(page.getByText('KES starts and answers 403')).toBeVisible();
    await expectAccessible(page);
    await picture(page, 'config-old');
    await page.getByText('Today’s form', { exact: true }).click();
    await expect(page.getByRole('region', { name: 'Today’s form' }).getByText('keystore:')).toBeVisible();
    await page.getByText('Key store', { exact: true }).click();
    await picture(page, 'config-store');
  });

  await test.step('what is no YAML is told with its line', async () => {
    await page.getByRole('button', { name: 'Other configuration…' }).click();
    await page.getByLabel('Text of the configuration').fill('tls:\n\tkey: x\n');
    await page.getByRole('button', { name: 'Read it' }).click();
    await expect(page.getByText('Line 2 is indented with a tab')).toBeVisible();
    await page.getByRole('button', { name: 'Cancel' }).click();
  });

  expect(frames()).not.toContain(secret);
  expect(frames()).not.toContain('TRACER-5f2e');
  await writeFile(file, await onDisk());
});

test('the configuration of KES reads in Chinese', async ({ window: page, place }) => {
  await call(['--data', place.data], 'settings.write', { language: 'zh-CN' }, place.env);
  await page.reload();
  await page.getByRole('link', { name: 'KES', exact: true }).click();
  await page.getByRole('tab', { name: '配置' }).click();
  await expect(page.getByText(/^共 \d+ 行，没有问题。/)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: '查看改动' }).click();
  await expect(page.getByText('服务器上已是此配置')).toBeVisible();
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, 'config-zh.png') });
  await page.getByRole('tab', { name: '权限' }).click();
  await expect(page.getByText(/次回答均与规则一致/)).toBeVisible();
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, 'rights-zh.png') });
});
