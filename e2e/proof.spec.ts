import { readFile } from 'node:fs/promises';
import { proofFingerprint } from '../electron/services/proof/proofFiles.ts';
import type { Proof } from '../shared/proof.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, showIn } from './window.ts';

test('a proof is run again, shown in order, exported and printed', async ({ window: page }) => {
  await test.step('the first proof of the lab is there', async () => {
    await page.getByRole('link', { name: 'Show' }).click();
    await expect(page.getByRole('heading', { name: 'Is the encryption real?' })).toBeVisible();
    await expect(page.getByText('1 proof', { exact: true })).toBeVisible();
  });

  await test.step('another one runs, and its answers come one by one', async () => {
    await page.getByRole('button', { name: 'Run again' }).click();
    await expect(page.getByText('2 proofs, newest first')).toBeVisible();
    await expect(page.getByText('Proven. Without the key in Vault the object could not be read; with it, it could.')).toBeVisible();
  });

  await test.step('it shows withholding, the refused read and the return in order', async () => {
    const answers = await page
      .getByRole('listitem')
      .filter({ has: page.locator('time') })
      .allInnerTexts();
    const whole = answers.join('\n');
    // "Still readable" comes between them unless KES happens to forget the key at that very moment.
    const order = ['Canary written', 'Key withheld', 'Reading failed, as it must', 'Key put back', 'Reading works again'];
    const places = order.map((text) => whole.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(whole).toContain('404 kms:KeyNotFound');
    const picture = page.getByRole('img', { name: 'Key in Vault, KES cache and reads over time' });
    await expect(picture).toHaveAccessibleDescription(/withheld from .* for .* s\..*refused, as it must be/);
    await expect(page.getByText('practice: not protected')).toBeVisible();
  });

  await test.step('it passes axe in light and dark', async () => {
    await showIn(page, 'Dark');
    await expectAccessible(page);
    await showIn(page, 'Light');
    await expectAccessible(page);
  });

  await test.step('as JSON it carries its own fingerprint', async () => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'JSON, as it is kept' }).click();
    const file = await download;
    const proof = JSON.parse(await readFile(await file.path(), 'utf8')) as Proof;
    expect(file.suggestedFilename()).toBe(`sealdeck-proof-${proof.id}.json`);
    expect(proof).toMatchObject({ result: 'proven', level: 'chain', protected: false });
    expect(proofFingerprint(proof)).toBe(proof.sha256);
    await expect(page.getByText(proof.sha256?.slice(0, 10) ?? 'none')).toBeVisible();
  });

  await test.step('on paper only the proof is left, in dark ink', async () => {
    await showIn(page, 'Dark');
    await page.emulateMedia({ media: 'print' });
    await expect(page.getByRole('navigation', { name: 'Pages' })).toBeHidden();
    await expect(page.getByRole('heading', { name: 'Is the encryption real?' })).toBeVisible();
    await page.emulateMedia({ media: 'screen' });
  });

  await test.step('another level is one click away, and says what it does not prove', async () => {
    await page.getByRole('button', { name: 'Choose the level' }).click();
    await page.getByRole('menuitem', { name: 'Proven rule' }).click();
    await expect(page.getByText('An object written without headers was encrypted as the bucket’s rule says.')).toBeVisible();
    await expect(page.getByText('3 proofs, newest first')).toBeVisible();
  });
});
