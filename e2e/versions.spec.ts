import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sealdeck } from './cli.ts';
import { mc, openPracticeLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';

test('an older version is downloaded as what it is, under a name that is not the current one’s', async ({
  window: page,
  openWindow,
  lab,
  place,
}) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  await mc(seen, 'mb', 'lab/kept');
  await mc(seen, 'version', 'enable', 'lab/kept');
  const file = join(place.folder, 'note.txt');
  for (const content of ['the first\n', 'the second\n']) {
    await writeFile(file, content);
    await mc(seen, 'cp', '--quiet', file, 'lab/kept/note.txt');
  }
  const listed = (await mc(seen, 'ls', '--versions', '--json', 'lab/kept')).split('\n').filter(Boolean);
  const older = (JSON.parse(listed.at(-1) ?? '') as { versionId: string }).versionId;
  const named = `note (version ${older}).txt`;
  const open = async (): Promise<void> => {
    await page.getByRole('link', { name: 'Objects', exact: true }).click();
    await page.getByRole('link', { name: 'kept', exact: true }).click();
    await page.getByRole('switch', { name: 'Versions' }).click();
    await page
      .getByRole('row', { name: /note\.txt/ })
      .nth(1)
      .click();
  };

  await test.step('through the browser', async () => {
    await open();
    const saved = page.waitForEvent('download');
    await page.getByRole('region', { name: 'note.txt' }).getByRole('button', { name: 'Download' }).click();
    const download = await saved;
    expect(download.suggestedFilename()).toBe(named);
    expect(await readFile(await download.path(), 'utf8')).toBe('the first\n');
  });

  await test.step('to a folder, beside the current one', async () => {
    const to = join(place.folder, 'here');
    const get = (...more: string[]) =>
      sealdeck(['download', '--dir', lab.dir, '--bucket', 'kept', 'note.txt', '--to', to, ...more], { env: place.env });
    expect((await get('--version-id', older)).code).toBe(0);
    expect((await get()).code).toBe(0);
    expect((await readdir(to)).toSorted()).toEqual([named, 'note.txt'].toSorted());
    expect(await readFile(join(to, named), 'utf8')).toBe('the first\n');
    expect(await readFile(join(to, 'note.txt'), 'utf8')).toBe('the second\n');
  });

  // No Electron can be had here: this window is told that it is the desktop's, and what it then asks the engine for is read.
  await test.step('the desktop’s dialog asks for the version by its id', async () => {
    const asked: string[] = [];
    await page.routeWebSocket(/.*/, (socket) => {
      const engine = socket.connectToServer();
      socket.onMessage((message) => {
        asked.push(String(message));
        engine.send(message);
      });
      engine.onMessage((message) => socket.send(String(message).replace('"host":"browser"', '"host":"desktop"')));
    });
    // Another address of the same page alone would not open its socket anew.
    await page.goto('about:blank');
    await openWindow(page);
    await open();
    await page.getByRole('region', { name: 'note.txt' }).getByRole('button', { name: 'Download' }).click();
    const dialog = page.getByRole('dialog', { name: 'Download 1 object' });
    await expect(dialog.getByText('The file of a version has the version’s id in its name', { exact: false })).toBeVisible();
    await dialog.getByLabel('Folder on this machine').fill(place.folder);
    await dialog.getByRole('button', { name: 'Download' }).click();
    // The engine knows whose window it is.
    await expect(dialog.getByText('A browser’s window cannot write to folders of this machine')).toBeVisible();
    expect(asked.find((frame) => frame.includes('objects.downloadTo'))).toContain(
      `"keys":[],"versions":[{"key":"note.txt","versionId":"${older}"}]`,
    );
  });
});
