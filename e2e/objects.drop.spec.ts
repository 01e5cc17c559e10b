import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Locator, Page } from 'playwright/test';
import { createLog } from '../electron/platform/log.ts';
import { createSealedStore } from '../electron/platform/sealedStore.ts';
import { enginePid } from './cli.ts';
import { dropFiles } from './dropFiles.ts';
import { mc, openPracticeLab, type SeenLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, framesToWindow } from './window.ts';

interface Way {
  name: string;
  bucket: 'first-bucket' | 'no-rule';
  /** Name of the radio button. */
  radio: string;
  /** What else is chosen. */
  choose?(tray: Locator): Promise<void>;
  state: 'SSE-KMS' | 'SSE-S3' | 'SSE-C' | 'plaintext';
  key?: string;
  context?: Record<string, string>;
}

const ways: Way[] = [
  { name: 'by-rule', bucket: 'first-bucket', radio: 'Bucket rule', state: 'SSE-KMS', key: 'minio-default' },
  { name: 'by-no-rule', bucket: 'no-rule', radio: 'Bucket rule', state: 'plaintext' },
  { name: 'sse-s3', bucket: 'no-rule', radio: 'SSE-S3', state: 'SSE-S3' },
  {
    name: 'sse-kms',
    bucket: 'no-rule',
    radio: 'SSE-KMS',
    async choose(tray) {
      await tray.getByRole('combobox', { name: 'KES key' }).fill('minio-second');
      await tray.getByRole('button', { name: 'Add an encryption context' }).click();
      await tray.getByRole('textbox', { name: 'Name 1' }).fill('case');
      await tray.getByRole('textbox', { name: 'Value 1' }).fill('4711 卷');
    },
    state: 'SSE-KMS',
    key: 'minio-second',
    context: { case: '4711 卷' },
  },
  {
    name: 'sse-c',
    bucket: 'no-rule',
    radio: 'SSE-C',
    async choose(tray) {
      await tray.getByRole('button', { name: 'Make a key' }).click();
      await tray.getByRole('textbox', { name: 'Name of the new key' }).fill('acceptance');
      await tray.getByRole('button', { name: 'Make a key' }).click();
      await expect(tray.getByText('Who loses it loses the data.', { exact: false })).toBeVisible();
    },
    state: 'SSE-C',
  },
];

/** Text that is looked for on the raw disk: once in a file that MinIO keeps inside its metadata, and once in one of its own. */
const textOf = ({ name }: Way): string => `what ${name} hides ${createHash('sha256').update(name).digest('hex')}\n`;

interface Dropped {
  /** What is dropped: one file and one folder. */
  paths: string[];
  /** Path below the target, and content. */
  files: [path: string, content: string][];
}

async function makeDrop(folder: string, way: Way): Promise<Dropped> {
  const text = textOf(way);
  const root = join(folder, way.name);
  await mkdir(join(root, 'nested', '深い', 'empty folder'), { recursive: true });
  const files: [string, string][] = [
    [`single ${way.name} + ünï.txt`, text],
    [`${way.name}/note.txt`, text],
    [`${way.name}/nested/empty.txt`, ''],
    [`${way.name}/nested/深い/合同 % #1 & [e\u0301].txt`, text.repeat(2)],
    [`${way.name}/large.txt`, text.repeat(6000)],
  ];
  for (const [path, content] of files) await writeFile(join(folder, path), content);
  await symlink('note.txt', join(root, 'link.txt'));
  await symlink('/etc', join(root, 'nested', 'etc'));
  return { paths: [join(folder, files[0]?.[0] ?? ''), root], files };
}

async function openBucket(page: Page, bucket: string): Promise<void> {
  await page.getByRole('link', { name: 'Objects', exact: true }).click();
  await page.getByRole('link', { name: bucket, exact: true }).click();
  await expect(page.getByText('Drop files anywhere here')).toBeVisible();
}

