import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { mc, openPracticeLab, type SeenLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, showIn } from './window.ts';

const long = 'customer-documents-archive-of-production';

/** The rule as mc reads it: `AES256`, `aws:kms <key>`, or none. */
async function ruleOf(lab: SeenLab, bucket: string): Promise<string> {
  const said = await mc(lab, 'encrypt', 'info', '--json', `lab/${bucket}`).catch(() => '{}');
  const { encryption } = JSON.parse(said) as { encryption?: { algorithm: string; keyId?: string } };
  return encryption ? [encryption.algorithm, encryption.keyId].filter(Boolean).join(' ') : 'none';
}

const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) });

test('rules are planned, set, read back and undone; encryption is required and tried; what wins is proven', async ({
  window: page,
  lab,
  place,
}) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  await mc(seen, 'mb', 'lab/media-originals');
  await mc(seen, 'mb', `lab/${long}`);

  await test.step('the page says what new objects get', async () => {
    await page.getByRole('link', { name: 'MinIO', exact: true }).click();
    await expect(page.getByText('1 of 3 buckets encrypts by rule, 2 take what the client sends.')).toBeVisible();
    await expect(row(page, 'first-bucket')).toContainText('SSE-KMS');
    await expect(row(page, 'first-bucket')).toContainText('minio-default');
    await expectAccessible(page);
  });

  await test.step('a bucket is made with rule, versions and lock', async () => {
    await page.getByRole('button', { name: 'Bucket', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'New bucket' });
    await dialog.getByLabel('Name').fill('invoices-archive');
    await dialog.getByRole('radio', { name: 'SSE-S3' }).check();
    await dialog.getByRole('switch', { name: 'Object lock' }).check({ force: true });
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Make the bucket' }).click();
    await expect(page.getByText('The bucket invoices-archive was made, with its settings read back.')).toBeVisible();
    await expect(row(page, 'invoices-archive')).toContainText(/SSE-S3.*on.*on/);
    expect(await ruleOf(seen, 'invoices-archive')).toBe('AES256');
    await page.getByRole('button', { name: 'Close this message' }).click();
  });

  await test.step('three are chosen by keyboard alone', async () => {
    await page.getByRole('grid', { name: 'Buckets' }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press(' ');
    await expect(page.getByText('1 selected')).toBeVisible();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press(' ');
    await page.keyboard.press('Shift+ArrowDown');
    await expect(page.getByText('3 selected')).toBeVisible();
    await page.keyboard.press('Control+a');
    await expect(page.getByText('4 selected')).toBeVisible();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press(' ');
    await expect(page.getByText('3 selected')).toBeVisible();
    await expect(row(page, 'first-bucket')).toHaveAttribute('aria-selected', 'false');
  });

  const plan = page.getByRole('region', { name: 'Plan: one rule for 3 buckets' });
  await test.step('the plan tests the key, names what changes and what it does not do', async () => {
    await page.getByRole('button', { name: 'Set rule…' }).click();
    await expect(plan.getByText('MinIO made and opened a data key with it')).toBeVisible();
    await expect(plan.getByRole('listitem')).toHaveCount(3);
    await expect(plan.getByText('3 buckets were not audited in whole: nobody knows how much plaintext stays there')).toBeVisible();
    await expect(plan.getByText(`mc encrypt set sse-kms minio-default sealdeck/${long}`)).toBeVisible();
    await expectAccessible(page);
    expect(await page.locator('button[data-variant="filled"]').count()).toBe(1);
  });

  await test.step('it is set, read back, and mc says the same', async () => {
    await page.getByRole('button', { name: 'Set rule on 3 buckets' }).click();
    await expect(page.getByText('Rule set on 3 buckets, read back from the server.')).toBeVisible();
    await expect(page.getByText('All 4 buckets encrypt by rule.')).toBeVisible();
    for (const bucket of ['media-originals', 'invoices-archive', long]) expect(await ruleOf(seen, bucket)).toBe('aws:kms minio-default');
  });

  await test.step('what somebody else changed meanwhile is left alone by undo, and said', async () => {
    await mc(seen, 'encrypt', 'set', 'sse-s3', 'lab/media-originals');
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: /^Undo the change of/ });
    const fact = (label: string) => dialog.locator('dl > div').filter({ hasText: label }).getByRole('definition');
    await expect(fact('SSE-KMS minio-default → no rule')).toHaveText(long);
    await expect(fact('SSE-KMS minio-default → SSE-S3')).toHaveText('invoices-archive');
    await expect(fact('New objects without a header')).toHaveText(`will be stored as plaintext: ${long}`);
    await expect(fact('Changed since, left as it is')).toHaveText('media-originals (SSE-S3)');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Leave the rules as they are' }).click();
    await expect(dialog).toHaveCount(0);
    expect(await ruleOf(seen, long)).toBe('aws:kms minio-default');
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await dialog.getByRole('button', { name: 'Put back on 2 buckets' }).click();
    await expect(page.getByText('The former rule of 1 bucket is back.')).toBeVisible();
    await expect(
      page.getByText('1 bucket has no rule, as before. New objects without an encryption header will be stored there as plaintext.'),
    ).toBeVisible();
    await expect(page.getByText('The rule of media-originals changed meanwhile')).toBeVisible();
    expect([await ruleOf(seen, 'invoices-archive'), await ruleOf(seen, long), await ruleOf(seen, 'media-originals')]).toEqual([
      'AES256',
      'none',
      'AES256',
    ]);
    await page.getByRole('button', { name: 'Close this message' }).click();
  });

  await test.step('a rule is removed after the facts were shown, and put back with one click, or from the bar after its facts', async () => {
    await showIn(page, 'Dark');
    await row(page, 'invoices-archive').click();
    await page.getByRole('button', { name: 'Remove rule…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove the rule of invoices-archive?' });
    await expect(dialog.getByText('stay encrypted')).toBeVisible();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Remove the rule' }).click();
    await expect(page.getByText('Rule removed from 1 bucket.')).toBeVisible();
    expect(await ruleOf(seen, 'invoices-archive')).toBe('none');
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect(page.getByText('The former rule of 1 bucket is back.')).toBeVisible();
    expect(await ruleOf(seen, 'invoices-archive')).toBe('AES256');

    await row(page, 'invoices-archive').click();
    await page.getByRole('button', { name: 'Remove rule…' }).click();
    await dialog.getByRole('button', { name: 'Remove the rule' }).click();
    await expect(page.getByText('Rule removed from 1 bucket.')).toBeVisible();
    await page.getByRole('button', { name: 'Close this message' }).click();
    await page.getByRole('button', { name: /^Undo the change of/ }).click();
    const asked = page.getByRole('dialog', { name: /^Undo the change of/ });
    await expect(asked.getByText('no rule → SSE-S3')).toBeVisible();
    expect(await ruleOf(seen, 'invoices-archive')).toBe('none');
    await asked.getByRole('button', { name: 'Put back on 1 bucket' }).click();
    await expect(page.getByText('The former rule of 1 bucket is back.')).toBeVisible();
    expect(await ruleOf(seen, 'invoices-archive')).toBe('AES256');
  });

  await test.step('the policy is shown before it is set', async () => {
    await row(page, 'first-bucket').click();
    await page.getByRole('link', { name: 'Require encryption…' }).click();
    await expect(page.getByRole('heading', { name: 'Does first-bucket refuse uploads without encryption?' })).toBeVisible();
    await expect(page.getByText('The bucket has no policy.')).toBeVisible();
    await expect(page.getByText('"Sid": "SealdeckRequireEncryption"', { exact: false })).toHaveCount(2);
    await expect(page.getByRole('main').getByText(/^mc admin policy attach sealdeck require-encryption-first-bucket --user/)).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('tries show what MinIO refuses, and the trap of uploads in parts', async () => {
    await page.getByRole('button', { name: 'Try it' }).click();
    await expect(page.getByRole('row', { name: /^Without a header refused refused 403 AccessDenied/ })).toBeVisible();
    await expect(page.getByRole('row', { name: /^SSE-C accepted accepted/ })).toBeVisible();
    await expect(page.getByRole('row', { name: /as clients do it accepted refused 403 AccessDenied/ })).toBeVisible();
    await expect(page.getByRole('row', { name: /^In parts, header with every request accepted accepted/ })).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('it is set, mc reads it, and it is taken out again', async () => {
    await page.getByRole('button', { name: 'Set the policy' }).click();
    await expect(page.getByText('Yes, from everybody without a credential.', { exact: false })).toBeVisible();
    expect(await mc(seen, 'anonymous', 'get-json', 'lab/first-bucket')).toContain('SealdeckRequireEncryption');
    // Nothing differs, so nothing asks to be done; another requirement does.
    const change = page.getByRole('button', { name: 'Change the policy' });
    await expect(change).toBeDisabled();
    await expect(page.locator('button[data-variant="filled"]')).toHaveCount(0);
    await page.getByRole('radio', { name: 'SSE-S3' }).check();
    await expect(change).toBeEnabled();
    await expect(change).toHaveAttribute('data-variant', 'filled');
    await page.getByRole('link', { name: 'Buckets' }).click();
    await expect(row(page, 'first-bucket')).toContainText('refuses uploads without a credential and without an encryption header');
    await page.goBack();
    await page.getByRole('button', { name: 'Take it out' }).click();
    await expect(page.getByText('No. Uploads without a header land as the rule says.')).toBeVisible();
    expect(await mc(seen, 'anonymous', 'get-json', 'lab/first-bucket').catch(() => '')).not.toContain('Sealdeck');
    await page.getByRole('link', { name: 'Buckets' }).click();
  });

  await test.step('for one prefix header, policy and encrypting in place are taken together', async () => {
    await row(page, 'first-bucket').click();
    await page.getByRole('link', { name: 'Require encryption…' }).click();
    await page.getByRole('link', { name: 'Only below one prefix…' }).click();
    await page.getByRole('textbox', { name: 'Prefix' }).fill('letters/');
    await expect(page.getByText('Not required yet.')).toBeVisible();
    const line = await page.getByText(/^mc cp --enc-kms/).textContent();
    const file = join(place.folder, 'letter.txt');
    await writeFile(file, 'a letter');
    const words = (line ?? '').replaceAll('sealdeck/', 'lab/').replace('FILE', file).split(' ');
    await mc(seen, ...words.slice(1));
    expect(await mc(seen, 'stat', 'lab/first-bucket/letters/letter.txt')).toContain('minio-default');
    await page.getByRole('button', { name: 'Set the policy' }).click();
    await expect(page.getByText('The bucket’s policy requires it below this prefix.')).toBeVisible();
    expect(await mc(seen, 'anonymous', 'get-json', 'lab/first-bucket')).toContain('first-bucket/letters/*');
    await expect(page.getByRole('link', { name: 'Encrypt in place…' })).toHaveAttribute(
      'href',
      /bucket=first-bucket&prefix=letters%2F&to=sse-kms/,
    );
    await expectAccessible(page);
    expect(await page.locator('[data-variant="filled"]').count()).toBe(1);
    await page.getByRole('button', { name: 'Take it out' }).click();
    await expect(page.getByText('Not required yet.')).toBeVisible();
    await page.getByRole('link', { name: 'Buckets' }).click();
  });

  await test.step('all combinations are tried with both settings', async () => {
    await page.getByRole('link', { name: 'What wins?' }).click();
    await page.getByRole('button', { name: 'Try all 24' }).click();
    await expect(page.getByText('The header, then the rule, then automatic encryption.', { exact: false })).toBeVisible({
      timeout: 40_000,
    });
    const table = page.getByRole('table', { name: 'State and key of what was uploaded' });
    await expect(
      table.getByRole('row', { name: /^no rule none Plaintext KES was not asked SSE-KMS minio-default 1 request at KES/ }),
    ).toBeVisible();
    await expect(table.getByRole('row', { name: /^SSE-C SSE-C KES was not asked SSE-C KES was not asked/ })).toHaveCount(3);
    await expectAccessible(page);
    expect(await mc(seen, 'ls', 'lab')).not.toContain('sealdeck-try');
  });
});
