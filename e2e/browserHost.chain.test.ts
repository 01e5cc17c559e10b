import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findEngine } from '../electron/hosts/engine/attach.ts';
import { type Client, createClient } from '../electron/rpc/client.ts';
import { httpAttacks } from './attacksHttp.ts';
import { slowAttacks, socketAttacks } from './attacksSocket.ts';
import { call, sealdeck, temporaryFolder } from './cli.ts';
import { legitimateWindow, type Target } from './loopback.ts';

/** Each attack is refused, and after it a right window is served by the same engine. */
describe('the browser host under attack', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let client: Client;
  let target: Target;
  let engine: number;

  beforeAll(async () => {
    place = await temporaryFolder();
    // A stack with a proof, to have something to download.
    await cp(join(import.meta.dirname, '..', 'electron', 'dataOfVersionOne', 'stacks'), join(place.folder, 'stacks'), { recursive: true });
    const data = ['--data', place.folder];
    await call(data, 'app.info');
    const attached = await findEngine(place.folder, 'cli');
    if (!attached) throw new Error('no engine');
    engine = attached.engine.pid;
    client = createClient(attached.pipe);
    const token = async (): Promise<string> => (await client.call('app.open', {})).url.split('#token=')[1] ?? '';
    target = { token, port: Number(new URL((await client.call('app.open', {})).url).port) };
  });
  afterAll(async () => {
    client?.close();
    await sealdeck(['quit', '--data', place.folder]);
    await place.remove();
  });

  it.each(Object.entries({ ...httpAttacks, ...socketAttacks }))('refuses %s', async (_name, attack) => {
    await attack(target);
    await legitimateWindow(target);
    expect(() => process.kill(engine, 0)).not.toThrow();
  });

  it.concurrent.each(Object.entries(slowAttacks))('ends %s', { timeout: 60_000 }, async (_name, attack) => {
    await attack(target);
    await legitimateWindow(target);
  });
});
