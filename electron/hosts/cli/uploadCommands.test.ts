import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { modelEngine } from './model.testSupport.ts';
import { checkUpload, uploadCommand, uploadMeant } from './uploadCommands.ts';

it('an upload whose start was cut off by a kill hides none that can be resumed', () => {
  const uploads = (['staged', 'paused', 'ended'] as const).map((phase) => ({ id: phase, phase }));
  expect(uploadMeant(uploads, 'resume', undefined)?.id).toBe('paused');
  expect(uploadMeant(uploads, 'cancel', undefined)?.id).toBe('staged');
  expect(uploadMeant(uploads, 'resume', 'ended')?.id).toBe('ended');
  expect(uploadMeant(uploads.slice(0, 1), 'resume', undefined)?.id).toBe('staged');
  expect(uploadMeant(uploads.slice(2), 'resume', undefined)).toBeUndefined();
});

it('a mistyped path is told before an engine runs, and nothing is sent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sealdeck-paths-'));
  try {
    const [there, link, typo] = ['there', 'link', 'thre'].map((name) => join(folder, name)) as [string, string, string];
    writeFileSync(there, '');
    symlinkSync('nowhere', link);
    const flags = { bucket: ['b'] };
    // What a link is, the engine says.
    expect(() => checkUpload(flags, [there, link])).not.toThrow();
    for (const path of [typo, join(there, 'below')])
      expect(() => checkUpload(flags, [there, path]), path).toThrow(
        expect.objectContaining({ code: 'uploadPathMissing', details: { path } }),
      );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('a customer key is asked for by its name, and so it is told that there is none', async () => {
  const { client, terminal } = modelEngine({ 'objects.customerKeys': { keys: [{ id: '4507ff', name: 'letters' }] } });
  const sent = uploadCommand(client, terminal('en'), { bucket: ['b'], sse: 'c:nobody' }, ['/']);
  await expect(sent).rejects.toMatchObject({ code: 'customerKeyNotNamed', details: { name: 'nobody' } });
});
