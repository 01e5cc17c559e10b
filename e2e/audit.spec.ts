import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { type AuditRow, auditStates } from '../shared/audit.ts';
import { fillBuckets, type Written } from './auditBuckets.ts';
import { call } from './cli.ts';
import { mc, openPracticeLab, type SeenLab } from './foreignTools.ts';
import { expect } from './host.ts';
import { test } from './lab.ts';
import { expectAccessible, showIn } from './window.ts';

/** Objects that the lab itself wrote: the proof's canary and the first upload. */
const ownBuckets = ['first-bucket'];

const keyed = ({ bucket, key, versionId }: { bucket: string; key: string; versionId?: string | undefined }, versions: boolean): string =>
  JSON.stringify([bucket, key, versions ? (versionId ?? '') : '']);

/** What an audit has to say of what was written. */
function meant(
  written: readonly Written[],
): Map<string, { state: string | undefined; kmsKey: string | undefined; opens: string | undefined }> {
  return new Map(written.map((one) => [keyed(one, one.bucket === 'history'), { state: one.state, kmsKey: one.kmsKey, opens: one.opens }]));
}

/** The rows of the export against what was meant. `opens` is compared where the manifest knows it. */
function judge(rows: readonly AuditRow[], written: readonly Written[]): void {
  const seen = rows.filter(({ bucket }) => !ownBuckets.includes(bucket));
  const wanted = meant(written);
  const found = new Map(
    seen.map((row) => {
      const name = keyed(row, row.bucket === 'history');
      return [
        name,
        {
          state: row.state,
          kmsKey: row.kmsKey === '' ? undefined : row.kmsKey,
          opens: wanted.get(name)?.opens === undefined ? undefined : row.opens.answer,
        },
      ];
    }),
  );
  expect(found.size, 'no object twice').toBe(seen.length);
  expect(Object.fromEntries([...found].sort())).toEqual(Object.fromEntries([...wanted].sort()));
}

async function exportRows(page: Page): Promise<AuditRow[]> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: /JSON lines/ }).click();
  const lines = await readFile(await (await download).path(), 'utf8');
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditRow);
}

/** Whether mc says of one object what was meant. It stops at objects that it cannot read, so it is asked for one at a time. */
async function mcAgrees(lab: SeenLab, { bucket, key, state, kmsKey }: Written): Promise<void> {
  const { metadata = {} } = JSON.parse(await mc(lab, 'stat', '--json', `lab/${bucket}/${key}`)) as { metadata?: Record<string, string> };
  const algorithm = metadata['X-Amz-Server-Side-Encryption'];
  expect({ bucket, key, algorithm }).toEqual({
    bucket,
    key,
    algorithm: state === 'plaintext' ? undefined : state === 'sse-s3' ? 'AES256' : 'aws:kms',
  });
  if (kmsKey !== undefined) expect(metadata['X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id']).toContain(kmsKey);
}

