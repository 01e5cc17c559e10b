import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const child = join(import.meta.dirname, 'custodyChild.testSupport.ts');

/** Which shares are in the heap of a process, and whether a secret that must be there is. */
async function heapOf(stage: 'kept' | 'destroyed') {
  const folder = await mkdtemp(join(tmpdir(), 'sealdeck-heap-'));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [child, folder, stage]);
    const shares = JSON.parse(await readFile(join(folder, 'shares.json'), 'utf8')) as string[];
    const heap = await readFile(join(folder, 'heap.heapsnapshot'), 'latin1');
    return {
      custody: JSON.parse(stdout) as { kept: number; destroyedAt?: string },
      found: shares.filter((share) => heap.includes(share)),
      control: heap.includes(`control-${shares.map((share) => share.slice(0, 8)).join('-')}`),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

it('has shares in its memory while it keeps them, and none after its copy was destroyed', async () => {
  const before = await heapOf('kept');
  expect(before).toMatchObject({ custody: { kept: 2 }, control: true });
  expect(before.found).toHaveLength(2);
  expect(await heapOf('destroyed')).toMatchObject({ custody: { kept: 0, destroyedAt: expect.any(String) }, control: true, found: [] });
});
