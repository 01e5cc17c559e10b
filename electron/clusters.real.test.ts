import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureServers } from '../servers/get.ts';
import { type ClusterProof, clusterInput, clusterSteps } from '../shared/clusters.ts';
import { Secret } from '../shared/secret.ts';
import { placeInput } from '../shared/setup.ts';
import { type Stack, stack } from '../shared/stacks.ts';
import { call, type Engine, proposed, startEngine } from './clusters.testSupport.ts';
import { freePort, portIsFree } from './platform/ports.ts';

// A stack as `up` makes it, through the whole engine; then a second cluster whose addition is cut off before each of its steps.
let folder: string;
let data: string;
let engine: Engine;
let stackId: string;

beforeAll(async () => {
  await ensureServers(['openbao', 'kes', 'minio']);
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-clusters-'));
  data = join(folder, 'data');
  engine = await startEngine(data);
  const { handlers } = engine;
  await handlers['store.create']({ mode: 'practice' }, call);
  const { place } = await handlers['setup.propose']({ name: 'lab', folder: join(folder, 'lab') }, call);
  const ports = {
    vault: await freePort(),
    vaultCluster: await freePort(),
    kes: await freePort(),
    minio: await freePort(),
    minioConsole: await freePort(),
  };
  ({ stackId } = await handlers['setup.create'](
    { place: placeInput.parse({ ...place, ports, product: 'openbao' }), mode: 'express' },
    call,
  ));
  await engine.done(handlers['setup.express']({ stackId, inputs: {} }, call));
}, 120_000);
afterAll(async () => {
  if (stackId !== undefined) await engine.done(engine.handlers['lab.stop']({ stackId }, call));
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

/** Ends by being killed, which is what is wanted. */
function killedBefore(step: string, cluster = 'minio-2'): Promise<{ signal: NodeJS.Signals | null; said: string }> {
  const file = join(import.meta.dirname, 'clusters.testSupport.ts');
  const child = spawn(process.execPath, [file, data, stackId, cluster, step], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (part: Buffer) => {
    said += String(part);
  });
  return new Promise((done) => child.on('close', (_, signal) => done({ signal, said })));
}

const stackNow = async (): Promise<Stack> => stack.parse(await engine.handlers['stacks.get']({ id: stackId }, call));

test('refuses what would not keep the clusters apart, before anything is made', async () => {
  const { handlers } = engine;
  const input = await proposed(handlers, stackId);
  expect(input).toMatchObject({ id: 'minio-2', prefix: 'minio-2', role: 'kes-minio-2', policy: 'minio-2-key-policy', kesNodes: 1 });
  const before = await stackNow();
  const [kes, minio] = [before.kesClusters[0], before.minioClusters[0]];
  const port = Number(new URL(minio?.nodes[0]?.url ?? '').port);
  const refused = [
    [{ prefix: 'minio/two' }, 'clusterNested'],
    [{ prefix: 'minio' }, 'clusterTaken'],
    [{ id: 'minio' }, 'clusterTaken'],
    [{ role: before.keyStores[0]?.appRole.role }, 'clusterTaken'],
    // Vault itself has it, though no document names it.
    [{ policy: 'default' }, 'clusterTaken'],
    [{ ports: { ...input.ports, minio: port } }, 'clusterPort'],
    [{ ports: { ...input.ports, minio: input.ports.kes } }, 'clusterPort'],
    [{ key: 'other-default' }, 'clusterKeyOutside'],
  ] as const;
  for (const [wrong, code] of refused)
    await expect(
      handlers['clusters.add']({ stackId, input: { ...input, ...wrong } as typeof input }, call),
      JSON.stringify(wrong),
    ).rejects.toMatchObject({ code });
  expect(await stackNow()).toEqual(before);
  expect(kes?.id).toBe('kes');
});

test('a plan names every file below the folder of the cluster, and changes nothing', async () => {
  const input = await proposed(engine.handlers, stackId);
  const { plan } = await engine.handlers['clusters.plan']({ stackId, input }, call);
  const own = join(folder, 'lab', 'clusters', 'minio-2');
  for (const { path } of plan.files.filter(({ path }) => path.includes('/'))) expect(path.startsWith(own), path).toBe(true);
  expect(plan.commands.map(({ line }) => line).join('\n')).not.toMatch(/genpkey .* ca\.key/);
  expect(plan.commands.some(({ line }) => line?.includes(`cd '${own}'`) || line?.includes(`cd ${own}`))).toBe(true);
  expect((await stackNow()).minioClusters).toHaveLength(1);
});

test('a kill before each step loses nothing and makes nothing twice', async () => {
  const certificate = await readFile(join(folder, 'lab', 'certs', 'vault.crt'), 'utf8');
  await engine.close();
  for (const step of clusterSteps) expect(await killedBefore(step), step).toEqual({ signal: 'SIGKILL', said: '' });
  engine = await startEngine(data);
  const { handlers } = engine;
  const { proof } = (await engine.done(handlers['clusters.resume']({ stackId, cluster: 'minio-2' }, call))) as { proof: ClusterProof };

  expect(proof.clusters.map(({ id }) => id)).toEqual(['minio', 'minio-2']);
  for (const { ownWrite, otherWrite } of proof.clusters) {
    expect(ownWrite).toBeGreaterThanOrEqual(proof.writes);
    expect(otherWrite).toBeLessThan(proof.writes);
  }
  expect(proof.refused.map(({ by, what, status }) => `${by} ${what} ${status}`).toSorted()).toEqual([
    'minio kes 403',
    'minio prefix 403',
    'minio-2 kes 403',
    'minio-2 prefix 403',
  ]);
  const after = await stackNow();
  expect(after.minioClusters.map(({ id, kes }) => [id, kes])).toEqual([
    ['minio', 'kes'],
    ['minio-2', 'kes-minio-2'],
  ]);
  expect(after.identities.filter(({ purpose }) => purpose === 'minio')).toHaveLength(2);
  expect(await readFile(join(folder, 'lab', 'certs', 'vault.crt'), 'utf8')).toBe(certificate);
  const journal = await readFile(join(data, 'journal.jsonl'), 'utf8');
  const made = (code: string): number => journal.split('\n').filter((line) => line.includes(`"${code}"`)).length;
  // Once for each cluster.
  for (const code of ['vaultJournalRole', 'keyJournalCreated', 'bucketDidMake', 'minioDidCredential']) expect(made(code), code).toBe(2);
  // One for each KES, and the login's own, which was widened once by a root token that is gone.
  expect(made('vaultJournalPolicy')).toBe(4);
  expect(made('vaultJournalRootMade')).toBe(1);
  expect((await handlers['vault.rootTokens']({ stackId }, call)).tokens).toEqual([]);
  await expect(handlers['clusters.resume']({ stackId, cluster: 'minio-2' }, call)).rejects.toMatchObject({ code: 'clusterNoRecord' });
});

test('the picture shows both as their servers answer, and the set-up, run again, brings back the second as it is', async () => {
  const { handlers } = engine;
  await engine.done(handlers['lab.stop']({ stackId }, call));
  await engine.done(handlers['setup.express']({ stackId, inputs: {} }, call));
  const { clusters, vault, unfinished, refused } = await handlers['clusters.picture']({ stackId }, call);
  expect([unfinished, refused]).toEqual([[], undefined]);
  expect(vault.map(({ state, way }) => [state, way])).toEqual([['active', 'here']]);
  expect(
    clusters.map(({ id, first, minio, kes, keyStore }) => ({
      id,
      first,
      minio: minio.map((one) => one.state),
      kes: kes?.nodes.map((one) => one.state),
      path: keyStore?.path,
    })),
  ).toEqual([
    { id: 'minio', first: true, minio: ['working'], kes: ['working'], path: 'kv/minio' },
    { id: 'minio-2', first: false, minio: ['working'], kes: ['working'], path: 'kv/minio-2' },
  ]);
  for (const { kes } of clusters) expect(kes?.requests).toBeGreaterThan(0);
  expect(clusters[0]?.identity).not.toBe(clusters[1]?.identity);
  // The next one's names and ports are others.
  const input = await proposed(handlers, stackId);
  expect(input.id).toBe('minio-3');
});

test('a backup holds both clusters, and restored beside them they come up on other ports and are apart', async () => {
  const { handlers } = engine;
  const passphrase = new Secret('correct horse battery');
  const backup = handlers['stacks.backup']({ id: stackId, objects: true, folder: join(folder, 'saved'), passphrase }, call);
  const { file } = (await engine.done(backup)) as { file: string };
  const restored = (await engine.done(handlers['stacks.restore']({ file, folder: join(folder, 'again'), passphrase }, call))) as {
    stackId: string;
    waiting?: unknown;
  };
  expect(restored.waiting).toBeUndefined();
  const { clusters } = await handlers['clusters.picture']({ stackId: restored.stackId }, call);
  expect(clusters.map(({ minio, kes }) => [minio[0]?.state, kes?.nodes[0]?.state])).toEqual([
    ['working', 'working'],
    ['working', 'working'],
  ]);
  const urls = [await stackNow(), stack.parse(await handlers['stacks.get']({ id: restored.stackId }, call))].flatMap((one) =>
    [...one.keyStores, ...one.kesClusters, ...one.minioClusters].flatMap(({ nodes }) => nodes.map(({ url }) => url)),
  );
  expect(new Set(urls).size).toBe(10);
  await engine.done(handlers['clusters.prove']({ stackId: restored.stackId }, call));

  const again = join(folder, 'again');
  await writeFile(join(again, 'clusters', 'somebodys.txt'), 'not ours');
  await mkdir(join(again, 'clusters', 'minio-2', 'theirs'));
  const { lost } = await handlers['stacks.removal']({ id: restored.stackId }, call);
  expect(lost.find(({ code }) => code === 'stacksLostCredentials')?.params?.count).toBe(6);
  const { name } = stack.parse(await handlers['stacks.get']({ id: restored.stackId }, call));
  await engine.done(handlers['stacks.remove']({ id: restored.stackId, name, servers: 'end', files: 'delete' }, call));
  expect((await readdir(again, { recursive: true })).toSorted()).toEqual([
    'clusters',
    join('clusters', 'minio-2'),
    join('clusters', 'minio-2', 'theirs'),
    join('clusters', 'somebodys.txt'),
  ]);
});

test('an addition that was cut off can be given up, and begun again under the same name', async () => {
  await engine.close();
  expect((await killedBefore('minio', 'minio-3')).signal).toBe('SIGKILL');
  engine = await startEngine(data);
  const { handlers } = engine;
  const before = await stackNow();
  expect(before.minioClusters.map(({ id }) => id)).toEqual(['minio', 'minio-2', 'minio-3']);
  const { clusters } = await handlers['clusters.picture']({ stackId }, call);
  const input = clusterInput.parse(clusters[2]?.unfinished?.input);
  await handlers['clusters.forget']({ stackId, cluster: 'minio-3' }, call);
  const after = await stackNow();
  expect(after.minioClusters.map(({ id }) => id)).toEqual(['minio', 'minio-2']);
  expect(after.identities).toHaveLength(3);
  expect(await portIsFree(input.ports.kes)).toBe(true);
  await expect(handlers['clusters.forget']({ stackId, cluster: 'minio-2' }, call)).rejects.toMatchObject({ code: 'clusterNoRecord' });

  const { proof } = (await engine.done(handlers['clusters.add']({ stackId, input }, call))) as { proof: ClusterProof };
  expect(proof.refused).toHaveLength(12);
});
