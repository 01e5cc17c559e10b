import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright/test';
import { openPracticeLab, vaultStatus } from './foreignTools.ts';
import { expect } from './host.ts';
import { sharesOf, test } from './lab.ts';
import { expectAccessible, framesToWindow, showIn } from './window.ts';

const field = (page: Page) => page.getByLabel('Share', { exact: true });

/** Types one share; the field must be empty at once. */
async function give(page: Page, share: string): Promise<void> {
  await field(page).fill(share);
  await page.keyboard.press('Enter');
  await expect(field(page)).toHaveValue('');
}

const given = (page: Page, count: number) => expect(page.getByText(`${count} of 3 shares`, { exact: true })).toBeVisible();

test('a lab is stopped and started, its Vault unsealed by typed shares, and everything comes back', async ({ window: page, lab }) => {
  const received = framesToWindow(page);
  await page.reload();
  const shares = await sharesOf(lab);
  expect(shares).toHaveLength(5);
  const [first = '', second = '', third = ''] = shares;

  await test.step('stop and start all servers from Overview', async () => {
    await page.getByRole('button', { name: 'Stop all…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(page.getByText('stopped', { exact: true })).toHaveCount(3);
    await page.getByRole('button', { name: 'Start all' }).click();
    await page.getByRole('link', { name: /^Vault/ }).click();
    await expect(page.getByRole('heading', { name: 'What does Vault need to open?' })).toBeVisible();
    await given(page, 0);
  });

  await test.step('the page says what does not work, and passes axe in both themes', async () => {
    await expect(page.getByText('Vault says that it is sealed, and nothing else')).toBeVisible();
    await expect(page.getByText('5 shares. Whoever opens the credential store has them')).toBeVisible();
    await showIn(page, 'Dark');
    await expectAccessible(page);
    await showIn(page, 'Light');
    await expectAccessible(page);
  });

  await test.step('a share that was given already is told from a new one', async () => {
    await give(page, first);
    await expect(page.getByText('Taken: 1 of 3. 2 more are needed.')).toBeVisible();
    await given(page, 1);
    await give(page, first);
    await expect(page.getByText('This share was given already and counts once: 1 of 3. 2 others are needed.')).toBeVisible();
    await given(page, 1);
  });

  await test.step('an attempt can be reset', async () => {
    await page.getByRole('button', { name: 'Reset the attempt' }).click();
    await given(page, 0);
  });

  await test.step('a share of another length is not sent', async () => {
    await give(page, first.slice(0, 8));
    await expect(page.getByText('This share has the wrong length')).toBeVisible();
    await given(page, 0);
  });

  await test.step('one wrong share of the right length among three is told, and all are forgotten', async () => {
    await give(page, first);
    await given(page, 1);
    await give(page, randomBytes(Buffer.from(second, 'base64').length).toString('base64'));
    await given(page, 2);
    await give(page, third);
    await expect(page.getByText('One of the 3 shares was wrong')).toBeVisible();
    await given(page, 0);
  });

  await test.step('three typed shares open it, and KES and MinIO start by themselves', async () => {
    await give(page, second);
    await given(page, 1);
    await give(page, Buffer.from(third, 'base64').toString('hex'));
    await given(page, 2);
    await give(page, first).catch(() => undefined); // the form goes away with the last share
    await expect(page.getByText('Yes. vault-1 is unsealed and active.')).toBeVisible();
    await expect(page.getByText('KES encrypts and decrypts with a real key')).toBeVisible({ timeout: 60_000 });
    await expect(page.getByText('MinIO reads and writes encrypted objects')).toBeVisible({ timeout: 60_000 });
  });

  await test.step('the server’s own tool agrees, and no share or token ever came to the window', async () => {
    const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
    expect(await vaultStatus(seen)).toMatchObject({ sealed: false, t: 3, n: 5 });
    const frames = received();
    expect(frames).toContain('"threshold":3');
    const secrets = [...shares, ...shares.map((share) => Buffer.from(share, 'base64').toString('hex')), ...seen.secrets.all];
    expect(secrets.filter((secret) => frames.includes(secret))).toEqual([]);
  });

  await test.step('sealed from its page it opens again with the kept shares, by keyboard alone', async () => {
    await page.getByRole('button', { name: 'Seal…' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Seal vault-1' }).press('Enter');
    await expect(page.getByText('3 of 5 shares. Until then it answers nothing.')).toBeVisible();
    await page.getByRole('button', { name: 'Use the kept shares' }).press('Enter');
    await expect(page.getByText('Yes. vault-1 is unsealed and active.')).toBeVisible();
  });
});
