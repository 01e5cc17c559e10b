import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import type { Stack } from '../shared/stacks.ts';
import { call, sealdeck } from './cli.ts';
import { type ForeignServers, startForeignServers } from './foreignServers.ts';
import { test as base, expect, type Place } from './host.ts';
import { processesNaming } from './processes.ts';
import { expectAccessible, framesToWindow, showIn } from './window.ts';
import {
  bucketAlone,
  certificatesAlone,
  checkAlone,
  finish,
  keyAlone,
  openFromOverview,
  openFromPalette,
  unsealAlone,
} from './wizardClicks.ts';

/** Servers that somebody started by hand; the home of whoever runs the engine, with an alias of mc in it, is the test's own folder. */
const test = base.extend<{ theirs: ForeignServers }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
  theirs: async ({}, use) => {
    const theirs = await startForeignServers({ kms: false, without: '/v1/key/list/*' });
    await use(theirs);
    await theirs.stop();
  },
  place: async ({ place, theirs }, use) => {
    const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
    const alias = { url: theirs.urls.minio, accessKey: theirs.minio.user, secretKey: theirs.minio.password, api: 'S3v4', path: 'auto' };
    await mkdir(join(place.folder, '.mc'));
    await writeFile(join(place.folder, '.mc', 'config.json'), JSON.stringify({ version: '10', aliases: { theirs: alias } }));
    await use({ ...place, env: { ...place.env, HOME: place.folder, USERPROFILE: place.folder, XDG_CACHE_HOME: cache } });
  },
});

const server = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });

/** Types an address and waits until the server's certificate was looked at. */
async function look(page: Page, name: string, url: string): Promise<Locator> {
  const section = server(page, name);
  await section.getByLabel('Address').fill(url);
  await section.getByLabel('Address').press('Tab');
  await expect(section.getByText(/^their CA, until/)).toBeVisible();
  return section;
}

async function believeFile(section: Locator, file: string): Promise<void> {
  await section.getByRole('radio', { name: 'A CA file' }).check();
  await section.getByLabel('CA file', { exact: true }).setInputFiles(file);
}

/** Lights of a row in order, as words. */
async function lights(page: Page, name: string): Promise<string[]> {
  return page
    .getByRole('row', { name: new RegExp(`^${name}`) })
    .getByRole('cell')
    .allInnerTexts();
}

/** What the keeper of KES does when the window names what is missing: the line, the identity, a reload. */
async function allowAtKes(theirs: ForeignServers, identity: string): Promise<void> {
  const config = JSON.parse(await readFile(theirs.file('kes.yaml'), 'utf8')) as {
    policy: { minio: { allow: string[]; identities: string[] } };
  };
  config.policy.minio.allow.push('/v1/key/list/*');
  config.policy.minio.identities.push(identity);
  await writeFile(theirs.file('kes.yaml'), JSON.stringify(config));
  const kes = processesNaming(theirs.folder).find(({ args }) => args.includes(theirs.file('kes.yaml')));
  process.kill(kes?.pid ?? 0, 'SIGHUP');
}

async function onlyStack(place: Place): Promise<Stack> {
  const data = ['--data', place.data];
  const { stacks } = (await call(data, 'stacks.list', {}, place.env)) as { stacks: { id: string }[] };
  return (await call(data, 'stacks.get', { id: stacks[0]?.id }, place.env)) as unknown as Stack;
}

