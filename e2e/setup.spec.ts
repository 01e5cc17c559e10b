import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { call } from './cli.ts';
import { test as base, expect } from './host.ts';
import { expectAccessible, showIn } from './window.ts';

/** The proposed folder lies in the home of whoever runs the engine: here below the test's own folder. */
const test = base.extend({
  place: async ({ place }, use) => {
    const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
    await use({ ...place, env: { ...place.env, HOME: place.folder, USERPROFILE: place.folder, XDG_CACHE_HOME: cache } });
  },
});

/** Fills the first step and saves it. Another program may take a proposed port meanwhile: then the offered fix is clicked. */
async function savePlace(page: Page, folder: string): Promise<void> {
  await page.getByRole('link', { name: 'Set up on this machine' }).click();
  await page.getByLabel('Folder').fill(folder);
  await page.getByRole('radio', { name: 'Practice' }).check();
  await takeFarPorts(page);
  await page.getByRole('button', { name: 'Save the place' }).click();
  await goOnAfterPorts(page, page.getByRole('button', { name: 'Next: Servers' }), /^Use port/);
}

/** Minutes lie between the choice of a port and its server's start: labs of tests that run beside take the usual ones meanwhile. */
async function takeFarPorts(page: Page): Promise<void> {
  await page.getByText(/^More:/).click();
  const first = randomInt(20_000, 30_000);
  for (const [at, name] of ['Vault', 'Vault cluster', 'KES', 'MinIO', 'MinIO console'].entries())
    await page.getByLabel(name, { exact: true }).fill(String(first + at));
}

/** Waits for `wanted`; a port that somebody took is replaced as the window offers, as often as it takes. */
async function goOnAfterPorts(page: Page, wanted: Locator, fixName: RegExp): Promise<void> {
  const fix = page.getByRole('button', { name: fixName });
  await expect(async () => {
    if (await fix.isVisible()) await fix.click();
    await expect(wanted).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 120_000 });
}

const later = [
  { name: 'Servers', does: 'Use these servers' },
  { name: 'Certificates', does: 'Make the certificates' },
  { name: 'Vault', does: 'Start OpenBao' },
  { name: 'Initialise and unseal', does: 'Initialise OpenBao' },
  { name: 'Prepare Vault for KES', does: 'Prepare OpenBao' },
  { name: 'KES', does: 'Start KES' },
  { name: 'Key', does: 'Create the key' },
  { name: 'MinIO', does: 'Start MinIO' },
  { name: 'Bucket', does: 'Make the bucket' },
  { name: 'First object', does: 'Upload the object' },
  { name: 'Proof', does: 'Prove it' },
  { name: 'Root token', does: 'Make the login' },
];

test('a person clicks from nothing to a proven encrypted object, step by step', async ({ window, place }) => {
  await savePlace(window, join(place.folder, 'lab'));
  const steps = window.getByRole('navigation', { name: 'Steps' });

  for (const [at, step] of later.entries()) {
    await window.getByRole('button', { name: `Next: ${step.name}` }).click();
    // The focus is on the new title, and the plan says what would happen before anything does.
    await expect(window.getByRole('heading', { level: 1 })).toBeFocused();
    await expect(window.getByRole('heading', { name: 'What will happen' })).toBeVisible();
    if (step.name === 'Initialise and unseal') await tryShares(window);
    if (step.name === 'First object') await dropFile(window, join(place.folder, 'contract.txt'));
    await window.getByRole('button', { name: step.does }).click();
    await expect(steps.getByText(`${at + 2} of 13 proven`)).toBeVisible({ timeout: 90_000 });
    if (step.name === 'First object') {
      // Checked again later, when the file's token is long used up: the server is asked, nothing is sent.
      await window.getByRole('button', { name: 'Check again' }).click();
      // While a step is checked the ones after it are shut: a click on Next before that would lead back here.
      await expect(window.getByText('Check: First object: done')).toBeAttached();
      await expect(window.getByRole('button', { name: 'Next: Proof' })).toBeVisible();
      await expect(window.getByText('first-bucket/contract.txt opens: a byte of it was read')).toBeVisible();
    }
    if (step.name === 'Proof') {
      await expect(window.getByRole('heading', { name: 'Is the encryption real?' })).toBeVisible();
      await expect(window.getByText('404 kms:KeyNotFound').first()).toBeVisible();
    }
  }

  await window.getByRole('button', { name: 'Show what stands' }).click();
  await expect(window.getByText('The root token is revoked; your login is proven')).toBeVisible();

  await window.reload();
  await expect(steps.getByText('13 of 13 proven')).toBeVisible();
  // What the window says is what the servers say: asked over the command line.
  const dataArgs = ['--data', place.data];
  const { stacks } = (await call(dataArgs, 'stacks.list', {}, place.env)) as { stacks: { id: string }[] };
  const stackId = stacks[0]?.id ?? '';
  const stat = await call(dataArgs, 'objects.stat', { stackId, bucket: 'first-bucket', key: 'contract.txt' }, place.env);
  expect(stat.encryption).toMatchObject({ state: 'sse-kms' });
  expect(await call(dataArgs, 'vault.status', { stackId }, place.env)).toMatchObject({ rootToken: 'revoked' });
});

