import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNetwork } from '../../clients/s3/network.testSupport.ts';
import { type InPlaceTest, shaOf, startInPlace } from './inPlace.testSupport.ts';

const objects = 300;
const contentOf = (n: number): string => `content of object ${n} `.repeat(20);

describe('a run through a network that can be cut, on a real MinIO with KES', () => {
  let at: InPlaceTest;
  let network: Awaited<ReturnType<typeof startNetwork>>;

  beforeAll(async () => {
    at = await startInPlace();
    network = await startNetwork(Number(new URL(at.endpoint.url).port));
    // The engine's part goes through that network; the test itself asks MinIO around it.
    const url = `https://127.0.0.1:${network.port}`;
    await at.stack.context.update((stack) => ({
      ...stack,
      minioClusters: stack.minioClusters.map((cluster) => ({ ...cluster, nodes: cluster.nodes.map((node) => ({ ...node, url })) })),
    }));
  });
  afterAll(async () => {
    await at?.stop();
    await network?.stop();
  });

  it('waits where it is cut, and makes no second version of a copy whose answer was lost', async () => {
    await at.bucket('cut', 'on');
    await Promise.all(Array.from({ length: objects }, (_, n) => at.put('cut', `o-${n}`, contentOf(n))));
    const { id, total } = await at.plan(at.prefix('cut'));
    expect(total).toBe(objects);
    network.limit(15_000);
    const { jobId } = await at.handlers['inPlace.start']({ stackId: at.stackId, id }, at.call);
    for (const done of [20, 60, 100]) {
      await at.until(id, (run) => run.done > done);
      network.loseAnswers();
      await sleep(300);
      network.cut();
      expect((await at.until(id, ({ waitsFor }) => waitsFor !== undefined)).state).toBe('running');
      network.heal();
    }
    network.limit(Number.POSITIVE_INFINITY);
    expect(await at.ended(id, jobId)).toMatchObject({ state: 'ended', counts: { done: objects } });
    for (let n = 0; n < objects; n++) {
      const where = { bucket: 'cut', key: `o-${n}` };
      expect(await at.sha(where), where.key).toBe(shaOf(contentOf(n)));
      expect(await at.states('cut', where.key), where.key).toEqual(['sse-kms', 'plaintext']);
    }
  });
});
