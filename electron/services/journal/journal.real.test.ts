import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../platform/log.ts';
import { createSealedStore } from '../../platform/sealedStore.ts';
import { createEventHub } from '../../rpc/eventHub.ts';
import { journalSeal } from './chain.ts';
import { createJournal } from './handlers.ts';

const child = join(import.meta.dirname, 'journalChild.testSupport.ts');
const call = { signal: new AbortController().signal, host: 'cli' } as const;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-journal-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('kills while it is written leave a journal that is intact and has every entry that was told', async () => {
  // Kills between a line and its head are those that matter: as many rounds as it takes for three of them.
  let betweenLineAndHead = 0;
  for (let round = 0; betweenLineAndHead < 3; round++) {
    expect(round, 'rounds').toBeLessThan(100);
    const told = await killWriter(5 + ((round * 13) % 40));
    const store = createSealedStore({ folder, log: createLog(join(folder, 'engine.log')) });
    expect((await store.openIfPossible()).state).toBe('open');
    const head = journalSeal.parse(JSON.parse(store.get('journal', 'seal')?.reveal() ?? '')).head.seq;
    const lines = (await readFile(join(folder, 'journal.jsonl'), 'utf8')).split('\n').length - 1;
    if (lines > head) betweenLineAndHead++;
    const { handlers } = createJournal({ dataFolder: folder, store, publish: createEventHub().publish, actor: 'tester' });
    expect(await handlers['journal.verify']({}, call), `round ${round}`).toEqual({ state: 'intact', entries: lines });
    expect(lines).toBeGreaterThanOrEqual(told);
  }
}, 120_000);

async function killWriter(milliseconds: number): Promise<number> {
  const writer = spawn(process.execPath, [child, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const ended = new Promise((resolve) => writer.once('close', resolve));
  const begun = new Promise<void>((resolve) => {
    writer.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      resolve();
    });
  });
  await Promise.race([begun, ended]);
  await sleep(milliseconds);
  writer.kill('SIGKILL');
  await ended;
  return Number(output.trimEnd().split('\n').at(-1));
}
