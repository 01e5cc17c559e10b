import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { enginePid, sealdeck } from './cli.ts';
import { mc, openPracticeLab, type SeenLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, showIn } from './window.ts';

const bucket = 'letters-archive';
const names = 30;
const twice = 10;

/** Small plaintext files with metadata, sent up by one real `mc`. */
async function fill(lab: SeenLab, folder: string, files: number, round: number): Promise<void> {
  await mkdir(join(folder, 'd'), { recursive: true });
  await Promise.all(Array.from({ length: files }, (_, at) => writeFile(join(folder, 'd', `${at}.txt`), `letter ${at}, ${round}`)));
  await mc(lab, 'cp', '--recursive', '--quiet', '--attr', 'owner=hr', `${folder}/`, `lab/${bucket}/`);
}

/** Plaintext that an audit of the bucket counts: current objects, and older versions. */
async function audit(dir: string): Promise<{ current: number; older: number }> {
  const { code, lines, stderr } = await sealdeck(['audit', '--dir', dir, '--json', '--bucket', bucket, '--versions']);
  const [told] = lines as Record<'current' | 'noncurrent', Record<string, { objects: number }>>[];
  if (!told) throw new Error(`sealdeck audit ended with ${code}: ${stderr}`);
  return { current: told.current.plaintext?.objects ?? -1, older: told.noncurrent.plaintext?.objects ?? -1 };
}

async function press(page: Page, role: 'button' | 'link' | 'radio', name: string | RegExp, key = 'Enter'): Promise<void> {
  const control = page.getByRole(role, { name });
  // A key on what is still off is lost.
  await expect(control).toBeEnabled();
  await control.focus();
  await page.keyboard.press(key);
}

const filled = (page: Page) => page.locator('main').locator('[data-variant="filled"]');

