import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { createDownloads } from './handlers.ts';

it('a folder is named from the root: the engine works in its own data folder, where nothing may be replaced', async () => {
  const begun: string[] = [];
  const open = async (): Promise<never> => {
    begun.push('open');
    throw new Error('nothing is asked for');
  };
  const log = { info: () => undefined, error: () => undefined };
  const handlers = createDownloads({ open, log, dataFolder: tmpdir() } as never);
  const call = { host: 'cli', signal: new AbortController().signal } as const;
  const order = { stackId: 'lab', bucket: 'letters', keys: [], versions: [], onConflict: 'replace' as const };
  for (const folder of ['.', 'stacks', '../lab'])
    await expect(handlers['objects.downloadTo']({ ...order, folder }, call), folder).rejects.toMatchObject({ code: 'folderRelative' });
  expect(begun).toEqual([]);
});
