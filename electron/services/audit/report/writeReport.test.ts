import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditRow } from '../../../../shared/audit.ts';
import { hashedFile } from './hashedFile.ts';
import { hostileKeys, newReportKey, partsOf, rowOf, secretsInMemory, textsFrom } from './report.testSupport.ts';
import { reportKeyOf } from './reportKey.ts';
import { formOf, openExport } from './rowPages.ts';
import { writeReport } from './writeReport.ts';

const rows = hostileKeys.map((key, at) => rowOf(at, key));
let reports: string;
beforeEach(async () => {
  reports = await mkdtemp(join(tmpdir(), 'sealdeck-report-'));
});
afterEach(() => rm(reports, { recursive: true, force: true }));

const never = new AbortController().signal;
const quiet = (): void => undefined;

test('JSON lines give back every row as it was, also keys with half a surrogate', async () => {
  const { folder } = await writeReport(partsOf(rows, reports, await newReportKey()), quiet, never);
  const lines = (await readFile(join(folder, 'objects.jsonl'), 'utf8')).split('\n').filter((line) => line !== '');
  expect(lines.map((line) => auditRow.parse(JSON.parse(line)))).toEqual(rows);
});

test('a spreadsheet runs nothing in the CSV, and line breaks stay inside their cell', async () => {
  const { folder } = await writeReport(partsOf(rows, reports, await newReportKey()), quiet, never);
  const csv = await readFile(join(folder, 'objects.csv'), 'utf8');
  expect(csv.startsWith('\uFEFFbucket,key,version_id,')).toBe(true);
  const cells = readCsv(csv.slice(1)).slice(1);
  expect(cells).toHaveLength(rows.length);
  for (const [at, cell] of cells.entries()) {
    const key = cell[1] ?? '';
    expect(key.replace(/^'/, '')).toBe(hostileKeys[at]?.replace('\ud800', '\ufffd'));
    expect(key).not.toMatch(/^[\s\p{Cc}]*[=+\-@＝]/u);
    expect(cell).toHaveLength(16);
  }
});

test('the page runs and loads nothing, and escapes names', async () => {
  const parts = partsOf(rows, reports, await newReportKey(), {
    findings: [{ level: 'fail', what: { code: 'auditPageSample' }, next: { code: 'auditPageOwner' }, commands: ['mc cp "<x>"'] }],
  });
  const { folder, fingerprint } = await writeReport(parts, quiet, never);
  const page = await readFile(join(folder, 'report.html'), 'utf8');
  expect(page).toContain("default-src 'none'");
  expect(page).not.toMatch(/<script|<b>\s*<\/|src=|href=/);
  expect(page).toContain('lab &#60;b&#62;');
  expect(page).toContain(fingerprint);
});

test.each([
  [{ sample: true }, 'Sample: generated'],
  [{ protected: false }, 'Practice: not protected'],
  [{ state: 'cancelled' as const }, 'was not finished'],
  [{ gaps: 1 }, 'could not be listed'],
])('the page says what weakens it: %j', async (change, words) => {
  const parts = partsOf(rows, reports, await newReportKey());
  const plain = await writeReport(parts, quiet, never);
  expect(await readFile(join(plain.folder, 'report.html'), 'utf8')).not.toContain(words);
  const marked = await writeReport({ ...parts, audit: { ...parts.audit, ...change } }, quiet, never);
  expect(await readFile(join(marked.folder, 'report.html'), 'utf8')).toContain(words);
});

test('two first reports at once are signed with one key', async () => {
  const secrets = secretsInMemory();
  const slow = { ...secrets, set: (...args: Parameters<typeof secrets.set>) => setImmediate().then(() => secrets.set(...args)) };
  const [one, two] = await Promise.all([reportKeyOf(slow, 'key'), reportKeyOf(slow, 'key')]);
  expect(two.fingerprint).toBe(one.fingerprint);
});

test('a sample without plaintext is never green', async () => {
  const parts = partsOf([], reports, await newReportKey());
  const good = await writeReport(parts, quiet, never);
  expect(await readFile(join(good.folder, 'report.html'), 'utf8')).toContain('class="answer ok"');
  const sample = await writeReport({ ...parts, audit: { ...parts.audit, sample: true } }, quiet, never);
  expect(await readFile(join(sample.folder, 'report.html'), 'utf8')).not.toContain('class="answer ok"');
});

test('a second report stands beside the first, and what a killed one left is removed', async () => {
  await mkdir(join(reports, '.audit-x-00000000.part'));
  await writeFile(join(reports, '.audit-x-00000000.part', 'objects.csv'), 'half');
  const key = await newReportKey();
  const first = await writeReport(partsOf(rows, reports, key), quiet, never);
  const second = await writeReport(partsOf(rows, reports, key), quiet, never);
  expect((await readdir(reports)).toSorted()).toEqual(['audit-20261122T020000-1a2b3c4d', 'audit-20261122T020000-1a2b3c4d-2']);
  expect(second.folder).toBe(`${first.folder}-2`);
});

test('a cancelled report leaves nothing', async () => {
  const stop = new AbortController();
  const many = Array.from({ length: 5_000 }, (_, at) => rowOf(at, `key-${at}`));
  const report = ({ done }: { done?: number }): void => {
    if (done === 2_000) stop.abort();
  };
  await expect(writeReport(partsOf(many, reports, await newReportKey()), report, stop.signal)).rejects.toThrow();
  expect(await readdir(reports)).toEqual([]);
});

// A stand-in for a fault that cannot be made here: the disk has no space left.
test('a full disk is said as that, and leaves nothing', async () => {
  const full = async (path: string) => {
    const file = await hashedFile(path);
    const none = Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write' });
    return { ...file, write: (part: string | Uint8Array) => (part.length > 500 ? Promise.reject(none) : file.write(part)) };
  };
  const work = writeReport(partsOf(rows, reports, await newReportKey()), quiet, never, full);
  await expect(work).rejects.toMatchObject({ code: 'reportDiskFull', details: { folder: reports } });
  expect(await readdir(reports)).toEqual([]);
});

test('an export is a stream that asks for a page when it is read, and closes its store once', async () => {
  const many = Array.from({ length: 20_000 }, (_, at) => rowOf(at, `key-${at}`));
  let asked = 0;
  let closed = 0;
  const texts: ReturnType<typeof textsFrom> = (...args) => {
    asked += 1;
    return textsFrom(many)(...args);
  };
  const close = async (): Promise<void> => {
    closed += 1;
  };
  const stream = openExport(formOf('jsonl', {}, { texts, language: 'en' }), close);
  await new Promise((done) => stream.once('readable', done));
  expect(asked).toBeLessThan(5);
  const content = await text(stream);
  expect(content.split('\n')).toHaveLength(many.length + 1);
  const dropped = openExport(formOf('csv', {}, { texts, language: 'en' }), close);
  dropped.destroy();
  await setImmediate();
  expect(closed).toBe(2);
});

/** RFC 4180, by hand: another reading than that of the writer. */
function readCsv(csv: string): string[][] {
  const cells = [...csv.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n)/g)];
  const records: string[][] = [[]];
  for (const [, quoted, plain, end] of cells) {
    records.at(-1)?.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === '\r\n') records.push([]);
  }
  return records.slice(0, -1);
}