test('an audit tells of every object and version what was written', async ({ window: page, lab }) => {
  const seen = await openPracticeLab(lab.dir, lab.data, lab.stackId);
  const written = await fillBuckets(seen, lab.data, lab.stackId);
  const tab = (name: string) => page.getByRole('radiogroup', { name: 'Views of this audit' }).getByText(name, { exact: true });

  await test.step('what it will take is said before it starts', async () => {
    await page.getByRole('link', { name: 'Audit', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Which objects are not encrypted?' })).toBeVisible();
    await expect(page.getByText('What it will take')).toBeVisible();
    await page.getByRole('checkbox', { name: 'Older versions too' }).check();
    await expectAccessible(page);
  });

  await test.step('it runs, and the counts of the window are those of what was written', async () => {
    await page.getByRole('button', { name: 'Start the audit' }).click();
    const answer = page.getByTestId('audit-answer');
    const current = written.filter(({ latest, deleteMarker }) => latest && !deleteMarker);
    const count = (state: string): number => current.filter((one) => one.state === state).length;
    await expect(answer).toContainText(`${count('plaintext')} are plaintext and ${count('unreadable')} cannot be opened`, {
      timeout: 60_000,
    });
    const own = (await rowsOf(lab.data, lab.stackId)).filter(({ bucket, latest }) => ownBuckets.includes(bucket) && latest);
    const words = ['Plaintext', 'Unreadable', 'Unknown', 'SSE-C', 'SSE-S3', 'SSE-KMS'];
    for (const [at, state] of auditStates.entries()) {
      const total = count(state) + own.filter((row) => row.state === state).length;
      await expect(page.getByRole('button', { name: `${words[at]} ${total}`, exact: true })).toBeVisible();
    }
  });

  const rows = await test.step('the export names each one as it was meant', async () => {
    const exported = await exportRows(page);
    judge(exported, written);
    return exported;
  });

  await test.step('mc says the same of those that it can read', async () => {
    const some = ['letters', 'archive', 'mixed', 'lost'].flatMap((bucket) => written.filter((one) => one.bucket === bucket).slice(0, 40));
    const readable = some.filter(({ state, key }) => state !== 'sse-c' && !key.endsWith('/') && !/[\n\t]/.test(key));
    for (const one of readable.filter((_, at) => at % 4 === 0 || at > readable.length - 5)) await mcAgrees(seen, one);
  });

  await test.step('the objects of one state are a click away, and open their card', async () => {
    await tab('Objects').click();
    await expect(page.getByRole('grid', { name: 'Objects of this audit' })).toBeVisible();
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Part of the name' }).click();
    await page.getByRole('textbox', { name: 'Part of the name' }).fill('lost-1');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('row', { name: /lost-1/ }).click();
    await expect(page.getByText('404 kms:KeyNotFound').first()).toBeVisible();
    await expect(page.getByText('Sealed with a key that KES no longer has.', { exact: false })).toBeVisible();
    await expectAccessible(page);
    await showIn(page, 'Dark');
    await expectAccessible(page);
    await showIn(page, 'Light');
  });

  await test.step('keys and findings say what to do', async () => {
    await tab('Keys').click();
    await expect(page.getByText('minio-scratch').first()).toBeVisible();
    await expectAccessible(page);
    await tab('Findings').click();
    await expect(page.getByText('What no audit of this kind can see')).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('a user with fewer rights sees fewer, and what it may not see is unknown, never plaintext', async () => {
    const policy = join(lab.dir, 'limited.json');
    const statement = (action: string[], resource: string[]) => ({ Effect: 'Allow', Action: action, Resource: resource });
    await writeFile(
      policy,
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          statement(['s3:ListBucket', 's3:ListAllMyBuckets', 's3:GetBucketLocation'], ['arn:aws:s3:::*']),
          statement(['s3:GetObject'], ['arn:aws:s3:::letters/2024/*']),
        ],
      }),
    );
    await mc(seen, 'admin', 'user', 'add', 'lab', 'limited-auditor', 'limited-password');
    await mc(seen, 'admin', 'policy', 'create', 'lab', 'limited', policy);
    await mc(seen, 'admin', 'policy', 'attach', 'lab', 'limited', '--user', 'limited-auditor');
    const stackId = await connectLimited(lab, seen);
    await call(['--data', lab.data], 'audit.start', { stackId, scope: { buckets: ['letters'] } });
    const limited = await rowsOf(lab.data, stackId);
    const expected = written
      .filter(({ bucket }) => bucket === 'letters')
      .map(({ key, state }) => [key, key.startsWith('2024/') ? state : 'unknown']);
    expect(Object.fromEntries(limited.map(({ key, state }) => [key, state]))).toEqual(Object.fromEntries(expected));
    expect(JSON.stringify(limited.find(({ state }) => state === 'unknown')?.reason)).toContain('s3:GetObject');
  });

  expect(rows.length).toBeGreaterThan(written.length);
});

/** All rows of the newest audit of a stack, by the command line. */
async function rowsOf(data: string, stackId: string): Promise<AuditRow[]> {
  const { audits } = (await call(['--data', data], 'audit.list', { stackId })) as { audits: { id: string }[] };
  const input = { stackId, id: audits[0]?.id, limit: 500, filter: { versions: 'all' } };
  return ((await call(['--data', data], 'audit.rows', input)) as { rows: AuditRow[] }).rows;
}

/** A second stack over the lab's MinIO alone, with the limited user's credential. */
async function connectLimited(lab: { dir: string; data: string }, seen: SeenLab): Promise<string> {
  const data = ['--data', lab.data];
  const folder = join(lab.dir, '..', 'limited');
  const { place } = (await call(data, 'setup.propose', { folder, name: 'limited', product: 'openbao' })) as { place: object };
  const none = { way: 'none' };
  const url = seen.stack.minioClusters[0]?.nodes[0]?.url;
  const servers = { vault: none, kes: none, minio: { way: 'api', url } };
  const { stackId } = await call(data, 'setup.create', { place: { ...place, servers } });
  const trust = { kind: 'file', pem: await readFile(join(lab.dir, 'certs/ca.crt'), 'utf8') };
  const credential = { kind: 'minioKeys', accessKey: 'limited-auditor', secretKey: 'limited-password' };
  await call(data, 'connect.save', { stackId, kind: 'minio', trust, credential });
  await call(data, 'connect.finish', { stackId });
  return String(stackId);
}