/** A threshold above the shares is said at its field, and nothing can be sent; then the defaults again. */
async function tryShares(window: Page): Promise<void> {
  await window.getByLabel('Needed to unseal').fill('6');
  await expect(window.getByText('2 to 5, or 1 of 1.')).toBeVisible();
  await expect(window.getByRole('button', { name: 'Initialise OpenBao' })).toBeDisabled();
  await window.getByLabel('Needed to unseal').fill('2');
  await expect(window.getByText('Any 2 of 5 people open OpenBao. 3 shares may be lost.')).toBeVisible();
  await expect(window.getByText('Initialise Vault: 5 shares, any 2 of them unseal')).toBeVisible();
  // The draft is in the engine: a reload shows it.
  await window.waitForTimeout(600);
  await window.reload();
  await expect(window.getByLabel('Needed to unseal')).toHaveValue('2');
}

async function dropFile(window: Page, path: string): Promise<void> {
  await writeFile(path, 'This contract is a real file of the test.\n'.repeat(5000));
  const content = readFileSync(path, 'utf8');
  const transfer = await window.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'contract.txt', { type: 'text/plain' }));
    return data;
  }, content);
  await window.getByText('Drop a file here').dispatchEvent('drop', { dataTransfer: transfer });
  await expect(window.getByLabel('Object name')).toHaveValue('contract.txt');
  await expect(window.getByText('Upload the picked file as first-bucket/contract.txt')).toBeVisible();
}

test('三次点击完成快速部署，并以加密证明结束', async ({ window, place }) => {
  await call(['--data', place.data], 'settings.write', { language: 'zh-CN' }, place.env);
  await call(['--data', place.data], 'store.create', { mode: 'practice' }, place.env);
  await expect(window.locator('html')).toHaveAttribute('lang', 'zh-CN');

  await window.getByRole('link', { name: '在本机部署' }).click();
  await window.getByText('快速', { exact: true }).click();
  await window.getByRole('button', { name: '全部部署' }).click();

  await goOnAfterPorts(window, window.getByRole('heading', { name: '加密是真的吗？' }), /^改用.*端口/);
  await expect(window.getByRole('navigation', { name: '步骤' }).getByText('已验证 13 / 13 步')).toBeVisible();
  await expect(window.getByText('404 kms:KeyNotFound').first()).toBeVisible();
  // Another window, and this one after a reload, show the same.
  await window.reload();
  await expect(window.getByRole('navigation', { name: '步骤' }).getByText('已验证 13 / 13 步')).toBeVisible();
  await expect(window.getByRole('heading', { name: '加密是真的吗？' })).toBeVisible();
  await expectAccessible(window);
});

test('start screen, a form and the proof hold WCAG in light and dark', async ({ window, place }) => {
  await window.getByRole('link', { name: 'Set up on this machine' }).click();
  await expect(window.getByLabel('Folder')).not.toHaveValue('');
  for (const theme of ['Light', 'Dark'] as const) {
    await showIn(window, theme);
    await expectAccessible(window);
  }
  await window.getByRole('link', { name: 'Overview' }).click();
  await savePlace(window, join(place.folder, 'lab'));
  await window.getByRole('button', { name: 'Next: Servers' }).click();
  await expect(window.getByRole('heading', { name: 'What will happen' })).toBeVisible();
  for (const theme of ['Light', 'Dark'] as const) {
    await showIn(window, theme);
    await expectAccessible(window);
  }
  // Guided and Express go on from each other: the rest at once.
  await window.getByText('Express', { exact: true }).click();
  await window.getByRole('button', { name: 'Go on with the rest' }).click();
  await expect(window.getByRole('heading', { name: 'Is the encryption real?' })).toBeVisible({ timeout: 120_000 });
  for (const theme of ['Light', 'Dark'] as const) {
    await showIn(window, theme);
    await expectAccessible(window);
  }
});

test('a taken port, a cancelled run and a second window lose nothing', async ({ window, place, openWindow, browser }) => {
  await window.getByRole('link', { name: 'Set up on this machine' }).click();
  await window.getByLabel('Folder').fill(join(place.folder, 'lab'));
  await window.getByText(/^More:/).click();
  const port = Number(await window.getByLabel('KES', { exact: true }).inputValue());
  const squatter = await occupy(port);
  try {
    await window.getByRole('radio', { name: 'Practice' }).check();
    await window.getByRole('button', { name: 'Save the place' }).click();
    await expect(window.getByText(`Port ${port} is in use`)).toBeVisible();
    await goOnAfterPorts(window, window.getByRole('button', { name: 'Next: Servers' }), /^Use port/);
  } finally {
    squatter.close();
  }

  await window.getByText('Express', { exact: true }).click();
  await window.getByRole('button', { name: 'Go on with the rest' }).click();
  await window.getByRole('button', { name: 'Cancel' }).click();
  await expect(window.getByText('Cancelled. Start it again when you are ready.')).toBeVisible({ timeout: 60_000 });

  const second = await browser.newPage();
  await openWindow(second);
  await second.getByRole('link', { name: 'Set up', exact: true }).click();
  await expect(second.getByRole('button', { name: 'Go on with the rest' })).toBeVisible();
  await second.getByRole('button', { name: 'Go on with the rest' }).click();
  // Both windows see the end of it, whichever began it.
  for (const page of [window, second]) {
    await expect(page.getByRole('heading', { name: 'Is the encryption real?' })).toBeVisible({ timeout: 120_000 });
    await expect(page.getByRole('navigation', { name: 'Steps' }).getByText('13 of 13 proven')).toBeVisible();
  }
  await second.close();
});

function occupy(port: number): Promise<Server> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => done(server));
  });
}