/** The SSE-C key that was made in the window, as its owner could read it. */
async function customerKey(data: string, stackId: string): Promise<Buffer> {
  const store = createSealedStore({ folder: data, log: createLog(join(data, 'test.log')) });
  await store.openIfPossible();
  const kept = JSON.parse(store.get(`stack:${stackId}`, 'ssec.keys')?.reveal() ?? '{"keys":[]}') as { keys: { key: string }[] };
  return Buffer.from(kept.keys[0]?.key ?? '', 'base64');
}

/** Files of the server's drive that hold a text, with their paths below it. */
async function filesWith(drive: string, text: string): Promise<string[]> {
  const all = await readdir(drive, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of all) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // Files of the server itself come and go.
    const content = await readFile(path).catch(() => Buffer.alloc(0));
    if (content.includes(text)) found.push(relative(drive, path));
  }
  return found;
}

interface Stat {
  size: number;
  metadata: Record<string, string>;
}

/** mc's words for the encryption of an object. */
function saidByMc({ metadata }: Stat): { state: string; key?: string; context?: Record<string, string> } {
  const of = (name: string): string | undefined =>
    Object.entries(metadata).find(([key]) => key.toLowerCase() === `x-amz-server-side-encryption${name}`)?.[1];
  const [kind, key, context] = [of(''), of('-aws-kms-key-id'), of('-context')];
  if (of('-customer-algorithm') !== undefined) return { state: 'SSE-C' };
  if (kind === undefined) return { state: 'plaintext' };
  if (kind !== 'aws:kms') return { state: 'SSE-S3' };
  return {
    state: 'SSE-KMS',
    key: key?.replace('arn:aws:kms:', '') ?? '',
    ...(context === undefined ? {} : { context: JSON.parse(Buffer.from(context, 'base64').toString()) as Record<string, string> }),
  };
}