test('servers that somebody started by hand are connected, looked at, and encrypt with a proof', async ({
  window: page,
  place,
  theirs,
}) => {
  const received = framesToWindow(page);
  const data = ['--data', place.data];

  await test.step('addresses, trust and logins are given; a wrong CA is believed for KES', async () => {
    await page.getByRole('link', { name: 'Connect to servers' }).click();
    await page.getByLabel('Name', { exact: true }).fill('theirs');
    await page.getByRole('radio', { name: 'Practice' }).check();
    const vault = await look(page, 'Vault', theirs.urls.vault.replace('https://', ''));
    await believeFile(vault, theirs.file('ca.crt'));
    await vault.getByRole('textbox', { name: 'Token' }).fill(theirs.vault.token);
    const kes = await look(page, 'KES', theirs.urls.kes);
    await believeFile(kes, theirs.file('other-ca.crt'));
    await expect(kes.getByText(/^another CA, until/)).toBeVisible();
    await kes.getByLabel('Client certificate', { exact: true }).setInputFiles(theirs.operator.cert);
    await kes.getByLabel('Private key', { exact: true }).setInputFiles(theirs.operator.key);
    // MinIO comes from an alias of mc: its secret key goes to the engine without passing through the window.
    await page.getByRole('button', { name: 'Import' }).click();
    await page.getByRole('menuitem', { name: /^theirs/ }).click();
    const minio = server(page, 'MinIO');
    await expect(minio.getByText('As their-root, imported.')).toBeVisible();
    await expect(minio.getByText(/^their CA, until/)).toBeVisible();
    await believeFile(minio, theirs.file('ca.crt'));
    await page.getByRole('button', { name: 'Test the servers' }).click();
  });

  await test.step('the red TLS light of KES is explained', async () => {
    await expect(page.getByRole('heading', { name: 'Can Sealdeck reach every server?' })).toBeVisible();
    await expect(page.getByText(/^Not yet\. Vault and MinIO answer at every hop\. .* is not trusted\.$/)).toBeVisible();
    expect(await lights(page, 'KES')).toEqual([
      '127.0.0.1',
      expect.stringMatching(/^\d+ ms$/),
      'not trusted',
      ...Array(4).fill('not tried'),
    ]);
    expect((await lights(page, 'Vault')).slice(2)).toEqual([
      'trusted',
      'root token',
      expect.stringMatching(/rights$/),
      'kv v2',
      'not its job',
    ]);
    await expect(page.getByText('IP:127.0.0.1', { exact: true })).toBeVisible();
    await expect(page.getByText('nothing yet, the handshake ended first')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Next: rights' })).toBeDisabled();
    for (const theme of ['Dark', 'Light'] as const) {
      await showIn(page, theme);
      await expectAccessible(page);
    }
  });

  await test.step('a closed window has lost nothing: the draft is there', async () => {
    await page.reload();
    await expect(page.getByText('connected, draft')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Compare or choose a CA…' })).toBeVisible();
  });

  await test.step('its fingerprint is compared and confirmed by a person, and the light turns green', async () => {
    await page.getByRole('button', { name: 'Compare or choose a CA…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText(theirs.fingerprintOf('kes'))).toBeVisible();
    await dialog.getByRole('radio', { name: 'Exactly this certificate' }).check();
    await dialog.getByRole('button', { name: 'Save and test' }).click();
    await expect(dialog.getByText('Compare it and say so first.')).toBeVisible();
    await dialog.getByRole('checkbox').check();
    await dialog.getByRole('button', { name: 'Save and test' }).click();
    await expect(page.getByText(/^Yes: Vault, KES and MinIO\./)).toBeVisible();
    expect((await lights(page, 'KES')).slice(2)).toEqual([
      'trusted',
      expect.any(String),
      expect.stringMatching(/rights$/),
      expect.stringMatching(/ms$/),
      'no key yet',
    ]);
    await expect(page.getByText('its own certificate, confirmed')).toBeVisible();
  });

  await test.step('the right that KES does not give is named with its line', async () => {
    await page.getByRole('button', { name: 'Next: rights' }).click();
    await expect(page.getByText(/^Not all\. 1 of \d+ is missing; its line stands below\.$/)).toBeVisible();
    await expect(page.getByText('- /v1/key/list/*')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save stack' }).click();
    await expect(page.getByText('The stack is saved and read-only', { exact: false })).toBeVisible();
  });

  await test.step('read-only is held by the engine and said in the window', async () => {
    await page.getByRole('link', { name: 'Open Overview' }).click();
    await expect(page.getByText('Read-only: nothing on the servers of this stack is changed.')).toBeVisible();
    await expect(page.getByText(/, by API$/)).toHaveCount(3);
    const prove = page.getByRole('button', { name: 'Prove it' });
    await expect(prove).toHaveAttribute('aria-disabled', 'true');
    await prove.hover();
    await expect(page.getByText('This stack is read-only. Lift it first, at the top of the page.')).toBeVisible();
    await page.mouse.move(600, 700);
    await expect(page.getByText('This stack is read-only.', { exact: false })).toBeHidden();
    await expectAccessible(page);
    const { id } = await onlyStack(place);
    const refused = await sealdeck(['call', 'proof.run', '-', ...data, '--json'], {
      input: JSON.stringify({ stackId: id }),
      env: place.env,
    });
    expect(refused.stderr).toContain('read-only');
  });

  await test.step('it is lifted, set again in the menu of the stack, and lifted', async () => {
    const lift = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Lift…' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Lift read-only' }).click();
      await expect(page.getByText('Read-only: nothing on the servers', { exact: false })).toBeHidden();
    };
    await lift();
    await expect(page.getByRole('button', { name: 'Prove it' })).not.toHaveAttribute('aria-disabled', 'true');
    await page.getByRole('button', { name: 'Stack: theirs' }).click();
    await page.getByRole('menuitem', { name: 'Make read-only again' }).click();
    await lift();
  });

  await test.step('the guided steps take what is there, up to the line that the keeper of KES has to add', async () => {
    await page.getByRole('link', { name: 'Guided steps' }).click();
    await goOn(page, ['Save the place', 'Make the certificates', 'Check Vault', 'Check the seal']);
    await expect(async () => {
      if (await page.getByRole('heading', { name: 'Use KES as it runs' }).isVisible()) return;
      await page.getByRole('button', { name: /^Next: / }).click({ timeout: 1000 });
      await expect(page.getByRole('heading', { name: 'Use KES as it runs' })).toBeVisible({ timeout: 2000 });
    }).toPass();
    // What its kes.yaml says; no answer of KES tells it.
    await page.getByLabel('Cache', { exact: true }).fill('2s');
    await page.getByLabel('Cache, unused').fill('2s');
    await page.getByRole('button', { name: 'Check KES' }).click();
    await expect(
      page.getByText('MinIO may not list, generate, decrypt keys yet').or(page.getByText(/^MinIO may not .* yet$/)),
    ).toBeVisible();
    const { identities } = await onlyStack(place);
    await allowAtKes(theirs, identities.find(({ purpose }) => purpose === 'minio')?.hash ?? '');
    await expect(async () => {
      await page.getByRole('button', { name: 'Run again' }).click();
      await expect(page.getByRole('button', { name: 'Next: Key' })).toBeVisible({ timeout: 5000 });
    }).toPass();
  });

  await test.step('key, variables handed over, restart through the admin API, rule, object and proof', async () => {
    await goOn(page, ['Create the key']);
    await page.getByRole('button', { name: 'Next: MinIO' }).click();
    const host = theirs.file('kes-files');
    await page.getByLabel('Folder on MinIO’s host').fill(host);
    await page.getByRole('button', { name: 'Check MinIO' }).click();
    const { folder } = await onlyStack(place);
    const handed = join(folder, 'handover', 'minio');
    // The step waits; what its keeper does meanwhile on that host.
    await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
    await expect(async () => expect(await readFile(join(handed, 'COMMANDS.txt'), 'utf8')).not.toBe('')).toPass();
    await mkdir(host);
    for (const name of ['kes-client.crt', 'kes-client.key', 'kes-ca.crt']) await cp(join(handed, name), join(host, name));
    await appendFile(theirs.file('minio.env'), await readFile(join(handed, 'minio.env'), 'utf8'));
    const { id } = await onlyStack(place);
    await call(data, 'minio.restart', { stackId: id }, place.env);
    await expect(page.getByRole('button', { name: 'Next: Bucket' })).toBeVisible({ timeout: 90_000 });
    await goOn(page, ['Make the bucket', 'Upload the object', 'Prove it']);
    await expect(page.getByRole('heading', { name: 'Is the encryption real?' })).toBeVisible({ timeout: 90_000 });
    await expect(page.getByText('404 kms:KeyNotFound').first()).toBeVisible();
  });

  await test.step('each of the five wizards is clicked by itself on this stack', async () => {
    await openFromOverview(page, 'New key');
    const key = await keyAlone(page);
    await finish(page);
    await openFromOverview(page, 'Bucket encryption');
    await bucketAlone(page, { bucket: 'by-wizard', rule: 'SSE-KMS', key });
    await finish(page);
    await openFromOverview(page, 'Check objects');
    await checkAlone(page, { bucket: 'first-bucket', says: /^All \d+ objects are encrypted\.|^The one object is encrypted\./ });
    await openFromOverview(page, 'Certificates');
    await certificatesAlone(page);
    await finish(page);
    const { id } = await onlyStack(place);
    await call(data, 'vault.seal', { stackId: id }, place.env);
    await openFromPalette(page, 'Unseal Vault');
    await unsealAlone(page, [theirs.vault.unsealKey]);
  });

  await test.step('no secret came to the window', async () => {
    const frames = received();
    const key = (await readFile(theirs.operator.key, 'utf8')).split('\n')[1] ?? '-';
    expect([theirs.vault.token, theirs.minio.password, key].filter((secret) => frames.includes(secret))).toEqual([]);
  });
});

/** Clicks the filled button of each step and then Next, until the last of `deeds` was done. Skipped steps are passed over. */
async function goOn(page: Page, deeds: readonly string[]): Promise<void> {
  for (const deed of deeds) {
    const button = page.getByRole('button', { name: deed, exact: true });
    const next = page.getByRole('button', { name: /^Next: / });
    await expect(async () => {
      if (!(await button.isVisible())) await next.click({ timeout: 1000 });
      await expect(button).toBeVisible({ timeout: 2000 });
    }).toPass({ timeout: 90_000 });
    await button.click();
    await expect(page.getByRole('button', { name: 'Cancel' })).toBeHidden({ timeout: 90_000 });
  }
}

test('接入页以中文显示，键盘可达，符合 WCAG', async ({ window: page, place, theirs }) => {
  await call(['--data', place.data], 'settings.write', { language: 'zh-CN' }, place.env);
  await call(['--data', place.data], 'store.create', { mode: 'practice' }, place.env);
  await page.getByRole('link', { name: '接入服务器' }).click();
  const minio = server(page, 'MinIO');
  await minio.getByLabel('地址').fill(theirs.urls.minio);
  await minio.getByLabel('地址').press('Tab');
  await expect(page.getByText('已存为草稿。', { exact: false })).toBeVisible();
  await expect(minio.getByText(/^their CA，有效期至/)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: '测试服务器' }).press('Enter');
  await expect(page.getByText('不受信任', { exact: true })).toBeVisible();
  await expectAccessible(page);
});
