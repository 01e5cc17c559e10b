import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sealdeck } from './cli.ts';
import { mc, openPracticeLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, framesToWindow, showIn } from './window.ts';

const passphrase = 'correct horse battery';
const key = randomBytes(32);
const md5 = createHash('md5').update(key).digest('base64');

test('customer keys are made, taken in, exported, removed and brought back, and no byte of them comes into the window', async ({
  window: page,
  lab,
  place,
}) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  const frames = framesToWindow(page);
  await page.reload();
  const row = (name: string) => page.getByRole('row', { name: new RegExp(name) });
  const exported = join(place.folder, 'keys.age');
  const secret = join(place.folder, 'passphrase');
  await writeFile(secret, passphrase, { mode: 0o600 });
  const keys = (args: string[], input = '') => sealdeck(['keys', ...args, '--dir', lab.dir, '--json'], { input, env: place.env });

  await test.step('an empty page says what would be here', async () => {
    await page.getByRole('link', { name: 'Objects', exact: true }).click();
    await page.getByRole('link', { name: 'Customer keys (SSE-C)' }).click();
    await expect(page.getByRole('heading', { name: 'Which customer keys are kept here?' })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'No customer key is kept here yet' })).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('one is made, by keyboard', async () => {
    await page.getByRole('button', { name: 'New key…' }).press('Enter');
    await page.getByRole('dialog', { name: 'New customer key' }).getByLabel('Name').fill('archive');
    await page.keyboard.press('Enter');
    await expect(row('archive')).toContainText('None');
    await expect(page.getByText('1 of 1 has no copy outside the credential store.')).toBeVisible();
  });

  await test.step('one is taken in, and what is none is refused', async () => {
    await page.getByRole('button', { name: 'Take in…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Take in a customer key' });
    await dialog.getByLabel('Name').fill('theirs');
    for (const [typed, refusal] of [
      [key.toString('hex').slice(2), 'This one has 31.'],
      ['what the customer said', 'This is no key in base64 or hex'],
    ] as const) {
      await dialog.getByLabel('Key', { exact: true }).fill(typed);
      await dialog.getByRole('button', { name: 'Take in', exact: true }).click();
      await expect(dialog.getByText(refusal, { exact: false })).toBeVisible();
      await expect(dialog.getByLabel('Key', { exact: true })).toHaveValue('');
    }
    await dialog.getByLabel('Key', { exact: true }).fill(key.toString('hex'));
    await expectAccessible(page);
    await page.keyboard.press('Enter');
    await expect(dialog).toHaveCount(0);
    await expect(row('theirs')).toContainText(md5.slice(0, 6));
    await page.getByRole('button', { name: 'Take in…' }).click();
    await dialog.getByLabel('Name').fill('the same');
    await dialog.getByLabel('Key', { exact: true }).fill(key.toString('base64'));
    await page.keyboard.press('Enter');
    await expect(dialog.getByText('It is kept under the name theirs.')).toBeVisible();
    await page.keyboard.press('Escape');
  });

  await test.step('it writes an object, which mc reads with the same bytes', async () => {
    await writeFile(join(place.folder, 'letter.txt'), 'what the customer wrote\n');
    const sent = await sealdeck(
      ['upload', '--dir', lab.dir, '--bucket', 'first-bucket', '--sse', 'c:theirs', join(place.folder, 'letter.txt')],
      { env: place.env },
    );
    expect(sent.code, sent.stderr).toBe(0);
    expect(await mc(seen, 'cat', '--enc-c', `lab/first-bucket/=${key.toString('hex')}`, 'lab/first-bucket/letter.txt')).toBe(
      'what the customer wrote\n',
    );
    await expect(row('theirs')).toContainText('1 upload');
  });

  await test.step('all are exported as one file', async () => {
    await page.getByRole('button', { name: 'Export all 2 as one file…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export 2 keys' });
    for (const label of ['Passphrase', 'The same again']) await dialog.getByLabel(label, { exact: true }).fill(passphrase);
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save the file' }).click();
    await (await download).saveAs(exported);
    await expect(row('theirs')).toContainText('Exported');
    await expect(page.getByText('2 keys, and all were exported.')).toBeVisible();
    for (const theme of ['Dark', 'Light'] as const) {
      await showIn(page, theme);
      await expectAccessible(page);
    }
  });

  await test.step('one is removed behind its facts, and its object cannot be read', async () => {
    await page.getByRole('button', { name: 'Remove theirs…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove key theirs?' });
    await expect(dialog.getByText('This cannot be undone.')).toBeVisible();
    await expect(dialog.getByText('first-bucket/letter.txt')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Remove key' })).toBeDisabled();
    await expectAccessible(page);
    await dialog.getByLabel('Type theirs').fill('theirs');
    await dialog.getByRole('button', { name: 'Remove key' }).click();
    await expect(row('theirs')).toHaveCount(0);
    const lost = await sealdeck(['download', '--dir', lab.dir, '--bucket', 'first-bucket', 'letter.txt', '--to', place.folder], {
      env: place.env,
    });
    expect(lost.code).toBe(3);
    expect(lost.stdout).toContain('customerKeyNeeded');
  });

  await test.step('the exported file brings it back', async () => {
    await page.getByRole('button', { name: 'Take in…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Take in a customer key' });
    await dialog.getByText('Exported file', { exact: true }).first().click();
    await dialog.locator('input[type=file]').setInputFiles(exported);
    await dialog.getByLabel('Passphrase of the file').fill('another passphrase');
    await dialog.getByRole('button', { name: 'Take in', exact: true }).click();
    await expect(dialog.getByText('The passphrase does not open this file')).toBeVisible();
    await dialog.getByLabel('Passphrase of the file').fill(passphrase);
    await dialog.getByRole('button', { name: 'Take in', exact: true }).click();
    const told = page.getByRole('dialog', { name: '1 key was taken in' });
    await expect(told.getByText('archive is here already')).toBeVisible();
    await told.getByRole('button', { name: 'Close' }).click();
    await expect(row('theirs')).toBeVisible();
    const to = join(place.folder, 'down');
    const read = await sealdeck(['download', '--dir', lab.dir, '--bucket', 'first-bucket', 'letter.txt', '--to', to], { env: place.env });
    expect(read.code, read.stdout).toBe(0);
    expect(await readFile(join(to, 'letter.txt'), 'utf8')).toBe('what the customer wrote\n');
  });

  await test.step('the command line does the same, and takes no key as an argument', async () => {
    const other = randomBytes(32);
    const asArgument = await keys(['take', 'other', other.toString('hex')]);
    expect(asArgument.code).toBe(2);
    expect(asArgument.stdout + asArgument.stderr).not.toContain(other.toString('hex'));
    expect((await keys(['take', 'other', '-'], `${other.toString('base64')}\n`)).code).toBe(0);
    expect((await keys(['take', 'again'], other.toString('hex'))).stderr).toContain('customerKeyKnown');
    expect((await keys(['make', 'made here'])).code).toBe(0);
    const all = ['archive', 'made here', 'other', 'theirs'];
    expect((await keys([])).lines.map(({ name }) => name)).toEqual(all);
    const to = join(place.folder, 'exports');
    for (let times = 0; times < 2; times++)
      expect((await keys(['export', 'other', 'made here', '--to', to, '--passphrase-file', secret])).code).toBe(0);
    const files = await readdir(to);
    expect(files).toHaveLength(2);
    const facts = await keys(['remove', 'other']);
    expect(facts.code).toBe(2);
    expect(facts.lines[0]).toMatchObject({ name: 'other', objects: 0 });
    expect((await keys(['remove', 'other', '--yes-lose-objects'])).code).toBe(0);
    expect((await keys([])).lines.map(({ name }) => name)).toEqual(['archive', 'made here', 'theirs']);
    const back = await keys(['import', join(to, files[0] ?? ''), '--passphrase-file', secret]);
    expect(back.code, back.stderr).toBe(0);
    expect(back.lines.map(({ name }) => name)).toEqual(['other']);
    expect(back.stderr).toContain('made here is here already');
    // The open page follows.
    await expect(row('other')).toBeVisible();
    await expect(row('made here')).toBeVisible();
  });

  expect(frames()).toContain(md5);
  for (const form of ['base64', 'hex', 'base64url'] as const) expect(frames()).not.toContain(key.toString(form));
});