test('files and folders that are dropped land as chosen: the window, mc and the raw disk agree', async ({ window: page, lab, place }) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  await mc(seen, 'mb', 'lab/no-rule');
  await mc(seen, 'admin', 'kms', 'key', 'create', 'lab', 'minio-second');
  const drops = new Map<Way, Dropped>();
  for (const way of ways) drops.set(way, await makeDrop(place.folder, way));

  for (const [way, { paths, files }] of drops) {
    await test.step(`${way.radio} in ${way.bucket}`, async () => {
      await openBucket(page, way.bucket);
      await dropFiles(page, page.getByRole('main'), paths);
      const tray = page.getByTestId('upload-tray');
      await expect(tray.getByRole('heading', { name: /^Upload 5 files/ })).toBeVisible();
      await expect(tray.getByText('1 empty folder is left out: S3 has no folders.')).toBeVisible();
      await expect(tray.getByText('Symbolic links in dropped folders are left out')).toBeVisible();
      await tray.getByRole('radio', { name: way.radio }).click();
      await way.choose?.(tray);
      await tray.getByRole('button', { name: 'Upload 5 files', exact: true }).click();
      await expect(tray.getByText('sent and read back. That is all.')).toBeVisible();
      await expect(tray.getByText('5 of 5', { exact: true })).toBeVisible();
      await expectCard(page, tray, way, files[1]?.[0] ?? '');
      await tray.getByRole('button', { name: 'Close the tray' }).last().click();
    });
  }

  await test.step('mc reads the same names, contents, states and keys', async () => {
    const key = (await customerKey(lab.data, lab.stackId)).toString('hex');
    expect(key).toHaveLength(64);
    for (const [way, { files }] of drops) {
      const withKey = way.state === 'SSE-C' ? ['--enc-c', `lab/${way.bucket}/=${key}`] : [];
      for (const [path, content] of files) {
        const where = `lab/${way.bucket}/${path}`;
        const said = JSON.parse(await mc(seen, 'stat', '--json', ...withKey, where)) as Stat;
        expect(said.size, path).toBe(Buffer.byteLength(content));
        expect(saidByMc(said), path).toEqual({
          state: way.state,
          ...(way.key === undefined ? {} : { key: way.key }),
          ...(way.context === undefined ? {} : { context: way.context }),
        });
        expect(await mc(seen, 'cat', ...withKey, where), path).toBe(content);
      }
      const names = await namesIn(seen, way.bucket);
      expect(names.filter((name) => name.includes(way.name)).toSorted()).toEqual(files.map(([path]) => path).toSorted());
    }
  });

  await test.step('before it is sent, the folder can be another one and files can be left out', async () => {
    const [first] = drops;
    if (!first) throw new Error('nothing was dropped');
    const [way, { paths, files }] = first;
    await openBucket(page, way.bucket);
    await dropFiles(page, page.getByRole('main'), paths);
    const tray = page.getByTestId('upload-tray');
    await expect(tray.getByText('5 of these names are there already')).toBeVisible();
    await tray.getByRole('textbox', { name: 'Folder in first-bucket' }).fill('/moved/here');
    await tray.getByRole('textbox', { name: 'Folder in first-bucket' }).press('Enter');
    await expect(tray.getByRole('textbox', { name: 'Folder in first-bucket' })).toHaveValue('moved/here/');
    await expect(tray.getByText('of these names are there already')).toHaveCount(0);
    await tray.getByRole('button', { name: `Leave out ${way.name}/large.txt` }).click();
    await expect(tray.getByRole('heading', { name: /^Upload 4 files/ })).toBeVisible();
    await expectAccessible(page);
    await tray.getByRole('button', { name: 'Upload 4 files', exact: true }).click();
    await expect(tray.getByText('sent and read back. That is all.')).toBeVisible();
    const names = (await namesIn(seen, way.bucket)).filter((name) => name.startsWith('moved/'));
    expect(names.toSorted()).toEqual(
      files
        .slice(0, 4)
        .map(([path]) => `moved/here/${path}`)
        .toSorted(),
    );
    await tray.getByRole('button', { name: 'Close the tray' }).last().click();
  });

  await test.step('on the raw disk only what was not encrypted can be read', async () => {
    for (const way of ways) {
      const found = await filesWith(join(lab.dir, 'minio', 'data'), textOf(way));
      if (way.state === 'plaintext') expect(found.filter((path) => path.startsWith(way.bucket)).length).toBe(4);
      else expect(found, way.name).toEqual([]);
    }
  });
});

/** The card that opens from the tray says state and key. */
async function expectCard(page: Page, tray: Locator, { state, key, context }: Way, path: string): Promise<void> {
  const word = state === 'plaintext' ? 'plaintext' : state;
  await tray
    .getByRole('button', { name: 'Done 5' })
    .click({ timeout: 2000 })
    .catch(() => undefined);
  await tray
    .getByRole('button', { name: new RegExp(`${path.split('/').at(-1)?.replace('.', '\\.')}.*${word}.*show its card`, 'i') })
    .click();
  const card = page.getByRole('region', { name: 'note.txt' });
  await expect(card.getByText(word, { exact: false }).first()).toBeVisible();
  if (key !== undefined) await expect(card.getByText(key, { exact: false }).first()).toBeVisible();
  for (const value of Object.values(context ?? {})) await expect(card.getByText(value, { exact: false }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Close the card' }).click();
}

async function namesIn(seen: SeenLab, bucket: string): Promise<string[]> {
  const lines = (await mc(seen, 'ls', '-r', '--json', `lab/${bucket}`)).split('\n').filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as { key: string }).key);
}

const mebibyte = 2 ** 20;

