import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createAuditFiles } from './auditFiles.ts';
import { runningAudit } from './store/generated.testSupport.ts';

const dataFolder = await mkdtemp(join(tmpdir(), 'sealdeck-audits-'));
afterAll(() => rm(dataFolder, { recursive: true, force: true }));

test('the last of several saves at once is the one that stays, and none comes back after a removal', async () => {
  const files = createAuditFiles(dataFolder);
  const audit = runningAudit();
  // Large ones take longer than the one that follows.
  const large = { ...audit, stackName: 'x'.repeat(20_000_000) };
  const last = { ...audit, requests: 7 };
  await Promise.all([files.save(large), files.save(last)]);
  expect(await files.get(audit.stackId, audit.id)).toEqual(last);
  await Promise.all([files.save(large), files.remove(audit.stackId, audit.id)]);
  await expect(files.get(audit.stackId, audit.id)).rejects.toMatchObject({ code: 'auditUnknown' });
});
