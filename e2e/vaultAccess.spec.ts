import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright/test';
import { createVaultClient } from '../electron/clients/vault/vaultClient.ts';
import { createLog } from '../electron/platform/log.ts';
import { createSealedStore } from '../electron/platform/sealedStore.ts';
import { ensureServers } from '../servers/get.ts';
import { Secret } from '../shared/secret.ts';
import { openPracticeLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, framesToWindow, showIn } from './window.ts';

const run = promisify(execFile);
const part = (page: Page, name: string) => page.getByRole('radio', { name, exact: true });
const show = (page: Page, name: string) => page.getByText(name, { exact: true }).first().click();
const said = (page: Page) => page.getByRole('region', { name: 'Evidence' });

test('log-ins, engines, policies, audit log and transit of Vault are seen, changed and proven', async ({ window: page, lab }) => {
  const received = framesToWindow(page);
  await page.reload();
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  const store = createSealedStore({ folder: lab.data, log: createLog(join(lab.data, 'test.log')) });
  await store.openIfPossible();
  const sealed = (name: string) => JSON.parse((store.get(`stack:${lab.stackId}`, name) ?? store.get(lab.stackId, name))?.reveal() ?? '{}');
  const url = seen.stack.keyStores[0]?.nodes[0]?.url ?? '';
  const ca = join(lab.dir, 'certs/ca.crt');
  const client = createVaultClient({ url, ca: [readFileSync(ca, 'utf8')] });
  const operator = sealed('vault.operator') as { mount: string; name: string; password: string };
  const { token } = await client.userpassLogin(operator.mount, operator.name, new Secret(operator.password));
  const { openbao } = await ensureServers(['openbao']);
  /** OpenBao's own tool, with the operator's login. */
  const bao = async (...args: string[]): Promise<{ data: Record<string, unknown> }> => {
    const env = { ...process.env, BAO_ADDR: url, BAO_CACERT: ca, BAO_TOKEN: token.reveal(), BAO_FORMAT: 'json' };
    return JSON.parse((await run(openbao ?? '', args, { env })).stdout);
  };
  const role = 'auth/approle/role/kes-role';
  const before = sealed('kes.approle') as { accessor: string; roleId: string; secretId: string };

  await test.step('the page says who logs in, and passes axe in both themes', async () => {
    await page.getByRole('link', { name: /^Vault/ }).click();
    await page.getByRole('tab', { name: 'Access' }).click();
    await expect(page.getByText('kes-role logs in with a secret ID and gets minio-key-policy.')).toBeVisible();
    await expect(page.getByText('KES uses it')).toBeVisible();
    await page.keyboard.press('Control+.');
    await showIn(page, 'Dark');
    await expectAccessible(page);
    await showIn(page, 'Light');
    await expectAccessible(page);
  });

  await test.step('a role is changed by a plan; only what differs is written', async () => {
    await page.getByRole('button', { name: 'Change…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change the role kes-role' });
    await dialog.getByLabel('Token period, seconds').fill('20');
    await dialog.getByRole('button', { name: 'Plan the change' }).click();
    await expect(dialog.getByText('A token lives 20 s. Below 30 s KES logs in every three seconds.')).toBeVisible();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Back' }).click();
    await dialog.getByLabel('Token period, seconds').fill('240');
    await dialog.getByRole('button', { name: 'Plan the change' }).click();
    await expect(dialog.getByText(`bao write ${role} token_period=240`)).toBeVisible();
    await dialog.getByRole('button', { name: 'Write the role' }).click();
    await expect(page.getByText('4 min at a time, renewed for ever')).toBeVisible();
    expect((await bao('read', role)).data).toMatchObject({ token_period: 240, token_policies: ['minio-key-policy'] });
  });

  await test.step('a wrapped secret ID is opened once, tried once, and revoked with what it let in', async () => {
    await page.getByRole('button', { name: 'Make a secret ID…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Make a secret ID for kes-role' });
    await dialog.getByRole('radio', { name: 'Wrapped, for somebody else' }).check();
    await dialog.getByLabel('Note').fill('for kes-2');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Make the secret ID' }).click();
    const row = page.getByRole('row').filter({ hasText: 'for kes-2' });
    await expect(row.getByText(/wrapped, opens once, until/)).toBeVisible();
    await row.getByRole('button', { name: 'Open it here' }).click();
    await expect(row.getByText('in the credential store')).toBeVisible();
    await expect(said(page).getByText('The wrapping token was made at auth/approle/role/kes-role/secret-id')).toBeVisible();
    await row.getByRole('button', { name: 'Try once' }).click();
    await expect(said(page).getByText(/That token would have lived 240 s/)).toBeVisible();
    await row.getByRole('button', { name: 'Revoke…' }).click();
    const danger = page.getByRole('dialog', { name: 'Revoke this secret ID?' });
    await expect(danger.getByText('not by the KES of this stack, as far as is known here')).toBeVisible();
    await expectAccessible(page);
    await danger.getByRole('button', { name: 'Revoke it' }).click();
    await expect(row).toHaveCount(0);
    await expect(said(page).getByText('The secret ID of kes-role is unknown to Vault now')).toBeVisible();
  });

  await test.step('one that somebody else opened first is void at once', async () => {
    await page.getByRole('button', { name: 'Make a secret ID…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Make a secret ID for kes-role' });
    await dialog.getByRole('radio', { name: 'Wrapped, for somebody else' }).check();
    await dialog.getByLabel('Note').fill('stolen');
    await dialog.getByRole('button', { name: 'Make the secret ID' }).click();
    const row = page.getByRole('row').filter({ hasText: 'stolen' });
    await row.getByRole('button', { name: 'Save for its host' }).click();
    await expect(page.getByText('The wrapping token lies in this file')).toBeVisible();
    const saved = (await run('find', [join(lab.dir, 'handover/approle'), '-name', '*.token'])).stdout.trim().split('\n');
    const text = readFileSync(saved.at(-1) ?? '', 'utf8');
    const opened = await client.unwrapSecretId(new Secret(text));
    expect(opened).toBeDefined();
    await row.getByRole('button', { name: 'Open it here' }).click();
    await expect(page.getByText('Somebody else has opened this wrapping token')).toBeVisible();
    await expect(row).toHaveCount(0);
    expect((await bao('list', `${role}/secret-id`)) as unknown).toEqual([before.accessor]);
  });

  await test.step('KES gets another secret ID and works on', async () => {
    await page.getByRole('button', { name: 'New secret ID for KES…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Give KES a new secret ID?' });
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Replace and restart KES' }).click();
    await expect(page.getByText('KES works with its new secret ID. The old one is destroyed.')).toBeVisible();
    const listed = (await bao('list', `${role}/secret-id`)) as unknown as string[];
    expect(listed).toHaveLength(1);
    expect(listed).not.toContain(before.accessor);
  });

  await test.step('a role that is locked out is shown and unlocked', async () => {
    for (let tries = 0; tries < 6; tries += 1)
      await client.appRoleLogin('approle', before.roleId, new Secret('stale')).catch(() => undefined);
    await page.reload();
    await expect(page.getByText(/The role kes-role is locked out: Vault refuses even right secret IDs/).first()).toBeVisible();
    await expect(page.getByRole('row', { name: /kes-role/ }).getByText('locked out')).toBeVisible();
    await page.getByRole('button', { name: 'Unlock the role' }).click();
    await expect(page.getByRole('row', { name: /kes-role/ }).getByText('open', { exact: true })).toBeVisible();
  });

  await test.step('the place of KES with its keys, by name only', async () => {
    await show(page, 'Engines');
    await expect(part(page, 'Engines')).toBeChecked();
    await expect(page.getByText('kv is a kv engine of version 2, as KES is told.')).toBeVisible();
    await expect(page.getByRole('row', { name: /minio-default/ }).getByText('can be used')).toBeVisible();
    // The operator's login is narrow: not seeing a place is told from its being empty.
    await page
      .getByRole('row', { name: /^kv kv/ })
      .getByRole('button', { name: 'Names' })
      .click();
    await expect(page.getByText('This login may not list kv/metadata. Whether it is empty is not known.')).toBeVisible();
    await page.getByRole('button', { name: 'KES’s own place' }).click();
    await expect(page.getByRole('row', { name: /minio-default/ })).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('the policy is compared line by line, and what it allows is what the server says', async () => {
    await show(page, 'Policies');
    await expect(page.getByText('minio-key-policy on the server is this text.')).toBeVisible();
    await page.getByRole('checkbox', { name: 'KES may delete keys' }).uncheck();
    await expect(page.getByText('minio-key-policy on the server is another text.')).toBeVisible();
    await expect(page.getByText('list keys; without delete nobody can destroy one through KES')).toBeVisible();
    await expect(page.getByText('line that goes')).toHaveCount(1);
    expect(await page.locator('button[data-variant="filled"]').count()).toBe(1);
    await page.getByRole('button', { name: 'Write minio-key-policy' }).click();
    await expect(page.getByText('minio-key-policy on the server is this text.')).toBeVisible();
    await page.getByRole('button', { name: 'Ask the server, too' }).click();
    await expect(page.getByText(/The server says the same on every path: a token of the role kes-role/)).toBeVisible();
    const list = page.getByRole('row', { name: /^kv\/metadata\/minio\// }).last();
    await expect(list.getByText('list', { exact: true })).toHaveCount(2);
    await expect(page.getByRole('row', { name: /^kv\/data\/minio-other\/a-key/ })).toContainText('no rule');
    await showIn(page, 'Dark');
    await expectAccessible(page);
    await showIn(page, 'Light');
    await expectAccessible(page);
    expect(JSON.stringify((await bao('policy', 'read', 'minio-key-policy')) as unknown)).not.toContain('delete');
  });

  await test.step('the audit log is turned on without a restart, and tells who asked for what', async () => {
    await show(page, 'Audit log');
    await page.getByRole('button', { name: 'Turn the audit log on' }).click();
    await expect(page.getByText('1 device writes it down: sealdeck.')).toBeVisible();
    await bao('read', role);
    await page.getByRole('checkbox', { name: 'Sealdeck’s own, too' }).check();
    await expect(page.getByRole('row', { name: new RegExp(role) }).first()).toContainText('userpass-sealdeck-operator', {
      timeout: 40_000,
    });
    expect((await bao('audit', 'list')) as unknown).toMatchObject({ 'sealdeck/': { type: 'file' } });
    await expectAccessible(page);
  });

  await test.step('a transit key is made, and one that rotates by itself is stopped', async () => {
    await show(page, 'Transit');
    await page.getByRole('button', { name: 'Make the key' }).click();
    await expect(page.getByText('kes is at version 1 and does not rotate.')).toBeVisible();
    await expect(page.getByText('      key: kes')).toBeVisible();
    await client.attempt('POST', 'transit/keys/kes/config', { token, body: { auto_rotate_period: '24h' } });
    await page.reload();
    await expect(page.getByText(/kes rotates by itself every 24 h/)).toBeVisible();
    await page.getByRole('button', { name: 'Stop rotating' }).click();
    await expect(page.getByText('kes is at version 1 and does not rotate.')).toBeVisible();
    expect((await bao('read', 'transit/keys/kes')).data).toMatchObject({ auto_rotate_period: 0, latest_version: 1 });
    // The operator's own policy does not let anybody rotate it.
    expect((await client.attempt('POST', 'transit/keys/kes/rotate', { token })).status).toBe(403);
    await expectAccessible(page);
  });

  await client.close();
  for (const secret of [before.secretId, token.reveal()]) expect(received()).not.toContain(secret);
});
