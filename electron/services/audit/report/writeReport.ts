import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import { reasonOf, syncFolder } from '../../../platform/atomicFile.ts';
import { makeFolder } from '../../../platform/makeFolder.ts';
import { seenOf } from '../progress.ts';
import type { StoreCalls } from '../work.ts';
import { headOf } from './forms.ts';
import { type HashedFile, hashedFile } from './hashedFile.ts';
import { contentNames, keyName, type Manifest, manifest, manifestName, signatureName } from './manifest.ts';
import { type PageParts, reportPage } from './page.ts';
import type { ReportKey } from './reportKey.ts';
import { textPages } from './rowPages.ts';

export interface ReportParts extends PageParts {
  texts: StoreCalls['texts'];
  /** User of this machine who asked for it. */
  madeBy: string;
  /** The folder that a stack's reports lie in. */
  reports: string;
  key: ReportKey;
}

export interface WrittenReport {
  folder: string;
  fingerprint: string;
  files: string[];
}

const unfinished = '.part';
/** Written by this engine right now; every other unfinished folder was left by one that was killed. */
const underWay = new Set<string>();

/**
 * Writes a report under a name of its own, signed, and gives the folder its final name last: killed before that, nothing
 * is there under it. Earlier reports stay. Throws `reportDiskFull`, `fileNotWritable`, `cancelled`.
 */
export async function writeReport(
  parts: Omit<ReportParts, 'fingerprint'>,
  report: Report,
  signal: AbortSignal,
  makeFile: (path: string) => Promise<HashedFile> = hashedFile,
): Promise<WrittenReport> {
  const { reports, audit, key } = parts;
  const folder = join(reports, `.audit-${audit.id}-${randomBytes(4).toString('hex')}${unfinished}`);
  underWay.add(folder);
  try {
    await makeFolder(reports, 0o700);
    await removeLeftovers(reports);
    await mkdir(folder, { mode: 0o700 });
    await fill(folder, { ...parts, fingerprint: key.fingerprint }, makeFile, report, signal);
    await syncFolder(folder);
    const final = await finalName(folder, join(reports, `audit-${audit.id}`));
    await syncFolder(reports);
    return { folder: final, fingerprint: key.fingerprint, files: [...contentNames, manifestName, signatureName, keyName] };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw failure(error, folder, reports);
  } finally {
    underWay.delete(folder);
  }
}

async function fill(
  folder: string,
  parts: ReportParts,
  makeFile: (path: string) => Promise<HashedFile>,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { audit, buckets, keys, findings, limits, gaps, language, key } = parts;
  const hashed: Manifest['files'] = [];
  const [csv, lines] = [await makeFile(join(folder, 'objects.csv')), await makeFile(join(folder, 'objects.jsonl'))];
  try {
    await csv.write(headOf('csv'));
    let done = 0;
    report({ done, total: seenOf(audit), note: say('auditReportNoteRows') });
    for await (const { texts, rows } of textPages(parts.texts, { filter: { versions: 'all' }, forms: ['csv', 'jsonl'], language })) {
      signal.throwIfAborted();
      const [ofCsv = '', ofLines = ''] = texts;
      await csv.write(ofCsv);
      await lines.write(ofLines);
      done += rows;
      report({ done });
    }
    hashed.push({ name: 'objects.csv', ...(await csv.finish()) }, { name: 'objects.jsonl', ...(await lines.finish()) });
  } finally {
    await Promise.all([csv.drop(), lines.drop()]);
  }
  signal.throwIfAborted();
  report({ note: say('auditReportNoteSign') });
  const whole = async (name: string, content: string | Uint8Array): Promise<{ bytes: number; sha256: string }> => {
    const file = await makeFile(join(folder, name));
    try {
      await file.write(content);
      return await file.finish();
    } finally {
      await file.drop();
    }
  };
  const summary = { form: 'sealdeck-audit-summary', version: 1, audit, buckets, keys, findings, limits, gaps };
  hashed.push({ name: 'summary.json', ...(await whole('summary.json', `${JSON.stringify(summary, null, 2)}\n`)) });
  hashed.push({ name: 'report.html', ...(await whole('report.html', reportPage(parts))) });
  const told = manifest.parse({
    form: 'sealdeck-audit-report',
    version: 1,
    madeAt: parts.madeAt,
    madeBy: parts.madeBy,
    language,
    stack: { id: audit.stackId, name: audit.stackName },
    key: key.fingerprint,
    files: hashed,
    audit,
  } satisfies Manifest);
  const bytes = Buffer.from(`${JSON.stringify(told, null, 2)}\n`, 'utf8');
  await whole(manifestName, bytes);
  await whole(keyName, key.pem);
  await whole(signatureName, key.sign(bytes));
}

/** A report never takes the place of another one. */
async function finalName(folder: string, wanted: string): Promise<string> {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if ((await lstat(name).catch(() => undefined)) !== undefined) continue;
    try {
      await rename(folder, name);
      return name;
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes(reasonOf(error))) throw error;
    }
  }
}

async function removeLeftovers(reports: string): Promise<void> {
  const names = (await readdir(reports)).filter((name) => name.startsWith('.audit-') && name.endsWith(unfinished));
  for (const name of names) if (!underWay.has(join(reports, name))) await rm(join(reports, name), { recursive: true, force: true });
}

function failure(error: unknown, folder: string, reports: string): unknown {
  if (isAppError(error) || !(error instanceof Error) || !('syscall' in error)) return error;
  const reason = reasonOf(error);
  if (reason === 'ENOSPC' || reason === 'EDQUOT') return new AppError('reportDiskFull', { folder: reports }, { cause: error });
  return new AppError('fileNotWritable', { path: folder, reason }, { cause: error });
}
