import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { makePublicCa } from '../electron/services/certificates/board/publicFolders.testSupport.ts';
import { call } from './cli.ts';
import { mc, openPracticeLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, showIn } from './window.ts';

const matrix = (page: Page) => page.getByRole('table', { name: 'Addresses and what they serve' });
const row = (page: Page, name: RegExp) => matrix(page).getByRole('row', { name });
const identities = (page: Page) => page.getByRole('table', { name: 'Client certificates and the policies that name them' });
const ends = (page: Page) => page.getByRole('table', { name: 'Certificates by their end' });

/** What a server shows for a name, as openssl sees it. */
function shown(url: string, name: string): string {
  const { host } = new URL(url);
  return execFileSync(
    'sh',
    [
      '-c',
      `openssl s_client -connect ${host} -servername ${name} </dev/null 2>/dev/null | openssl x509 -noout -subject -issuer -ext subjectAltName,basicConstraints`,
    ],
    { encoding: 'utf8' },
  );
}

test('what every address serves is seen, mended, renewed, exchanged and installed', async ({ window: page, lab, place }) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  const data = ['--data', lab.data];
  const urlOf = (kind: 'keyStores' | 'kesClusters' | 'minioClusters'): string => seen.stack[kind][0]?.nodes[0]?.url ?? '';

  await test.step('all is green, and each identity stands with the policy and line that names it', async () => {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Certificates' }).click();
    await page.getByRole('tab', { name: 'Served' }).click();
    await expect(page.getByText(/^Yes: all \d+ addresses serve what their clients accept\.$/)).toBeVisible();
    await expect(row(page, /used by MinIO/)).toContainText('trusted');
    await expect(identities(page).getByRole('row', { name: /minio-client/ })).toContainText(/minio.*kes\/kes\.yaml, line \d+.*clientAuth/);
    await expect(ends(page).getByRole('row')).toHaveCount(7);
    await expectAccessible(page);
  });

  await test.step('limits decide what is soon, and are kept', async () => {
    await page.getByRole('textbox', { name: /^Urgent below/ }).fill('40');
    await expect(page.getByText('Urgent must be the smaller number of days.')).toBeVisible();
    await page.getByRole('textbox', { name: /^Soon below/ }).fill('365');
    await page.getByRole('button', { name: 'Keep' }).click();
    await expect(ends(page).getByRole('row', { name: /Certificate of Vault/ })).toContainText('soon');
    await expect(page.getByText(/addresses are accepted, \d+ deserve a look/)).toBeVisible();
    await page.getByRole('textbox', { name: /^Urgent below/ }).fill('7');
    await page.getByRole('textbox', { name: /^Soon below/ }).fill('30');
    await page.getByRole('button', { name: 'Keep' }).click();
    await expect(page.getByText(/^Yes: all/)).toBeVisible();
  });

  await test.step('the calendar is saved', async () => {
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save calendar' }).click();
    const file = await (await saving).path();
    const content = await readFile(file, 'utf8');
    expect(content).toMatch(/^BEGIN:VCALENDAR\r\n/);
    expect(content.match(/BEGIN:VEVENT/g)).toHaveLength(6);
  });

  await test.step('the Chinese guide’s certificate is red where it is wrong', async () => {
    const files = ['-keyout', join(lab.dir, 'certs/vault.key'), '-out', join(lab.dir, 'certs/vault.crt')];
    const names = ['-days', '365', '-subj', '/CN=localhost', '-addext', 'subjectAltName = IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', ...files, ...names], {
      stdio: 'ignore',
    });
    await page.getByRole('button', { name: 'Look again' }).click();
    await expect(row(page, /^Vault https:\/\/127/)).toContainText(/another one|old one served/);
    const { servers } = (await call(data, 'lab.status', { stackId: lab.stackId }, place.env)) as {
      servers: { kind: string; pid: number }[];
    };
    process.kill(servers.find(({ kind }) => kind === 'vault')?.pid ?? 0, 'SIGHUP');
    await expect(async () => {
      await page.getByRole('button', { name: 'Look again' }).click();
      await expect(row(page, /^Vault https:\/\/localhost/)).toContainText(/localhost missing.*self-signed.*any.*CA:TRUE/, {
        timeout: 1_000,
      });
    }).toPass();
    await expect(page.getByText(/addresses are refused, or will be soon\.$/)).toBeVisible();
    expect(shown(urlOf('keyStores'), 'localhost')).toContain('CA:TRUE');
    await expectAccessible(page);
  });

  await test.step('its details say what is missing and for whom; by keyboard it is issued again with that name', async () => {
    await page.getByRole('button', { name: /^Vault https:\/\/localhost/ }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByText('Clients of localhost refuse it: it has only 127.0.0.1.')).toBeVisible();
    await expect(page.getByText('localhost signed itself and is not in certs/ca.crt, which holds Sealdeck local CA.')).toBeVisible();
    await expectAccessible(page);
    await page
      .getByRole('region', { name: /^localhost:/ })
      .getByRole('button', { name: 'Renew…' })
      .focus();
    await page.keyboard.press('Enter');
    const plan = page.getByRole('region', { name: 'Plan: renew vault with the same key' });
    await expect(plan.getByText('Add the names in use that it lacks: localhost')).toBeVisible();
    expect(await page.locator('button[data-variant="filled"]').count()).toBe(1);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Renew', exact: true }).focus();
    await page.keyboard.press('Enter');
    await expect(plan.getByText('Done, as seen from the other side')).toBeVisible();
    await expect(plan.getByText(/^Vault shows the new certificate under /)).toBeVisible();
    expect(shown(urlOf('keyStores'), 'localhost')).toMatch(/issuer=CN = Sealdeck local CA[\s\S]*CA:FALSE[\s\S]*DNS:localhost/);
    await page.getByRole('button', { name: 'Close the plan' }).last().click();
    await expect(page.getByText(/^Yes: all/)).toBeVisible();
  });

  await test.step('two certificates stand side by side', async () => {
    await row(page, /^KES https:\/\/localhost/)
      .getByRole('button')
      .click();
    await page.getByRole('combobox', { name: 'Compare with' }).click();
    await page.getByRole('option', { name: 'Certificate of Vault' }).click();
    await page.getByRole('button', { name: 'Two certificates side by side' }).click();
    const table = page.getByRole('table', { name: 'Comparison' });
    await expect(table.getByRole('row', { name: /^Subject\s*differs/ })).toBeVisible();
    await expect(table.getByRole('row', { name: /^Issuer/ })).not.toContainText('differs');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Close the comparison' }).click();
  });

  await test.step('MinIO gets a new key, step by step, and works with it', async () => {
    const before = await identities(page)
      .getByRole('row', { name: /minio-client/ })
      .textContent();
    await identities(page).getByRole('button', { name: 'New key…' }).click();
    await expect(page.getByText(/KES is restarted once/)).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Exchange the key' }).click();
    await expect(page.getByText('Done, as seen from the other side')).toBeVisible({ timeout: 60_000 });
    await expect(page.getByText(/^KES refuses the old identity/)).toBeVisible();
    await page.getByRole('button', { name: 'Close the plan' }).last().click();
    await expect(identities(page).getByRole('row', { name: /minio-client/ })).not.toHaveText(before ?? '');
    await expect(identities(page).getByRole('row', { name: /minio-client/ })).toContainText('minio');
    await mc(
      seen,
      'cp',
      '--quiet',
      join(lab.dir, 'kes/kes.yaml').replace('kes/kes.yaml', 'certs/ca.crt'),
      'lab/first-bucket/after-exchange',
    );
    expect(await mc(seen, 'stat', '--json', 'lab/first-bucket/after-exchange')).toContain('aws:kms');
  });

  const ca = await makePublicCa();
  try {
    await test.step('a folder of acme.sh is read, and its certificate installed for MinIO', async () => {
      const folder = await ca.acmeSh('minio.example.com', ['minio.example.com']);
      await page.getByRole('button', { name: 'Read a folder…' }).click();
      await page.getByRole('textbox', { name: 'Folder' }).fill(join(folder, 'nowhere'));
      await page.getByRole('button', { name: 'Read', exact: true }).click();
      await expect(page.getByText(/nowhere cannot be read$/)).toBeVisible();
      await page.getByRole('textbox', { name: 'Folder' }).fill(folder);
      await page.getByRole('button', { name: 'Read', exact: true }).click();
      await expect(page.getByText(/public CAs no longer give clientAuth/).first()).toBeVisible();
      await expect(page.getByText(/MinIO shows it to whoever asks for minio\.example\.com/)).toBeVisible();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Install', exact: true }).click();
      await expect(page.getByText('Done, as seen from the other side')).toBeVisible({ timeout: 60_000 });
      expect(shown(urlOf('minioClusters'), 'minio.example.com')).toContain('Public R10');
      await page.getByRole('button', { name: 'Close the plan' }).last().click();
      await expect(page.getByText(/acme\.sh, installed .*as in its folder/)).toBeVisible();
    });

    await test.step('what acme.sh renews is noticed', async () => {
      await ca.acmeSh('minio.example.com', ['minio.example.com']);
      await page.getByRole('button', { name: 'Look again' }).click();
      await expect(page.getByText(/renewed in its folder: install it/)).toBeVisible();
      await expect(page.getByRole('button', { name: 'Install again…' })).toBeVisible();
    });
  } finally {
    await ca.remove();
  }

  await test.step('a server that is stopped is unknown, never green', async () => {
    await call(data, 'lab.stop', { stackId: lab.stackId, kind: 'minio' }, place.env);
    await page.getByRole('button', { name: 'Look again' }).click();
    await expect(row(page, /^MinIO https:\/\/localhost/)).toContainText('no answer');
    await expect(row(page, /^MinIO https:\/\/localhost/).getByText('not seen')).toHaveCount(7);
    await showIn(page, 'Dark');
    await expectAccessible(page);
  });

  await test.step('in Chinese', async () => {
    await call(data, 'settings.write', { language: 'zh-CN' }, place.env);
    await expect(page.getByRole('heading', { name: '每个地址提供的证书都合适吗？' })).toBeVisible();
    await expectAccessible(page);
  });
});
