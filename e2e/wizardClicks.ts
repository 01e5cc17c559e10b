import { expect, type Locator, type Page } from 'playwright/test';

/**
 * Each wizard clicked by itself, as a person would, on whatever stack the window shows: a lab, a connected or a mixed one.
 * All begin on Overview or in the palette and end with what the other side answered.
 */

export type WizardWord = 'Check objects' | 'Bucket encryption' | 'New key' | 'Unseal Vault' | 'Certificates';

const done = /^Done and proven by \d+ answers? at \d\d:\d\d\.$/;

/** From Overview, where the wizards are listed. */
export async function openFromOverview(page: Page, wizard: WizardWord): Promise<void> {
  await page.getByRole('link', { name: 'Overview', exact: true }).click();
  await page.getByRole('main').getByRole('link', { name: wizard, exact: true }).click();
}

/** By keyboard alone, from any page. */
export async function openFromPalette(page: Page, wizard: WizardWord): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Go to or do…' });
  // The palette comes after the first picture.
  await expect(async () => {
    await page.keyboard.press('Control+k');
    await expect(field).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await field.fill(wizard);
  await page.keyboard.press('Enter');
}

async function proven(page: Page): Promise<void> {
  await expect(page.getByText(done)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('heading', { name: 'What the other side answered' })).toBeVisible();
}

export async function finish(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await expect(page.getByRole('heading', { name: /^Does encryption work/ })).toBeVisible();
}

/** Sees the plan and makes what it says. `days`: certificates that end then are made again. */
export async function certificatesAlone(page: Page, days?: number): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Which certificates are there, and when do they end?' })).toBeVisible();
  if (days !== undefined) await page.getByLabel('Valid for, days', { exact: true }).fill(String(days));
  await expect(page.getByRole('heading', { name: 'What will happen' })).toBeVisible();
  if (days !== undefined) await expect(page.getByText(/Replace the certificate of vault/)).toBeVisible();
  await page.getByRole('button', { name: 'Make what is planned' }).click();
  await proven(page);
}

/** Makes a key; without a name the one that is proposed, which is returned. */
export async function keyAlone(page: Page, name?: string): Promise<string> {
  await expect(page.getByRole('heading', { name: 'What is the new key called?' })).toBeVisible();
  const field = page.getByLabel('Name', { exact: true });
  await expect(field).toHaveValue(/./);
  if (name !== undefined) await field.fill(name);
  const made = await field.inputValue();
  await expect(page.getByText(`Create the key ${made} through KES`)).toBeVisible();
  await page.getByRole('button', { name: 'Create the key' }).click();
  await proven(page);
  await expect(page.getByText(`KES knows the key ${made}`)).toBeVisible();
  return made;
}

/** Offers the keys that KES lists; where it lists none, a plain field. */
export function keyField(page: Page): Locator {
  return page.getByRole('combobox', { name: 'Key', exact: true }).or(page.getByRole('textbox', { name: 'Key', exact: true }));
}

interface WantedRule {
  bucket: string;
  rule: 'SSE-KMS' | 'SSE-S3';
  /** Of SSE-KMS; absent: what the form holds. */
  key?: string;
}

/** Sets the rule of a bucket, which is made when it is not there. */
export async function bucketAlone(page: Page, { bucket, rule, key }: WantedRule): Promise<void> {
  await expect(page.getByRole('heading', { name: 'What do new objects in a bucket get by default?' })).toBeVisible();
  await expect(page.getByRole('radio', { name: 'A new bucket' })).toBeVisible();
  const there = page.getByRole('radio', { name: bucket, exact: true });
  if (await there.isVisible()) await there.check();
  else {
    await page.getByRole('radio', { name: 'A new bucket' }).check();
    await page.getByLabel('Name of the new bucket').fill(bucket);
  }
  await page.getByRole('radio', { name: rule, exact: true }).check();
  if (key !== undefined) await keyField(page).fill(key);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('listitem').filter({ hasText: bucket }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Set the rule' }).click();
  await proven(page);
  await expect(page.getByText(`MinIO has the bucket ${bucket}`)).toBeVisible();
}

/** Checks the objects of a bucket; the answer in one sentence is what `says` expects. */
export async function checkAlone(page: Page, { bucket, says }: { bucket?: string; says: string | RegExp }): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Are the objects encrypted, and do they open?' })).toBeVisible();
  if (bucket !== undefined) {
    await page.getByRole('combobox', { name: 'Bucket' }).click();
    await page.getByRole('option', { name: bucket, exact: true }).click();
  }
  await page.getByRole('button', { name: /^Check (up to|again)/ }).click();
  await expect(page.getByRole('banner').or(page.getByRole('main')).getByText(says).first()).toBeVisible({ timeout: 60_000 });
}

/** Gives shares one at a time until Vault is open. On one that is open already only Vault is asked. */
export async function unsealAlone(page: Page, shares: readonly string[]): Promise<void> {
  await expect(page.getByRole('heading', { name: /^(Is Vault open|What does Vault need to open)\?$/ })).toBeVisible();
  for (const [at, share] of shares.entries()) {
    const field = page.getByLabel('Share', { exact: true });
    await field.fill(share);
    await page.keyboard.press('Enter');
    if (at + 1 < shares.length) await expect(page.getByText(`${at + 1} of ${shares.length} shares`, { exact: true })).toBeVisible();
  }
  await expect(page.getByText(/is unsealed and active/)).toBeVisible();
  await page.getByRole('button', { name: 'Ask Vault again' }).click();
  await expect(page.getByText(/^Initialised: \d+ shares, \d+ needed$/)).toBeVisible({ timeout: 60_000 });
}