test('plaintext with versions, tags and locks is encrypted in place, from the finding of an audit to the one after it, by keyboard alone', async ({
  window: page,
  openWindow,
  lab,
  place,
}) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  await mc(seen, 'mb', '--with-lock', `lab/${bucket}`);
  await fill(seen, join(place.folder, 'first'), names, 0);
  await fill(seen, join(place.folder, 'second'), twice, 1);
  await mc(seen, 'tag', 'set', `lab/${bucket}/d/3.txt`, 'class=public&year=2026');
  await mc(seen, 'retention', 'set', 'governance', '30d', `lab/${bucket}/d/0.txt`);
  await mc(seen, 'legalhold', 'set', `lab/${bucket}/d/1.txt`);
  await mc(seen, 'rm', `lab/${bucket}/d/9.txt`);
  const current = names - 1;
  const older = twice + 1;

  await test.step('an audit finds it, and its finding leads to a plan', async () => {
    await press(page, 'link', 'Audit');
    await page.getByRole('checkbox', { name: 'Older versions too' }).focus();
    await page.keyboard.press('Space');
    await press(page, 'button', 'Start the audit');
    await expect(page.getByTestId('audit-answer')).toContainText(`${current} are plaintext`);
    await expect(page.getByTestId('audit-answer')).toContainText(`Of older versions ${older} are plaintext.`);
    await page.getByRole('radiogroup', { name: 'Views of this audit' }).getByRole('radio', { name: 'Map' }).focus();
    for (let at = 0; at < 3; at++) await page.keyboard.press('ArrowRight');
    const found = page.getByRole('link', { name: /^Encrypt in place: / }).and(page.locator(`[href*="bucket=${bucket}"]`));
    await found.first().focus();
    await page.keyboard.press('Enter');
    await expect(page.getByText(`Plaintext in ${bucket}, as the audit of`)).toBeVisible();
    await expect(page.getByRole('radio', { name: 'SSE-KMS' })).toBeChecked();
    await expect(page.getByRole('combobox', { name: 'Key of KES' })).toHaveValue('minio-default');
    await expectAccessible(page);
    expect(await filled(page).count()).toBe(1);
  });

  await test.step('the plan says what will be, and changes nothing', async () => {
    await press(page, 'button', 'Make the plan');
    await expect(page.getByText(`${current} objects would be encrypted. Nothing has changed yet.`)).toBeVisible();
    await expect(page.getByRole('row', { name: new RegExp(`^${bucket} on ${current} `) })).toBeVisible();
    await expect(page.getByText('Each copy is a new version', { exact: false })).toBeVisible();
    await expect(
      page.getByText(`New uploads to ${bucket} without an encryption header stay plaintext until`, { exact: false }),
    ).toBeVisible();
    await expect(page.getByRole('link', { name: `Set the rule of ${bucket}` })).toHaveAttribute('href', `#/minio/rule/${bucket}`);
    await expectAccessible(page);
    expect(await filled(page).count()).toBe(1);
    expect(await audit(lab.dir)).toEqual({ current, older });
  });

  await test.step('it runs at the pace that was asked, waits when paused, and stops when cancelled', async () => {
    await page.getByRole('textbox', { name: 'Most objects a second' }).focus();
    // So slow that none of what follows comes too late.
    await page.keyboard.type('2');
    await press(page, 'button', `Encrypt ${current} objects`);
    await expect(page.getByText(/^\d+ of 29 encrypted so far\.$/)).toBeVisible();
    await press(page, 'button', 'Pause');
    const paused = page.getByText(/^Paused: \d+ of 29 encrypted\.$/);
    await expect(paused).toBeVisible();
    const so = await paused.textContent();
    await expectAccessible(page);
    await showIn(page, 'Dark');
    await expectAccessible(page);
    await showIn(page, 'Light');
    await expect(paused).toHaveText(so ?? '');
    await press(page, 'button', 'Resume');
    await expect(page.getByText(/^\d+ of 29 encrypted so far\.$/)).toBeVisible();
    await press(page, 'button', 'Cancel');
    await expect(page.getByText(/^Cancelled: \d+ of 29 encrypted\. It can be resumed\.$/)).toBeVisible();
    const { current: rest } = await audit(lab.dir);
    expect(rest).toBeGreaterThan(0);
    expect(rest).toBeLessThan(current);
  });

  await test.step('the engine dies in the middle; a new window finds the run and goes on with it', async () => {
    await press(page, 'button', 'Resume');
    await expect(page.getByText(/^\d+ of 29 encrypted so far\.$/)).toBeVisible();
    const pid = enginePid(lab.data);
    if (pid === undefined) throw new Error('no engine runs');
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => enginePid(lab.data)).toBeUndefined();
    await openWindow(page);
    await page.evaluate(() => {
      location.hash = '#/in-place';
    });
    await expect(page.getByRole('row', { name: /Interrupted/ })).toBeVisible();
    await expectAccessible(page);
    await press(page, 'link', /^Open the run of/);
    await expect(page.getByText(/^Interrupted: \d+ of 29 encrypted\. It can be resumed\.$/)).toBeVisible();
    await press(page, 'button', 'Resume');
    await expect(page.getByText(`${current} objects encrypted and read back.`)).toBeVisible();
    await expect(page.getByRole('grid', { name: 'What came of each object' }).getByRole('row', { name: /^Encrypted/ })).not.toHaveCount(0);
    await expect(page.getByText(`New uploads to ${bucket} without an encryption header stay plaintext`, { exact: false })).toBeVisible();
    await expectAccessible(page);
    expect(await filled(page).count()).toBe(1);
  });

  await test.step('the ended run leads to an audit of the same place, and to the rule that is missing', async () => {
    await press(page, 'link', 'Audit again');
    await expect(page.getByRole('checkbox', { name: bucket })).toBeChecked();
    await page.goBack();
    await press(page, 'link', 'Set the bucket’s rule');
    await expect(page.getByRole('region', { name: 'Plan: a rule for 1 bucket' })).toBeVisible();
  });

  await test.step('no current object is plaintext, and content, metadata, tags and locks are what they were', async () => {
    expect(await audit(lab.dir)).toEqual({ current: 0, older: older + current });
    const of = (name: string) => `lab/${bucket}/d/${name}.txt`;
    expect(await mc(seen, 'cat', of('3'))).toBe('letter 3, 1');
    expect(await mc(seen, 'cat', of('20'))).toBe('letter 20, 0');
    expect(await mc(seen, 'stat', of('3'))).toMatch(/minio-default[\s\S]*owner\s*:\s*hr|owner\s*:\s*hr[\s\S]*minio-default/i);
    expect(await mc(seen, 'tag', 'list', of('3'))).toMatch(/class\s*:\s*public[\s\S]*year\s*:\s*2026/);
    expect(await mc(seen, 'retention', 'info', of('0'))).toContain('GOVERNANCE');
    expect(await mc(seen, 'legalhold', 'info', of('1'))).toContain('ON');
  });

  await test.step('a plan of nothing still says what is open, and is gone once it was left', async () => {
    const goTo = (hash: string) =>
      page.evaluate((to) => {
        location.hash = to;
      }, hash);
    await goTo(`#/in-place/new?bucket=${bucket}`);
    await press(page, 'button', 'Make the plan');
    await expect(page.getByText('Nothing to encrypt here.')).toBeVisible();
    await expect(page.getByRole('link', { name: `Set the rule of ${bucket}` })).toBeVisible();
    await expectAccessible(page);
    await goTo('#/in-place');
    await expect(page.getByText('1 plan or run is kept.')).toBeVisible();
    const kept = async () => (await sealdeck(['encrypt', 'list', '--dir', lab.dir, '--json'])).lines.length;
    await expect.poll(kept).toBe(1);
  });

  await test.step('history is rewritten from the bucket’s row, after its name was typed', async () => {
    await press(page, 'link', 'MinIO');
    await page.getByRole('grid', { name: 'Buckets' }).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Space');
    await press(page, 'link', 'Encrypt in place…');
    await expect(page.getByText(`Plaintext in ${bucket}.`)).toBeVisible();
    await press(page, 'radio', 'Rewrite history', 'Space');
    await press(page, 'button', 'Make the plan');
    await expect(page.getByText(`${older + current} versions would be rewritten. Nothing has changed yet.`)).toBeVisible();
    await expect(page.getByText('Locked by retention or a legal hold, and left as they are: 2.')).toBeVisible();
    await expectAccessible(page);
    await press(page, 'button', 'Rewrite history…');
    const dialog = page.getByRole('dialog', { name: `Rewrite the history of ${bucket}?` });
    await expect(dialog.getByText('Old versions are deleted for good.')).toBeVisible();
    await expectAccessible(page);
    await expect(dialog.getByRole('button', { name: 'Rewrite history' })).toBeDisabled();
    await page.keyboard.type(bucket);
    await page.keyboard.press('Enter');
    await expect(page.getByText(`${older + current - 2} encrypted and read back, 2 left as they were.`)).toBeVisible();
    await expect(page.getByRole('row', { name: /^Locked/ })).toHaveCount(2);
    await expectAccessible(page);
  });

  await test.step('only what is locked is still plaintext', async () => {
    expect(await audit(lab.dir)).toEqual({ current: 0, older: 2 });
    expect(await mc(seen, 'cat', `lab/${bucket}/d/5.txt`)).toBe('letter 5, 1');
    await expect(mc(seen, 'cat', `lab/${bucket}/d/9.txt`)).rejects.toThrow();
  });
});
