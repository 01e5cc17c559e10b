import { expect, test } from 'vitest';
import type { StepContext } from '../../jobs/step.ts';
import { requireTime } from './restart.ts';
import { beforeRestart } from './run.ts';

const now = Date.parse('2026-01-01T12:00:00Z');

test('a restart is set for a time to come within a week', () => {
  for (const at of ['2026-01-01T12:01:00Z', '2026-01-08T11:59:00Z']) expect(() => requireTime(at, now)).not.toThrow();
});

test.each(['2026-01-01T11:59:00Z', '1970-01-01T00:00:00Z', '2026-01-08T12:01:00Z', '9999-12-31T23:59:59Z', 'tomorrow'])(
  'a restart at %s, which would be at once or never, is refused',
  (at) => expect(() => requireTime(at, now)).toThrow(expect.objectContaining({ code: 'minioRestartTime' })),
);

test('a step that waited for its time leaves MinIO alone when its stack became read-only meanwhile', async () => {
  let readOnly = false;
  const context = {
    get stack() {
      return { name: 'lab', readOnly };
    },
    async update() {
      readOnly = true;
    },
    report: () => undefined,
    signal: new AbortController().signal,
  } as unknown as StepContext;
  const asked: string[] = [];
  const deps = { kesWorks: async () => asked.push('kes') > 0, kesFromHere: async () => 'minio' as const };
  const at = new Date(Date.now() + 20).toISOString();
  const input = { defaultKey: 'k', autoEncryption: false, restart: { at } };
  await expect(beforeRestart(context, input as never, deps, false)).rejects.toMatchObject({ code: 'stackReadOnly' });
  expect(asked).toEqual([]);
});
