import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { manifestName, signatureName } from './manifest.ts';
import { hostileKeys, newReportKey, partsOf, rowOf } from './report.testSupport.ts';
import { ownFingerprint } from './reportKey.ts';
import { verifyReport } from './verify.ts';
import { writeReport } from './writeReport.ts';

const signal = new AbortController().signal;
let root: string;
let folder: string;
let fingerprint: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sealdeck-report-'));
  const key = await newReportKey();
  const rows = hostileKeys.map((name, at) => rowOf(at, name));
  ({ folder, fingerprint } = await writeReport(partsOf(rows, root, key), () => undefined, signal));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const states = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await verifyReport(folder)).files.filter(({ state }) => state !== 'intact').map(({ name, state }) => [name, state]));
async function flip(name: string, at = -3): Promise<void> {
  const bytes = await readFile(join(folder, name));
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  await writeFile(join(folder, name), bytes);
}

test('an untouched report is intact, and says whose key signed it', async () => {
  const verdict = await verifyReport(folder, { signerOf: async (print) => (print === fingerprint ? 'lab' : undefined) });
  expect(verdict).toMatchObject({ result: 'intact', fingerprint, signedBy: 'lab', audit: { id: '20261122T020000-1a2b3c4d' } });
  expect(verdict.files.map(({ name }) => name)).toEqual([
    'objects.csv',
    'objects.jsonl',
    'summary.json',
    'report.html',
    'manifest.json',
    'manifest.sig',
    'report-key.pem',
  ]);
  expect(await states()).toEqual({});
});

test.each(['objects.csv', 'objects.jsonl', 'summary.json', 'report.html', 'report-key.pem'])(
  'one changed bit in %s is named',
  async (name) => {
    await flip(name);
    expect((await verifyReport(folder)).result).toBe('altered');
    expect(await states()).toEqual({ [name]: 'altered' });
  },
);

test('a line break added to the public key is named, although the key still reads', async () => {
  await writeFile(join(folder, 'report-key.pem'), `${await readFile(join(folder, 'report-key.pem'), 'utf8')}\n`);
  expect(await states()).toEqual({ 'report-key.pem': 'altered' });
});

test('a changed manifest and its signature do not fit together, whichever was changed', async () => {
  const text = await readFile(join(folder, manifestName), 'utf8');
  await writeFile(join(folder, manifestName), text.replace('auditor-ro', 'auditor-rw'));
  const both = { [manifestName]: 'altered', [signatureName]: 'altered' };
  expect(await states()).toEqual(both);
  expect((await verifyReport(folder, { signerOf: async () => 'lab' })).signedBy).toBeUndefined();
  await writeFile(join(folder, manifestName), text);
  expect(await states()).toEqual({});
  await flip(signatureName);
  expect(await states()).toEqual(both);
});

test('wherever a byte of the manifest is changed, it is found', async () => {
  const bytes = await readFile(join(folder, manifestName));
  for (let at = 0; at < bytes.length; at += 29) {
    await flip(manifestName, at);
    const verdict = await verifyReport(folder).catch((error: { code: string }) => error.code);
    expect(typeof verdict === 'string' ? verdict : verdict.result, `byte ${at}`).toMatch(/^(altered|reportDamaged|fileNewer)$/);
    await writeFile(join(folder, manifestName), bytes);
  }
});

test('swapped, cut, missing and added files are named', async () => {
  await rename(join(folder, 'objects.csv'), join(folder, 'x'));
  await rename(join(folder, 'objects.jsonl'), join(folder, 'objects.csv'));
  await rename(join(folder, 'x'), join(folder, 'objects.jsonl'));
  expect(await states()).toEqual({ 'objects.csv': 'altered', 'objects.jsonl': 'altered' });
  await truncate(join(folder, 'summary.json'), 10);
  await rm(join(folder, 'report.html'));
  await writeFile(join(folder, 'notes.txt'), 'hello');
  expect(await states()).toMatchObject({ 'summary.json': 'altered', 'report.html': 'missing', 'notes.txt': 'added' });
});

test('a link in the place of a file is not followed', async () => {
  await rename(join(folder, 'objects.csv'), join(root, 'elsewhere.csv'));
  await symlink(join(root, 'elsewhere.csv'), join(folder, 'objects.csv'));
  expect(await states()).toEqual({ 'objects.csv': 'altered' });
});

test.skipIf(process.platform === 'win32')('a pipe in the place of a file is not waited for', async () => {
  await rm(join(folder, 'objects.csv'));
  execFileSync('mkfifo', [join(folder, 'objects.csv')]);
  expect(await states()).toEqual({ 'objects.csv': 'altered' });
});

test('without its signature a report is not signed, and its files are judged all the same', async () => {
  await rm(join(folder, signatureName));
  expect((await verifyReport(folder, { signerOf: async () => 'lab' })).signedBy).toBeUndefined();
  expect((await verifyReport(folder)).result).toBe('notSigned');
  await flip('objects.csv');
  expect((await verifyReport(folder)).result).toBe('altered');
});

test('signed again with another key it holds together, but no stack here has that key', async () => {
  const other = await newReportKey();
  const manifest = JSON.parse(await readFile(join(folder, manifestName), 'utf8')) as Record<string, unknown>;
  const bytes = Buffer.from(`${JSON.stringify({ ...manifest, key: other.fingerprint }, null, 2)}\n`);
  await writeFile(join(folder, manifestName), bytes);
  await writeFile(join(folder, signatureName), other.sign(bytes));
  expect(await states()).toMatchObject({ 'report-key.pem': 'altered' });
  await writeFile(join(folder, 'report-key.pem'), other.pem);
  const verdict = await verifyReport(folder, { signerOf: async (print) => (print === fingerprint ? 'lab' : undefined) });
  expect(verdict).toMatchObject({ result: 'intact', fingerprint: other.fingerprint });
  expect(verdict.signedBy).toBeUndefined();
});

test('a report is judged also while the store of secrets is closed: only whose key it is cannot be said', async () => {
  const locked = {
    get: (): never => {
      throw new AppError('storeLocked');
    },
  };
  const verdict = await verifyReport(folder, { signerOf: async () => ownFingerprint(locked) });
  expect(verdict.result).toBe('intact');
  expect(verdict.signedBy).toBeUndefined();
});

test('a manifest cannot lead out of its folder, and what is none is refused with a reason', async () => {
  const manifest = await readFile(join(folder, manifestName), 'utf8');
  const refused = async (content: string): Promise<unknown> => {
    await writeFile(join(folder, manifestName), content);
    return verifyReport(folder).catch((error: { code: string }) => error.code);
  };
  expect(await refused(manifest.replace('"objects.csv"', '"../../etc/passwd"'))).toBe('reportDamaged');
  expect(await refused(manifest.replace('"objects.csv"', '"objects.jsonl"'))).toBe('reportDamaged');
  expect(await refused('{')).toBe('reportDamaged');
  expect(await refused('[]')).toBe('reportDamaged');
  expect(await refused(' '.repeat(5_000_000))).toBe('reportDamaged');
  expect(await refused(manifest.replace('"version": 1', '"version": 2'))).toBe('fileNewer');
  await rm(join(folder, manifestName));
  await expect(verifyReport(folder)).rejects.toMatchObject({ code: 'reportNotFound' });
  await expect(verifyReport(join(root, 'nothing'))).rejects.toMatchObject({ code: 'reportNotFound' });
  await expect(verifyReport('relative')).rejects.toMatchObject({ code: 'reportNotFound' });
});
