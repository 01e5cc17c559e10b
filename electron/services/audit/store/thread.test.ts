import { MessageChannel } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { callsOf, startThread, threadFile } from '../../../platform/threadCalls.ts';
import type { StoreCalls } from '../work.ts';
import { commitsOf, factsOf, madeObjects, runningAudit, testFolder } from './generated.testSupport.ts';

const folder = testFolder();
afterAll(folder.remove);

test('the thread serves a run to its owner and to a reader on a port of its own', async () => {
  const thread = startThread<StoreCalls>(threadFile(import.meta.dirname, 'auditStore', 'thread.ts'));
  const told: unknown[] = [];
  thread.onTold((news) => told.push(news));
  try {
    const made = madeObjects(300);
    await thread.calls.create(folder.file('thread.db'), runningAudit(), factsOf(2));
    const { port1, port2 } = new MessageChannel();
    await thread.calls.attach(port2);
    const reader = callsOf<StoreCalls>(port1).calls;
    await Promise.all(commitsOf(made, 40).map((commit) => reader.commit(commit)));
    port1.close();
    await thread.calls.arrange();
    expect(told.at(-1)).toEqual({ arranging: 1 });
    const { rows, total } = await thread.calls.rows({ filter: {}, sort: 'key', descending: true, offset: 0, limit: 1 });
    expect({ key: rows[0]?.key, total }).toEqual({ key: made.at(-1)?.key, total: 300 });
    expect(await thread.calls.row(1)).toMatchObject({ key: made[0]?.key });
    await expect(thread.calls.row(301)).rejects.toMatchObject({ code: 'auditRowUnknown' });
    await thread.calls.close();
    expect((await thread.calls.open(folder.file('thread.db'), true)).ranges).toEqual([
      expect.objectContaining({ bucket: 0, done: true }),
      expect.objectContaining({ bucket: 1, done: true }),
    ]);
  } finally {
    await thread.end();
  }
});
