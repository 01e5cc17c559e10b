import type { Page } from 'playwright/test';
import { call } from './cli.ts';
import { openPracticeLab, vaultStatus } from './foreignTools.ts';
import { expect } from './host.ts';
import { sharesOf, test } from './lab.ts';
import { expectAccessible, framesToWindow, showIn } from './window.ts';

const guide = `{
  "api_addr": "https://127.0.0.1:8200",
  "backend": { "file": { "path": "vault/file" } },
  "default_lease_ttl": "168h",
  "max_lease_ttl": "720h",
  "listener": { "tcp": { "address": "0.0.0.0:8200", "tls_cert_file": "vault-tls.crt", "tls_key_file": "vault-tls.key", "tls_min_version": "tls12" } }
}`;

/** A part of the page, by the control under its question. */
async function part(page: Page, name: string): Promise<void> {
  await page.getByRole('radiogroup', { name: 'Part of this page' }).getByText(name, { exact: true }).click();
}

async function inBothThemes(page: Page): Promise<void> {
  await showIn(page, 'Dark');
  await expectAccessible(page);
  await showIn(page, 'Light');
  await expectAccessible(page);
}

test('nodes are seen together, shares are renewed to the end, and a root token comes and goes', async ({ window: page, lab, place }) => {
  const received = framesToWindow(page);
  await page.reload();
  const old = await sharesOf(lab);
  const data = ['--data', lab.data];
  await page.getByRole('link', { name: /^Vault/ }).click();

  await test.step('the nodes with raft’s configuration and Vault’s own key', async () => {
    await page.getByRole('tab', { name: 'Nodes and keys' }).click();
    await expect(page.getByText('Yes. 1 node, and nothing is wrong.')).toBeVisible();
    await expect(page.getByRole('cell', { name: 'leader' })).toBeVisible();
    await page.getByRole('button', { name: 'Rotate this key' }).click();
    await expect(page.getByText('Number 1 before, 2 now.')).toBeVisible();
    await inBothThemes(page);
  });

  await test.step('new shares are planned with custodians, and a bad number begins nothing', async () => {
    await part(page, 'New shares');
    await page.getByLabel('Needed together').fill('9');
    await expect(page.getByText('At least 2, at most as many as there are shares.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Begin with verification' })).toBeDisabled();
    await page.getByLabel('Shares', { exact: true }).fill('3');
    await page.getByLabel('Needed together').fill('2');
    await page.getByRole('switch', { name: 'Name the custodians now' }).click();
    await page.getByLabel('Custodian 1', { exact: true }).fill('Security');
    await expect(page.getByText('New unseal shares: 3, any 2 of them open Vault. Now there are 5, 3 open it.')).toBeVisible();
    await inBothThemes(page);
    await page.getByRole('button', { name: 'Begin with verification' }).click();
    await expect(page.getByText('0 of 3 shares given')).toBeVisible();
  });

  await test.step('a share counts once; a closed window loses nothing of the attempt', async () => {
    await page.getByLabel('Share', { exact: true }).fill(old[0] ?? '');
    await page.keyboard.press('Enter');
    await expect(page.getByText('1 of 3 shares given')).toBeVisible();
    await page.getByLabel('Share', { exact: true }).fill(old[0] ?? '');
    await page.keyboard.press('Enter');
    await expect(page.getByText('This share was given already and counts once.')).toBeVisible();
    await page.reload();
    await expect(page.getByText('1 of 3 shares given')).toBeVisible();
  });

  await test.step('the new shares are sealed before they count, also when the window closes', async () => {
    await page.getByRole('button', { name: 'Use the 5 kept shares' }).click();
    await expect(page.getByText(/^The new shares are sealed to disk/)).toBeVisible();
    expect(await sharesOf(lab)).toEqual(old);
    await page.reload();
    await expect(page.getByText(/^The new shares are sealed to disk/)).toBeVisible();
    await inBothThemes(page);
    await page.getByRole('tab', { name: 'Open' }).click();
    await page.getByText('A renewal of the shares has begun and is not finished.').getByRole('link', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Verify, and end the old shares' }).click();
    await expect(page.getByText('The new shares count. The old ones open nothing but old backups.')).toBeVisible();
  });

  await test.step('the new ones open Vault, the old ones are gone, and custody names who gets them', async () => {
    const fresh = await sharesOf(lab);
    expect(fresh).toHaveLength(3);
    for (const share of [...old, ...fresh]) expect(received()).not.toContain(share);
    await page.getByRole('link', { name: 'Hand out the new shares' }).click();
    await expect(page.getByRole('row', { name: /Security/ })).toContainText('no file yet');
    await call(data, 'vault.seal', { stackId: lab.stackId }, place.env);
    await call(data, 'vault.unsealKept', { stackId: lab.stackId }, place.env);
    const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
    expect(await vaultStatus(seen)).toMatchObject({ sealed: false, n: 3, t: 2 });
  });

  await test.step('a root token is made, listed and revoked with proof', async () => {
    await page.getByRole('tab', { name: 'Nodes and keys' }).click();
    await part(page, 'Root token');
    await page.getByRole('button', { name: 'Begin', exact: true }).click();
    await page.getByRole('button', { name: 'Use the 3 kept shares' }).click();
    await expect(page.getByText(/^Made, and in the credential store/)).toBeVisible();
    await page.getByRole('button', { name: 'List root tokens' }).click();
    await expect(page.getByRole('cell', { name: /known here/ })).toBeVisible();
    await inBothThemes(page);
    await page.getByRole('button', { name: 'Revoke it, with proof' }).click();
    await expect(page.getByText('The token is refused now').first()).toBeVisible();
  });

  await test.step('the guide’s configuration is read line by line, and a broken one names its line', async () => {
    await part(page, 'Configuration');
    await page.getByLabel('Configuration, HCL or JSON').fill('storage "file" {\n  path =\n}');
    await page.getByRole('button', { name: 'Read it' }).click();
    await expect(page.getByText('Line 3 cannot be read')).toBeVisible();
    await page.getByLabel('Configuration, HCL or JSON').fill(guide);
    await page.getByRole('combobox', { name: 'For' }).click();
    await page.getByRole('option', { name: 'HashiCorp Vault' }).click();
    await page.getByRole('button', { name: 'Read it' }).click();
    await expect(page.getByText('Old name, still read')).toBeVisible();
    await expect(page.getByText('Vault 1.20 and later refuse raft without it')).toBeVisible();
    await inBothThemes(page);
    await page.getByText('Write one', { exact: true }).click();
    await expect(page.getByText('ExecStart=')).toBeVisible();
    await expectAccessible(page);
  });
});
