import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser } from 'playwright';
import type { Client } from '../../electron/rpc/client.ts';
import { endEngine, startEngine } from '../engine.ts';
import type { Row } from '../table.ts';
import { fillBucket, kinds } from './fill.ts';
import { mapDrawn, watchMap } from './mapWatch.ts';
import { type BenchServers, root, startBenchServers } from './servers.ts';

/** From the click on 'Start the audit' to the first cell of the map in the colour of a state, on a MinIO with so many objects. */
export async function measureFirstTile(
  browser: Browser,
  folder: string,
  objects: number,
  runs: number,
  note: (line: string) => void,
): Promise<Row[]> {
  const servers = await startBenchServers(join(folder, 'first-tile'));
  try {
    note(`${objects.toLocaleString('en')} objects for the first tile ...`);
    const endpoint = await servers.endpoint(0);
    for (const kind of kinds) await fillBucket(endpoint, `tile-${kind}`, kind, 'deep', Math.round(objects / kinds.length));
    const times: number[] = [];
    const data = join(folder, 'first-tile', 'engine');
    await mkdir(data, { recursive: true });
    const engine = await startEngine(data);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    try {
      const stackId = await connect(engine.client, servers, folder);
      await page.addInitScript(watchMap);
      await page.goto((await engine.client.call('app.open', {})).url);
      for (let at = 0; at < runs; at++) {
        await page.evaluate(() => {
          location.hash = '#/audit/new';
        });
        const start = page.getByRole('button', { name: 'Start the audit' });
        await start.waitFor();
        // The estimate is asked of the same server.
        await page.locator('section[aria-busy=false] dl').waitFor();
        await start.click();
        times.push(await mapDrawn(page, false));
        await finished(engine.client, stackId);
        note(`First tile ${at + 1} of ${runs}`);
      }
    } finally {
      await page.close();
      await endEngine(engine);
    }
    const what = `window: 'Start the audit' to the first coloured tile, MinIO with ${objects.toLocaleString('en')} objects`;
    return [{ what, unit: 'ms', ours: times, goal: 1000 }];
  } finally {
    await servers.stop();
  }
}

/** A stack over the MinIO alone. Returns its id. */
async function connect(client: Client, servers: BenchServers, folder: string): Promise<string> {
  const { url, ca } = await servers.endpoint(0);
  await client.call('store.create', { mode: 'practice' });
  await client.call('settings.write', { language: 'en', theme: 'light' });
  const { place } = await client.call('setup.propose', { folder: join(folder, 'tile-stack'), name: 'Bench tiles' });
  const none = { way: 'none' } as const;
  const { stackId } = await client.call('setup.create', {
    place: { ...place, servers: { vault: none, kes: none, minio: { way: 'api', url } } },
  });
  const credential = { kind: 'minioKeys', accessKey: root.user, secretKey: root.password } as const;
  await client.call('connect.save', { stackId, kind: 'minio', trust: { kind: 'file', pem: ca.join('\n') }, credential });
  await client.call('connect.finish', { stackId });
  await client.call('settings.write', { currentStack: stackId });
  return stackId;
}

async function finished(client: Client, stackId: string): Promise<void> {
  for (const until = Date.now() + 120_000; Date.now() < until; await pause(100)) {
    const { audits } = await client.call('audit.list', { stackId });
    if (audits.length > 0 && audits.every(({ state }) => state === 'finished')) return;
  }
  throw new Error('the audit did not end');
}
