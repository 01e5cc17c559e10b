import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { startCipherTrust } from '../electron/services/kes/stores/cipherTrustStandIn.testSupport.ts';
import { test as base, expect } from './host.ts';
import { expectAccessible, framesToWindow, showIn } from './window.ts';

const token = 'tracer-refresh-token-typed-in-the-window';

/** CipherTrust's stand-in beside the window; the proposed folder lies below the test's own. */
const test = base.extend<{ cipherTrust: Awaited<ReturnType<typeof startCipherTrust>> & { caFile: string } }>({
  place: async ({ place }, use) => {
    const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
    await use({ ...place, env: { ...place.env, HOME: place.folder, USERPROFILE: place.folder, XDG_CACHE_HOME: cache } });
  },
  cipherTrust: async ({ place }, use) => {
    const standIn = await startCipherTrust({ token, domain: 'storage' });
    const caFile = join(place.folder, 'ciphertrust-ca.pem');
    writeFileSync(caFile, standIn.ca);
    await use({ ...standIn, caFile });
    await standIn.close();
  },
});

/** The first step with CipherTrust as the key store, all but the secret. */
async function choosePlace(page: Page, folder: string, endpoint: string, caFile: string): Promise<void> {
  await page.getByRole('link', { name: 'Set up on this machine' }).click();
  await page.getByLabel('Folder', { exact: true }).fill(folder);
  await page.getByRole('radio', { name: 'Another key store' }).check();
  await page.getByRole('combobox', { name: 'Which one' }).click();
  await page.getByRole('option', { name: 'Thales CipherTrust' }).click();
  await page.getByLabel('Address', { exact: true }).fill(endpoint);
  await page.getByLabel('Domain', { exact: true }).fill('storage');
  await page.locator('input[type=file]').setInputFiles(caFile);
  await expect(page.getByText('ciphertrust-ca.pem')).toBeVisible();
  await page.getByRole('radio', { name: 'Practice' }).check();
  await page.getByText(/^More:/).click();
  // There is no Vault, so nobody asks for its ports.
  await expect(page.getByLabel('Vault', { exact: true })).toHaveCount(0);
  const first = randomInt(20_000, 30_000);
  for (const [at, name] of ['KES', 'MinIO', 'MinIO console'].entries())
    await page.getByLabel(name, { exact: true }).fill(String(first + at));
}

test('a person clicks to a proof with Thales CipherTrust as the key store, and every page names it', async ({
  window,
  place,
  cipherTrust,
}) => {
  const frames = framesToWindow(window);
  await window.reload();
  await choosePlace(window, join(place.folder, 'lab'), 'ciphertrust', cipherTrust.caFile);
  await expect(window.getByText('Missing, or not what this key store takes.')).toBeVisible();
  await expect(window.getByRole('button', { name: 'Save the place' })).toBeDisabled();
  await window.getByLabel('Address', { exact: true }).fill(cipherTrust.url);
  await window.getByRole('button', { name: 'Save the place' }).click();
  await expect(window.getByText('KES cannot log in without it.')).toBeVisible();
  await expect(window.getByLabel('Refresh token')).toBeFocused();
  await expectAccessible(window);
  await window.getByLabel('Refresh token').fill(token);
  await window.getByRole('button', { name: 'Save the place' }).click();

  const steps = window.getByRole('navigation', { name: 'Steps' });
  const rail = window.getByRole('navigation', { name: 'Pages' });
  const later = [
    ['Servers', 'Use these servers', 2],
    ['Certificates', 'Make the certificates', 3],
    ['KES', 'Start KES', 4],
    ['Key', 'Create the key', 5],
    ['MinIO', 'Start MinIO', 6],
    ['Bucket', 'Make the bucket', 7],
    ['First object', 'Upload the object', 8],
    ['Proof', 'Prove it', 9],
  ] as const;
  for (const [name, does, proven] of later) {
    // The three steps about Vault have nothing to do, and say why.
    if (name === 'KES') {
      await window.getByRole('button', { name: 'Next: Vault' }).click();
      await expect(window.getByText('KES keeps its keys in Thales CipherTrust: there is no Vault to set up')).toBeVisible();
      for (const next of ['Initialise and unseal', 'Prepare Vault for KES'])
        await window.getByRole('button', { name: `Next: ${next}` }).click();
    }
    await window.getByRole('button', { name: `Next: ${name}`, exact: true }).click();
    if (name === 'KES') await expect(window.getByText('key store Thales CipherTrust').first()).toBeVisible();
    await window.getByRole('button', { name: does }).click();
    await expect(steps.getByText(new RegExp(`^(?:${proven}|${proven + 3}|${proven + 4}) of 13 proven$`))).toBeVisible({ timeout: 90_000 });
  }
  await expect(window.getByRole('heading', { name: 'Is the encryption real?' })).toBeVisible();
  expect([...cipherTrust.secrets.keys()]).toEqual(['minio-default']);

  await rail.getByRole('link', { name: 'Overview', exact: true }).click();
  await expect(window.getByRole('main').getByText('Thales CipherTrust').first()).toBeVisible();
  await expect(window.getByRole('main').getByText('OpenBao')).toHaveCount(0);
  await expectAccessible(window);
  await rail.getByRole('link', { name: /^Vault/ }).click();
  await expect(window.getByText('No. KES keeps its keys in Thales CipherTrust')).toBeVisible();
  await showIn(window, 'Dark');
  await expectAccessible(window);

  // When the key store goes, the page says so in its name, and nothing is called proven by it.
  await cipherTrust.close();
  await rail.getByRole('link', { name: 'Overview', exact: true }).click();
  await expect(window.getByText('KES does not reach Thales CipherTrust').first()).toBeVisible({ timeout: 60_000 });
  // What was typed went in once and never comes back.
  expect(frames()).not.toContain(token);
  expect(readFileSync(join(place.folder, 'lab', 'kes', 'kes.yaml'), 'utf8')).toContain(token);
});

test('credentials are given again in the place of an existing stack, where the form shows what is kept and never a value', async ({
  window,
  place,
  cipherTrust,
}) => {
  await choosePlace(window, join(place.folder, 'lab'), cipherTrust.url, cipherTrust.caFile);
  await window.getByLabel('Refresh token').fill('a-stale-token');
  await window.getByRole('button', { name: 'Save the place' }).click();
  await window.getByRole('button', { name: 'Next: Servers' }).click();
  await window.getByText('Express', { exact: true }).click();
  await window.getByRole('button', { name: /^(?:Go on with the rest|Set up everything)$/ }).click();
  await expect(window.getByRole('alert').getByText('KES cannot start: Thales CipherTrust refuses the log-in')).toBeVisible({
    timeout: 90_000,
  });
  await window.goto(window.url().replace(/setup\/.*/, 'setup/place'));
  await expect(window.getByText('Kept: credentials.token')).toBeVisible();
  await window.getByLabel('Refresh token').fill(token);
  await window.getByRole('button', { name: 'Keep the credentials' }).click();
  await expect(window.getByLabel('Refresh token')).toHaveValue('');
  await window.goto(window.url().replace(/setup\/.*/, 'setup/express'));
  await window.getByRole('button', { name: 'Go on with the rest' }).click();
  await expect(window.getByRole('heading', { name: 'Is the encryption real?' })).toBeVisible({ timeout: 90_000 });
});
