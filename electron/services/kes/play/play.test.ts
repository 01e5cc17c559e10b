import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createPlay } from './play.ts';

it('a try that cannot note its folder makes none: a kill leaves nothing that nobody knows of', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sealdeck-play-test-'));
  vi.stubEnv('TMPDIR', root);
  try {
    // No note can be written below a file.
    const dataFolder = join(root, 'data');
    await writeFile(dataFolder, '');
    const servers = { binary: async () => '/nowhere' };
    const open = async () => ({ stack: { id: 'test' }, servers });
    const deps = { open, dataFolder, jobs: {}, log: { error: () => undefined } } as unknown as Parameters<typeof createPlay>[0];
    const { handlers } = createPlay(deps);
    const call = { signal: new AbortController().signal, host: 'cli' } as const;
    await expect(handlers['kes.playStart']({ stackId: 'test', where: 'here' }, call)).rejects.toMatchObject({ code: 'fileNotWritable' });
    expect(await readdir(root)).toEqual(['data']);
  } finally {
    vi.unstubAllEnvs();
    await rm(root, { recursive: true, force: true });
  }
});
