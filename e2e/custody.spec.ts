import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { ageDecrypt, makeGpg, noGpg } from '../electron/services/vault/custodyTools.testSupport.ts';
import { call } from './cli.ts';
import { openPracticeLab, vaultStatus } from './foreignTools.ts';
import { test as empty, expect, type Place } from './host.ts';
import { freePorts, sharesOf, test } from './lab.ts';
import { leaks } from './tracers.ts';
import { expectAccessible, framesToWindow, showIn } from './window.ts';

const passphrases: Record<string, string> = {
  Security: 'violet harbour kettle nine',
  'Storage team': 'seven quiet maples bending',
  'Data centre': 'the slow lighthouse hums',
};
const order = ['Operations', 'Security', 'Storage team', 'Compliance', 'Data centre'];

const fieldOf = (text: string, label: string): string => new RegExp(`^${label}: +(\\S+)$`, 'm').exec(text)?.[1] ?? '';

/** Drops a file as a person would, with its name and bytes. */
async function drop(page: Page, place: Locator, path: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([name, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([content ?? ''], name ?? ''));
      return data;
    },
    [basename(path), readFileSync(path, 'utf8')],
  );
  await place.getByText('Drop the file here').dispatchEvent('drop', { dataTransfer: transfer });
}

test('five custodians get their files, Sealdeck’s copy goes, and three of them unseal after a restart', async ({ window: page, lab }) => {
  test.skip(noGpg() !== undefined, noGpg());
  const gpg = await makeGpg();
  try {
    const received = framesToWindow(page);
    await page.reload();
    const shares = await sharesOf(lab);
    const files = new Map<string, string>();
    const texts = new Map<string, string>();
    const dialog = page.getByRole('dialog');
    const pick = (label: string) => page.locator(`input[type=file][aria-label="${label}"]`);

    await test.step('Overview says that the shares are kept, and leads to where they are handed out', async () => {
      await page.getByRole('link', { name: 'Hand out…' }).click();
      await expect(page.getByRole('heading', { name: 'Custody' })).toBeVisible();
      await expect(page.getByText('0 of 5 confirmed.')).toBeVisible();
      await expect(page.getByRole('button', { name: 'Destroy Sealdeck’s copy…' })).toHaveCount(0);
    });

    await test.step('a private key and a short passphrase are refused with the reason', async () => {
      await gpg.key('Operations <ops@example.org>');
      await page.getByRole('button', { name: 'Hand out a share…' }).click();
      await dialog.getByLabel('Name').fill('Operations');
      await dialog.getByLabel('Passphrase', { exact: true }).fill('too short');
      await dialog.getByLabel('Again').fill('too short');
      await dialog.getByRole('button', { name: 'Make the file' }).click();
      await expect(dialog.getByText('At least 12 characters.')).toBeVisible();
      await dialog.getByRole('combobox', { name: 'Sealed with' }).click();
      await page.getByRole('option', { name: 'PGP key' }).click();
      const secretKey = join(lab.data, '..', 'secret.asc');
      await writeFile(secretKey, await gpg.privateKey('ops@example.org'), { mode: 0o600 });
      await pick('Public key file').setInputFiles(secretKey);
      await expect(dialog.getByText('The file of Operations holds a private key')).toBeVisible();
      await dialog.getByRole('button', { name: 'Close' }).click();
    });

    for (const name of order)
      await test.step(`${name} gets a file, opens it with a tool of their own, and confirms it`, async () => {
        const passphrase = passphrases[name];
        await page.getByRole('button', { name: 'Hand out a share…' }).click();
        await dialog.getByLabel('Name').fill(name);
        if (passphrase === undefined) {
          const address = `${name.toLowerCase()}@example.org`;
          const key = join(gpg.home, `${name}.asc`);
          await writeFile(key, name === 'Operations' ? await gpg.publicKey('ops@example.org') : await gpg.key(`${name} <${address}>`));
          await dialog.getByRole('combobox', { name: 'Sealed with' }).click();
          await page.getByRole('option', { name: 'PGP key' }).click();
          await drop(page, dialog, key);
          await expect(dialog.getByText(/^Curve25519, /)).toBeVisible();
        } else {
          await dialog.getByLabel('Passphrase', { exact: true }).fill(passphrase);
          await dialog.getByLabel('Again').fill(passphrase);
        }
        if (name === 'Operations') await expectAccessible(page);
        const saving = page.waitForEvent('download');
        await dialog.getByRole('button', { name: 'Make the file' }).click();
        const saved = await saving;
        const file = join(gpg.home, saved.suggestedFilename());
        await saved.saveAs(file);
        const content = readFileSync(file, 'utf8');
        const text = passphrase === undefined ? await gpg.decrypt(content) : await ageDecrypt(content, passphrase);
        expect(shares).toContain(fieldOf(text, 'Share'));
        files.set(name, file);
        texts.set(name, text);
        if (name === 'Security') await expectAccessible(page);
        await drop(page, dialog, file);
        if (passphrase === undefined) {
          await dialog.getByLabel('Confirmation code').fill('AAAAA-AAAAA');
          await dialog.getByRole('button', { name: 'Confirm the file' }).click();
          await expect(dialog.getByText('The confirmation code is wrong')).toBeVisible();
          await dialog.getByLabel('Confirmation code').fill(fieldOf(text, 'Confirmation code'));
        } else await dialog.getByLabel('Passphrase', { exact: true }).fill(passphrase);
        await dialog.getByRole('button', { name: 'Confirm the file' }).click();
        await expect(dialog.getByText(`${name} holds share ${order.indexOf(name) + 1} of 5`)).toBeVisible();
        await dialog.getByRole('button', { name: 'Close' }).click();
      });

    await test.step('the page passes axe in both themes, and the copy is destroyed after its facts were shown', async () => {
      expect(new Set([...texts.values()].map((text) => fieldOf(text, 'Share')))).toEqual(new Set(shares));
      await showIn(page, 'Dark');
      await expectAccessible(page);
      await showIn(page, 'Light');
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Destroy Sealdeck’s copy…' }).click();
      await expect(dialog.getByText('If 3 of them are lost')).toBeVisible();
      await expectAccessible(page);
      await expect(dialog.getByRole('button', { name: 'Destroy the copy' })).toBeDisabled();
      await dialog.getByRole('textbox').fill('local-lab');
      await dialog.getByRole('button', { name: 'Destroy the copy' }).click();
      await expect(page.getByText('Sealdeck holds no share: its own copy was destroyed.')).toBeVisible();
    });

    await test.step('no share is left in the store or anywhere in the lab and the data folder', async () => {
      expect(await sharesOf(lab)).toEqual([]);
      const forms = [...shares, ...shares.map((share) => Buffer.from(share, 'base64').toString('hex'))];
      expect(leaks(lab.dir, forms, [])).toEqual([]);
      expect(leaks(lab.data, forms, [])).toEqual([]);
      expect(forms.filter((form) => received().includes(form))).toEqual([]);
    });

    await test.step('after a restart the page says who can open it', async () => {
      await page.getByRole('link', { name: 'Overview' }).click();
      await page.getByRole('button', { name: 'Stop all…' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Stop', exact: true }).click();
      await expect(page.getByText('stopped', { exact: true })).toHaveCount(3);
      await page.getByRole('button', { name: 'Start all' }).click();
      await page.getByRole('link', { name: /^Vault/ }).click();
      await expect(page.getByText('can give')).toHaveCount(5);
      await expect(page.getByRole('button', { name: 'Use the kept shares' })).toHaveCount(0);
      await expectAccessible(page);
    });

    await test.step('three of them open it at this window, one after the other', async () => {
      const who = page.getByRole('combobox', { name: 'Custodian' });
      const choose = async (name: string): Promise<void> => {
        await who.click();
        await page.getByRole('option', { name }).click();
      };
      await choose('Security');
      await pick('Share file').setInputFiles(files.get('Security') ?? '');
      await page.getByLabel('Passphrase', { exact: true }).fill('not the right passphrase');
      await page.keyboard.press('Enter');
      await expect(page.getByText('The passphrase does not open this file')).toBeVisible();
      await page.getByLabel('Passphrase', { exact: true }).fill(passphrases.Security ?? '');
      await page.keyboard.press('Enter');
      await expect(page.getByText('Taken: 1 of 3. 2 more are needed.')).toBeVisible();
      await expect(page.getByText(/^given /)).toHaveCount(1);
      await expect(who).toHaveValue('Not named');

      await choose('Operations');
      await page.getByLabel('Share', { exact: true }).fill(readFileSync(files.get('Operations') ?? '', 'utf8'));
      await page.keyboard.press('Enter');
      await expect(page.getByText('This share is still encrypted')).toBeVisible();
      await page.getByLabel('Share', { exact: true }).fill(fieldOf(texts.get('Operations') ?? '', 'Share'));
      await page.keyboard.press('Enter');
      await expect(page.getByText('Taken: 2 of 3. One more is needed.')).toBeVisible();
      await expect(page.getByText(/^given /)).toHaveCount(2);

      await choose('Data centre');
      await drop(page, page.getByRole('complementary'), files.get('Data centre') ?? '');
      await page.getByLabel('Passphrase', { exact: true }).fill(passphrases['Data centre'] ?? '');
      await page.keyboard.press('Enter');
      await expect(page.getByText('Yes. vault-1 is unsealed and active.')).toBeVisible();
      await expect(page.getByText('MinIO reads and writes encrypted objects')).toBeVisible({ timeout: 60_000 });
      expect(await vaultStatus(await openPracticeLab(lab.dir, lab.data, lab.stackId))).toMatchObject({ sealed: false, t: 3, n: 5 });
    });
  } finally {
    await gpg.close();
  }
});

/** A stack whose Vault runs and was never initialised. */
async function upToVault(place: Place): Promise<string> {
  const data = ['--data', place.data];
  await call(data, 'store.create', { mode: 'practice' }, place.env);
  const proposed = (await call(data, 'setup.propose', {}, place.env)) as { place: Record<string, unknown> };
  const ports = await freePorts(['vault', 'vaultCluster', 'kes', 'minio', 'minioConsole']);
  const made = { ...proposed.place, name: 'local-lab', folder: join(place.folder, 'lab'), ports };
  const { stackId } = (await call(data, 'setup.create', { place: made, mode: 'guided' }, place.env)) as { stackId: string };
  for (const step of ['place', 'servers', 'certificates', 'vault'])
    await call(data, 'setup.apply', { stackId, step, input: step === 'servers' ? { get: true } : {} }, place.env);
  return stackId;
}

empty(
  'custodians are named in the guided step, and a key that cannot encrypt is found before Vault is initialised',
  async ({ place, browser, openWindow }) => {
    empty.skip(noGpg() !== undefined, noGpg());
    const gpg = await makeGpg();
    try {
      const stackId = await upToVault(place);
      const page = await browser.newPage();
      await openWindow(page);
      await page.getByRole('link', { name: 'Set up', exact: true }).click();
      await expect(page.getByRole('heading', { name: 'Initialise and unseal OpenBao' })).toBeVisible();
      const initialise = page.getByRole('button', { name: 'Initialise OpenBao' });

      await page.getByLabel('Unseal shares').fill('3');
      await page.getByLabel('Needed to unseal').fill('2');
      await page.getByLabel('Name the custodians now').check();
      await page.getByLabel('Custodian 1', { exact: true }).fill('Operations');
      await page.getByLabel('Custodian 2', { exact: true }).fill('Operations');
      await expect(page.getByText('Two custodians are called Operations.')).toBeVisible();
      await expect(initialise).toBeDisabled();
      await page.getByLabel('Custodian 2', { exact: true }).fill('Security');
      await page.getByRole('combobox', { name: 'Sealed with 1' }).click();
      await page.getByRole('option', { name: 'PGP key' }).click();
      await expect(initialise).toBeDisabled();

      const file = join(gpg.home, 'key.asc');
      const pick = page.locator('input[type=file][aria-label="Public key file 1"]');
      await writeFile(file, await gpg.key('Signer <signer@example.org>', 'rsa2048'));
      await pick.setInputFiles(file);
      await expect(page.getByText('Nothing can be encrypted to the PGP key of Operations').first()).toBeVisible();
      await writeFile(file, await gpg.key('Operations <ops@example.org>'));
      await pick.setInputFiles(file);
      await expect(page.getByText(/^Name 3 custodians, their keys checked.*: Operations, Security, Custodian 3$/)).toBeVisible();
      await expectAccessible(page);

      await initialise.click();
      await expect(page.getByText('Files still to be handed out or confirmed: Operations, Security, Custodian 3')).toBeVisible({
        timeout: 90_000,
      });
      await expect(page.getByText('0 of 3 shares handed out and confirmed.')).toBeVisible();
      await page.getByRole('link', { name: 'Hand out on the Vault page' }).click();
      await expect(page.getByText('no file yet')).toHaveCount(3);

      await page.getByRole('button', { name: 'Hand out…' }).first().click();
      const dialog = page.getByRole('dialog');
      const saving = page.waitForEvent('download');
      await dialog.getByRole('button', { name: 'Make the file' }).click();
      const saved = await saving;
      const share = join(gpg.home, saved.suggestedFilename());
      await saved.saveAs(share);
      await drop(page, dialog, share);
      await dialog.getByLabel('Confirmation code').fill(fieldOf(await gpg.decrypt(readFileSync(share, 'utf8')), 'Confirmation code'));
      await dialog.getByRole('button', { name: 'Confirm the file' }).click();
      await dialog.getByRole('button', { name: 'Next: Security' }).click();
      await expect(dialog.getByRole('heading', { name: 'Hand out a share to Security' })).toBeVisible();
      await dialog.getByRole('button', { name: 'Close' }).click();
      await page.getByRole('button', { name: 'Take Custodian 3 off the list' }).click();
      await expect(page.getByText('1 share without a custodian')).toBeVisible();
      const { custodians } = (await call(['--data', place.data], 'vault.custody', { stackId }, place.env)) as {
        custodians: { name: string }[];
      };
      expect(custodians.map(({ name }) => name)).toEqual(['Operations', 'Security']);
      await page.close();
    } finally {
      await gpg.close();
    }
  },
);