async function makeLarge(path: string, mebibytes: number): Promise<void> {
  const file = await open(path, 'w');
  for (let at = 0; at < mebibytes; at += 4) await file.write(randomBytes(4 * mebibyte));
  await file.close();
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

test('a large upload goes on after the engine was killed, and what lands is the same to the byte', async ({
  window: page,
  openWindow,
  lab,
  place,
}) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  const file = join(place.folder, 'large.bin');
  await makeLarge(file, 512);
  const tray = page.getByTestId('upload-tray');
  const sent = tray.getByRole('progressbar', { name: /% of all bytes sent$/ });

  await test.step('the engine dies while parts are on their way', async () => {
    await openBucket(page, 'first-bucket');
    await dropFiles(page, page.getByRole('main'), [file]);
    await tray.getByRole('button', { name: 'Upload 1 file', exact: true }).click();
    await expect.poll(async () => Number(await sent.getAttribute('aria-valuenow').catch(() => 0)), { intervals: [50] }).toBeGreaterThan(50);
    const pid = enginePid(lab.data);
    if (pid === undefined) throw new Error('no engine runs');
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => enginePid(lab.data)).toBeUndefined();
    expect(await namesIn(seen, 'first-bucket')).not.toContain('large.bin');
  });

  await test.step('the window says since when it knows nothing, and offers nothing that needs the engine', async () => {
    const alert = page.getByRole('alert').filter({ hasText: 'The connection to the engine is lost.' });
    await expect(alert).toContainText(/What you see is as of \d\d:\d\d\./);
    const health = page.getByRole('list', { name: 'Health of the stack' });
    await expect(health.getByRole('img', { name: 'not known: the engine does not answer' })).toHaveCount(4);
    await expect(page.getByRole('img', { name: 'in order' })).toHaveCount(0);
    await expect(page.getByRole('button', { name: /^1 job, \d+% ?as of \d\d:\d\d$/ })).toBeVisible();
    await expect(tray.getByText(/^as of \d\d:\d\d$/)).toBeVisible();
    const hold = tray.getByRole('button', { name: 'Pause' });
    await expect(hold).toBeDisabled();
    // The pointer rests where it clicked, and a tip is above it.
    await page.mouse.move(0, 0);
    await expect(page.getByRole('tooltip')).toHaveCount(0);
    await expectAccessible(page);
    await hold.hover({ force: true });
    await expect(page.getByRole('tooltip')).toHaveText('This needs the engine, and the connection to it is lost.');
  });

  await test.step('a new window asks for the same file, and goes on from the parts that are there', async () => {
    const frames = framesToWindow(page);
    await openWindow(page);
    await openBucket(page, 'first-bucket');
    await expect(tray.getByText('Drop the same files again')).toBeVisible();
    // What is on its way when the engine dies is lost: up to six parts. The others are kept.
    await expect(tray.getByText(/^Paused at [2-9]\d%$/).first()).toBeVisible();
    await dropFiles(page, page.getByRole('main'), [file]);
    await tray.getByRole('button', { name: 'Go on with 1 file' }).click();
    await expect(tray.getByText('sent and read back. That is all.')).toBeVisible({ timeout: 120_000 });
    // Four of the parts that are there are read again, to be compared; the others are not asked of the window.
    const asked = [...frames().matchAll(/"n":0,"from":(\d+),"to":(\d+)/g)].map(([, from, to]) => Number(to) - Number(from));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(0.95 * 512 * mebibyte);
  });

  await test.step('mc reads the same bytes, encrypted, and no parts are left behind', async () => {
    const copy = join(place.folder, 'copy.bin');
    await mc(seen, 'cp', '--quiet', 'lab/first-bucket/large.bin', copy);
    expect(await sha256(copy)).toBe(await sha256(file));
    const said = JSON.parse(await mc(seen, 'stat', '--json', 'lab/first-bucket/large.bin')) as Stat;
    expect(saidByMc(said)).toEqual({ state: 'SSE-KMS', key: 'minio-default' });
    expect(await mc(seen, 'ls', '-r', '--incomplete', 'lab/first-bucket')).toBe('');
  });
});
