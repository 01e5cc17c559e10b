import { execFile } from 'node:child_process';
import { chmod, copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright/test';
import { ensureServers } from '../servers/get.ts';
import { openPracticeLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, framesToWindow, showIn } from './window.ts';

const run = promisify(execFile);
const word = 'correct horse battery';

async function openssl(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run('openssl', args);
  return stdout + stderr;
}

const openCertificates = (page: Page): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name: 'Certificates', exact: true }).click();

test('certificates are listed, made, asked for, taken in and given out, and API keys of KES stay in the engine', async ({
  window: page,
  lab,
  place,
}) => {
  const frames = framesToWindow(page);
  await page.reload();
  const at = (file: string): string => join(lab.dir, file);
  const here = (name: string): string => join(place.folder, name);
  const row = (name: RegExp) => page.getByRole('row', { name });
  const choose = async (label: string, option: string | RegExp): Promise<void> => {
    await page.getByRole('combobox', { name: label, exact: true }).click({ timeout: 15_000 });
    await page.getByRole('option', { name: option }).click({ timeout: 15_000 });
  };

  await test.step('the list says what lies there, and its answer what is wrong with it', async () => {
    await openCertificates(page);
    await expect(page.getByText('Yes: 7 files, nothing wrong with any.')).toBeVisible();
    await expect(row(/certs\/minio-client\.crt/)).toContainText('client · P-256');
    await expect(row(/certs\/ca\.crt local/)).toContainText('store');
    for (const theme of ['Dark', 'Light'] as const) {
      await showIn(page, theme);
      await expectAccessible(page);
    }
    await chmod(at('certs/kes.key'), 0o644);
    await copyFile(at('certs/vault.key'), at('certs/old.key'));
    await page.reload();
    await expect(page.getByText('No: 1 of 9 files does not do.')).toBeVisible();
    await expect(row(/certs\/kes\.key/)).toContainText('Others on this machine can read this key: its mode is 0644');
    await expect(row(/certs\/old\.key/)).toContainText('The same private key also lies in certs/vault.key');
    await page.getByRole('button', { name: 'Show certs/kes.key' }).press('Enter');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Set it to 0600' }).click();
    await expect(page.getByText('1 of 8 files deserves a look.')).toBeVisible();
    expect((await stat(at('certs/kes.key'))).mode & 0o777).toBe(0o600);
    await page.getByRole('button', { name: 'Close the card' }).click();
  });

  await test.step('a root, an intermediate below it and a server’s certificate are made, with the stack’s own names', async () => {
    await page.getByRole('button', { name: 'Make…', exact: true }).click();
    await page.getByText('CA', { exact: true }).click();
    await page.getByRole('button', { name: 'Make the CA' }).click();
    await expect(page.getByText('Made: certs/authority/root.crt')).toBeVisible();
    await page.getByRole('button', { name: 'Make another' }).click();
    await choose('Signed by', /root\.crt/);
    await expect(page.getByText('Make the intermediate CA “Local intermediate CA” under certs/authority/root.crt')).toBeVisible();
    for (const theme of ['Dark', 'Light'] as const) {
      await showIn(page, theme);
      await expectAccessible(page);
    }
    await page.getByRole('button', { name: 'Make the CA' }).click();
    await expect(page.getByText('Made: certs/authority/intermediate.crt')).toBeVisible();
    await page.getByRole('button', { name: 'Back to the list' }).click();
    await page.getByRole('button', { name: 'Make…', exact: true }).click();
    await expect(page.getByText('In this stack: 127.0.0.1 (set-up, Vault, KES, MinIO)')).toBeVisible();
    await choose('Signed by', /intermediate\.crt/);
    await page.getByRole('button', { name: 'Make the certificate' }).click();
    await expect(page.getByText('Made: certs/made/server.crt')).toBeVisible();
    await page.getByRole('button', { name: 'Back to the list' }).click();
    const chain = ['-CAfile', at('certs/authority/root.crt'), '-untrusted', at('certs/authority/intermediate.crt')];
    expect(await openssl('verify', '-x509_strict', ...chain, '-verify_hostname', 'localhost', at('certs/made/server.crt'))).toContain('OK');
    expect((await stat(at('certs/made/server.key'))).mode & 0o777).toBe(0o600);
  });

  await test.step('a key goes out as PKCS#12 to a file; an old mode and a wrong password are named', async () => {
    await page.getByRole('button', { name: 'Show certs/made/server.crt' }).click();
    await page.getByRole('button', { name: 'Give out…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Give out certs/made/server.crt' });
    await choose('As', 'PKCS#12 with its key');
    await choose('For an older program', '3DES');
    await dialog.getByLabel('File on the engine’s machine').fill(here('server.p12'));
    const fill = async (): Promise<void> => {
      for (const label of ['Passphrase', 'The same again']) await dialog.getByLabel(label, { exact: true }).fill(word);
    };
    await fill();
    await dialog.getByRole('button', { name: 'Write the file' }).click();
    await expect(dialog.getByText('PKCS#12 with 3DES is not written here')).toBeVisible();
    await choose('For an older program', 'no');
    await fill();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Write the file' }).click();
    await expect(dialog.getByText(`Written: ${here('server.p12')}, mode 0600`)).toBeVisible();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Close the card' }).click();
    expect(await openssl('pkcs12', '-in', here('server.p12'), '-passin', `pass:${word}`, '-nokeys', '-info')).toContain('MAC: sha256');

    const legacy = ['-legacy', '-inkey', at('certs/made/server.key'), '-in', at('certs/made/server.crt'), '-passout', `pass:${word}`];
    await openssl('pkcs12', '-export', ...legacy, '-out', here('old.pfx'));
    await page.getByRole('button', { name: 'Take in…', exact: true }).click();
    const take = page.getByRole('dialog', { name: 'Take in a certificate' });
    await take.locator('input[type=file]').setInputFiles(here('old.pfx'));
    await take.getByLabel('Its password, if it has one').fill('battery horse');
    await take.getByRole('button', { name: 'Look at it' }).click();
    await expect(take.getByText('This password does not open old.pfx')).toBeVisible();
    await take.getByLabel('Its password, if it has one').fill(word);
    await take.getByRole('button', { name: 'Look at it' }).click();
    await expect(take.getByText('Weak protection by today’s measure: SHA-1 MAC, RC2-40, 3DES', { exact: false })).toBeVisible();
    await take.getByLabel('in the credential store, in no file').click();
    await expectAccessible(page);
    await take.getByRole('button', { name: 'Take it in' }).click();
    await expect(take).toHaveCount(0);
    await expect(row(/certs\/imported\/old\.crt/)).toContainText('server · P-256');
  });

  await test.step('a company’s CA is asked; a reply for another key is refused, the right one takes its place', async () => {
    await page.getByRole('button', { name: 'New request…' }).click();
    await choose('In place of', 'KES’s certificate');
    await page.getByRole('button', { name: 'Make the request' }).click();
    await expect(page.getByText('Made: certs/requests/kes.csr')).toBeVisible();
    await page.getByRole('button', { name: 'Back to the list' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the request kes' }).click();
    await (await download).saveAs(here('kes.csr'));
    expect(await openssl('req', '-in', here('kes.csr'), '-verify', '-noout')).toMatch(/verify OK/i);

    const ca = ['-subj', '/O=Company/CN=Company Root', '-days', '30', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
    await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', here('ca.key'), '-out', here('ca.pem'), ...ca);
    await writeFile(here('ext'), 'extendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n');
    const sign = (csr: string, out: string): Promise<string> =>
      openssl(
        'x509',
        '-req',
        '-in',
        csr,
        '-CA',
        here('ca.pem'),
        '-CAkey',
        here('ca.key'),
        '-days',
        '20',
        '-extfile',
        here('ext'),
        '-out',
        out,
      );
    await openssl('req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', here('x.key'), '-out', here('x.csr'), '-subj', '/CN=x');
    await sign(here('x.csr'), here('x.pem'));
    await sign(here('kes.csr'), here('kes.pem'));

    await page.getByRole('button', { name: 'Take the reply to kes' }).click();
    const dialog = page.getByRole('dialog', { name: 'The reply to kes' });
    const [reply, root] = [dialog.locator('input[type=file]').first(), dialog.locator('input[type=file]').last()];
    await reply.setInputFiles(here('x.pem'));
    await root.setInputFiles(here('ca.pem'));
    await dialog.getByRole('button', { name: 'Look at it' }).click();
    await expect(dialog.getByText('It is for another key than that of this request.', { exact: false })).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Put it in place' })).toHaveCount(0);
    await reply.setInputFiles(here('kes.pem'));
    await dialog.getByRole('button', { name: 'Look at it' }).click();
    await expect(dialog.getByText('Replace certs/kes.crt by the reply with its chain')).toBeVisible();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Put it in place' }).click();
    await expect(page.getByText('A TLS client that trusts this CA alone accepts it as', { exact: false })).toBeVisible();
    await page.keyboard.press('Escape');
    expect(await openssl('verify', '-CAfile', at('certs/trust/kes.crt'), at('certs/kes.crt'))).toContain('OK');
    await expect(row(/certs\/before\/kes-/)).toContainText('store');
  });

  await test.step('an API key is made and tried, saved to a file, and never comes into the window', async () => {
    const { kes } = await ensureServers(['kes']);
    await page.getByRole('button', { name: 'Make an API key…' }).click();
    await page.getByRole('dialog', { name: 'Make an API key' }).getByLabel('Name').fill('backup');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Save backup to a file' }).click();
    const dialog = page.getByRole('dialog', { name: 'Save backup to a file' });
    await dialog.getByLabel('File on the engine’s machine').fill(here('backup.key'));
    await page.keyboard.press('Enter');
    // The dialog speaks of that mode before, too.
    await expect(dialog.getByText(`${here('backup.key')}, mode 0600`, { exact: false })).toBeVisible();
    await page.keyboard.press('Escape');
    const key = (await readFile(here('backup.key'), 'utf8')).trim();
    const identity = (await run(kes, ['identity', 'of', key])).stdout.trim();
    await expect(row(/^backup/)).toContainText(identity.slice(0, 6));
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Remove backup' }).click();
    await page.getByLabel('Type backup').fill('backup');
    await page.getByRole('button', { name: 'Remove the key' }).click();
    await expect(row(/^backup/)).toHaveCount(0);
    const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
    for (const secret of [key.slice(7), ...seen.secrets.all]) expect(frames()).not.toContain(secret);
  });
});
