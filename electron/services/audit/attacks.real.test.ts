import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AuditRow } from '../../../shared/audit.ts';
import { verdictOf } from '../../../shared/auditVerdict.ts';
import { compareKeys } from '../../clients/s3/keyOrder.ts';
import {
  type ModelFault,
  type ModelRequest,
  type ModelS3,
  type ModelS3Options,
  startModelS3,
} from '../../clients/s3/modelS3.testSupport.ts';
import { call, serveAudits, stackId } from './service.testSupport.ts';

// Whole audits of a model server: of MinIO no such keys and no such answers can be had.

const oddKeys: Readonly<Record<string, string>> = {
  'a space': 'a b',
  'a plus': 'a+b',
  'a percent sign': 'a%20b%',
  'an ampersand': 'a&amp;b&',
  angles: '<img src=x onerror=alert(1)>',
  quotes: `"double" 'single' \`back\``,
  'control characters': '\u0001\u0007\u001b[2J\u007f\u0085',
  newlines: 'one\ntwo\r\nthree\ttab',
  emoji: '🔒👩‍👩‍👧/😀',
  Chinese: '合同/2023-框架协议.pdf',
  '1,024 bytes': `${'中'.repeat(341)}x`,
  'leading slashes': '//lead/ing',
  'two slashes': 'a//b///c',
  'two dots': '../../etc/passwd',
  'a dot alone': '.',
  'a direction mark': 'invoice\u202Efdp.exe',
  'MinIO’s own note': 'x[minio_cache:v2,return:]',
  'a formula': "=cmd|'/C calc'!A0",
  'a prototype’s name': '__proto__',
  'the last character': '\u{10ffff}',
};

let model: ModelS3 | undefined;
let service: Awaited<ReturnType<typeof serveAudits>> | undefined;
async function begin(options: ModelS3Options) {
  model = await startModelS3(options);
  service = await serveAudits(model.url);
  return { model, service };
}
afterEach(async () => {
  await service?.close();
  await model?.close();
  model = undefined;
  service = undefined;
});

const counted = (count: number): string[] => Array.from({ length: count }, (_, at) => `k/${String(at).padStart(6, '0')}`);

describe('a key', () => {
  let files: Record<'jsonl' | 'csv' | 'keys', string>;
  let rowsWith: (contains: string) => Promise<AuditRow[]>;
  const keys = Object.values(oddKeys).sort(compareKeys);
  let model: ModelS3;
  let service: Awaited<ReturnType<typeof serveAudits>>;
  beforeAll(async () => {
    model = await startModelS3({ buckets: { odd: { keys }, none: { keys: [] } } });
    service = await serveAudits(model.url);
    const { id, audit } = await service.finish({ buckets: ['none', 'odd'], versions: true });
    expect(audit).toMatchObject({ state: 'finished', gaps: 0, current: { objects: [keys.length, 0, 0, 0, 0, 0] } });
    const view = { sort: 'key' as const, descending: false, offset: 0, limit: 10 };
    rowsWith = async (contains) =>
      (await service.handlers['audit.rows']({ stackId, id, filter: { contains }, ...view }, call)).rows as AuditRow[];
    const saved = async (format: keyof typeof files): Promise<string> => {
      const file = join(service.dataFolder, `out.${format}`);
      const { jobId } = await service.handlers['audit.save']({ stackId, id, file, format, filter: {}, language: 'en' }, call);
      expect(await service.jobs.wait(jobId)).toMatchObject({ state: 'succeeded' });
      return readFile(file, 'utf8');
    };
    files = { jsonl: await saved('jsonl'), csv: await saved('csv'), keys: await saved('keys') };
  });
  afterAll(async () => {
    await service.close();
    await model.close();
  });

  it.each(Object.keys(oddKeys))('with %s is told once and as it is, in rows and in every file', async (name) => {
    const key = oddKeys[name] ?? '';
    expect((await rowsWith(key)).filter((row) => row.key === key)).toHaveLength(1);
    expect(files.keys.split('\0').filter((one) => one === key)).toHaveLength(1);
    const lines = files.jsonl.trimEnd().split('\n');
    expect(lines.filter((line) => (JSON.parse(line) as AuditRow).key === key)).toHaveLength(1);
    const cell = /^[\s\p{Cc}\p{Cf}]*[=+\-@]/u.test(key) ? `'${key}` : key;
    expect(files.csv).toContain(`odd,${/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell},`);
  });
});

it('of one object is an audit of one object', async () => {
  const { service } = await begin({ buckets: { one: { keys: ['only'] } } });
  const { audit, buckets } = await service.finish({ buckets: ['one'] });
  expect(audit).toMatchObject({
    state: 'finished',
    current: { objects: [1, 0, 0, 0, 0, 0], bytes: [5, 0, 0, 0, 0, 0] },
    buckets: { done: 1, total: 1 },
  });
  expect(buckets).toMatchObject([{ name: 'one', done: true }]);
});

/** From the second page of `bad` on. */
type Lie = (request: ModelRequest) => ModelFault;
const body =
  (change: (body: string) => string): Lie =>
  () => ({ change });
const bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>';
const lies: Readonly<Record<string, Lie>> = {
  'cuts its XML': body((text) => text.slice(0, -200)),
  'sends the first page whatever the token is': () => ({ change: () => firstPage }),
  'tells of another page without end, each with a new token': ({ number }) => ({
    change: (text) =>
      text
        .replace(/<Contents>.*<\/Contents>/s, '')
        .replace(/<KeyCount>\d+/, '<KeyCount>0')
        .replace(
          /<IsTruncated>.*?<\/IsTruncated>(<NextContinuationToken>.*?<\/NextContinuationToken>)?/,
          `<IsTruncated>true</IsTruncated><NextContinuationToken>${Buffer.from(`k/${number}`).toString('base64')}</NextContinuationToken>`,
        ),
  }),
  'answers with an error of 10 MB': () => ({
    status: 400,
    change: () => `<Error><Code>Odd</Code><Message>${'y'.repeat(10_000_000)}</Message></Error>`,
  }),
  'declares entities': body((text) => text.replace('\n', bomb)),
  'announces fewer bytes than it sends': () => ({ contentLength: 900 }),
  'sends a web page': body(() => '<html>login</html>'),
};
let firstPage = '';

describe('a server that', () => {
  it.each(Object.keys(lies))(
    '%s from some page on: what it said before counts, the rest is named as not seen, and the run ends',
    async (name) => {
      const lie = lies[name];
      let pages = 0;
      const { service } = await begin({
        buckets: { bad: { keys: counted(3000) }, good: { keys: counted(1500) } },
        fault: (request) => {
          if (request.kind !== 'page' || request.bucket !== 'bad') return undefined;
          pages += 1;
          // The look beforehand has the first.
          if (pages > 2) return lie?.(request);
          return { change: (text) => (firstPage = text) };
        },
      });
      const { job, audit, gaps } = await service.finish({ buckets: ['bad', 'good'] }, { inFlight: 1 });
      expect(job, JSON.stringify(service.errors)).toMatchObject({ state: 'succeeded' });
      expect(audit.state).toBe('finished');
      expect(gaps.length).toBeGreaterThan(0);
      expect(new Set(gaps.map(({ bucket }) => bucket))).toEqual(new Set(['bad']));
      expect(verdictOf(audit).unclear).toBeGreaterThan(0);
      expect(audit.current.objects[0]).toBeGreaterThanOrEqual(1500);
      expect(audit.current.objects[0]).toBeLessThan(4500);
      expect(model?.counts.page).toBeLessThan(400);
    },
    60_000,
  );
});

it.each([
  ['a clock that is off', 'RequestTimeTooSkewed', 'minioClockSkew'],
  ['a credential that is revoked', 'InvalidAccessKeyId', 'minioCredentialRefused'],
])('%s in the middle ends the run with what was read, and it goes on afterwards', async (_, refusal, code) => {
  let bad = false;
  const { service } = await begin({
    buckets: { many: { keys: counted(5000) } },
    fault: ({ kind }) => (bad && kind === 'page' ? { refusal: { status: 403, code: refusal } } : { delayMs: 60 }),
  });
  const { id, jobId } = await service.start({ buckets: ['many'] }, { inFlight: 1 });
  await service.until(id, ({ current }) => (current.objects[0] ?? 0) > 0);
  bad = true;
  expect(await service.jobs.wait(jobId)).toMatchObject({ state: 'failed', error: { code } });
  const { audit } = await service.get(id);
  expect(audit.current.objects[0]).toBeGreaterThan(0);
  bad = false;
  await service.jobs.wait((await service.handlers['audit.resume']({ stackId, id }, call)).jobId);
  expect((await service.get(id)).audit).toMatchObject({ state: 'finished', gaps: 0, current: { objects: [5000, 0, 0, 0, 0, 0] } });
});

/** What a call came to: `ok`, or the code of its error. */
const outcome = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'ok',
    (error: { code?: string }) => error.code ?? String(error),
  );

it('a run that is resumed and removed at once is one of both, and cancelled in its first moment it is cancelled', async () => {
  const { service } = await begin({ buckets: { many: { keys: counted(5000) } }, fault: () => ({ delayMs: 30 }) });
  const { handlers } = service;
  const of = async () => {
    const { id } = await service.start({ buckets: ['many'] }, { inFlight: 1 });
    await handlers['audit.cancel']({ stackId, id }, call);
    return { stackId, id };
  };
  for (const names of [
    ['audit.resume', 'audit.remove'],
    ['audit.remove', 'audit.resume'],
  ] as const) {
    const run = await of();
    const outcomes = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await outcome(handlers[name](run, call))])));
    expect(Object.values(outcomes).filter((one) => one === 'ok')).toHaveLength(1);
    const { audits } = await handlers['audit.list']({ stackId }, call);
    expect(audits.filter(({ id }) => id === run.id)).toHaveLength(outcomes['audit.remove'] === 'ok' ? 0 : 1);
    await outcome(handlers['audit.cancel'](run, call));
  }
  const run = await of();
  const resumed = handlers['audit.resume'](run, call);
  const told = await Promise.all(
    Array.from({ length: 40 }, async () => {
      await new Promise(setImmediate);
      return outcome(handlers['audit.cancel'](run, call));
    }),
  );
  await resumed;
  await outcome(handlers['audit.cancel'](run, call));
  for (const one of told) expect(['ok', 'auditNotWorking']).toContain(one);
  expect((await service.get(run.id)).audit.state).toBe('cancelled');
}, 60_000);

it('a finished run whose rows are gone, or are a folder, says nothing of them, and can be removed', async () => {
  const { service } = await begin({ buckets: { small: { keys: counted(50) } } });
  for (const spoil of [rmSync, (file: string) => [rmSync(file), mkdirSync(join(file, 'in'), { recursive: true })]]) {
    const { id } = await service.finish({ buckets: ['small'] });
    await outcome(service.handlers['audit.resume']({ stackId, id }, call));
    spoil(join(service.folder, `${id}.sqlite`));
    await expect(service.get(id)).rejects.toMatchObject({ code: 'auditFileDamaged' });
    await service.handlers['audit.remove']({ stackId, id }, call);
    expect(readdirSync(service.folder)).toEqual([]);
  }
}, 30_000);
