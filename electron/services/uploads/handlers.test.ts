import { expect, it } from 'vitest';
import { createUploads } from './handlers.ts';

it('files are named from the root: the engine works in its own data folder, which nobody means', async () => {
  const { handlers, close } = createUploads({ dataFolder: '/nowhere' } as never);
  const call = { host: 'cli', signal: new AbortController().signal } as const;
  const id = '20261122T020000-1a2b3c4d';
  for (const path of ['.', 'sealed.sdv', '../lab'])
    await expect(handlers['uploads.addPaths']({ stackId: 'lab', id, paths: ['/etc/hostname', path] }, call), path).rejects.toMatchObject({
      code: 'folderRelative',
    });
  await close();
});
