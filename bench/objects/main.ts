import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createSignedClient } from '../../electron/clients/s3/signedClient.ts';
import { type BenchServers, startBenchServers } from '../audit/servers.ts';
import type { Row } from '../table.ts';
import { measureBrowsing } from './browsing.ts';
import { type Bench, fastestInBucket, inBucket, product, ratesOf } from './contest.ts';
import { makeFile, makeSparse } from './files.ts';
import { measureInPlace } from './inPlace.ts';
import { type Contestant, fastest, inTurns } from './inTurns.ts';
import { measureMany } from './many.ts';
import { watchMemory } from './memory.ts';
import { type Ours, startOurs } from './ours.ts';
import { findPeers, type Kind } from './peers.ts';

export const objectParts = ['upload', 'many', 'download', 'memory', 'inPlace', 'browse'] as const;
export type ObjectPart = (typeof objectParts)[number];

export interface ObjectsBench {
  only: readonly ObjectPart[];
  /** Of the one file, in MiB. */
  mebibytes: number;
  /** Small files, and small objects that are encrypted in place. */
  files: number;
  /** Of the sparse file, in GiB. */
  gibibytes: number;
  kinds: readonly Kind[];
  runs: number;
}

/** Uploads, downloads and encryption in place beside mc, rclone, s5cmd and a bare script, in turns on one server. Rows are told as each part ends. */
export async function measureObjects(
  folder: string,
  { only, mebibytes, files, gibibytes, kinds, runs }: ObjectsBench,
  note: (line: string) => void,
  tell: (rows: Row[]) => void,
): Promise<void> {
  const servers = await startBenchServers(join(folder, 'objects'));
  let ours: Ours | undefined;
  try {
    ours = await startOurs(folder, 'engine', servers);
    const bench = await benchOf(folder, servers, ours, runs, note);
    if (only.includes('upload')) tell(await measureUpload(bench, mebibytes));
    if (only.includes('many')) for (const kind of kinds) tell(await measureMany(bench, files, kind));
    if (only.includes('download')) tell(await measureDownload(bench, mebibytes));
    if (only.includes('memory')) tell(await measureMemory(bench, servers, gibibytes));
    if (only.includes('inPlace')) tell(await measureInPlace(bench, files));
    if (only.includes('browse')) tell(await measureBrowsing(bench));
  } finally {
    await ours?.end();
    await servers.stop();
  }
}

async function benchOf(folder: string, servers: BenchServers, ours: Ours, runs: number, note: (line: string) => void): Promise<Bench> {
  const endpoint = await servers.endpoint(0);
  const peers = await findPeers(folder, endpoint, servers.caFile);
  let last = 0;
  return {
    folder,
    endpoint,
    ours,
    peers,
    runs,
    note,
    async bucket() {
      const name = `bench-${++last}`;
      const s3 = createSignedClient(endpoint);
      await s3.demand({ method: 'PUT', path: [name] }).finally(() => s3.close());
      return name;
    },
    removeBucket: peers.removeBucket,
  };
}

async function measureUpload(bench: Bench, mebibytes: number): Promise<Row[]> {
  const { folder, ours, peers, runs, note } = bench;
  const file = join(folder, 'one.bin');
  await makeFile(file, mebibytes * 2 ** 20);
  note(`Upload of one file of ${mebibytes} MiB, SSE-KMS`);
  const contestants = [inBucket(bench, product, (bucket) => ours.upload([file], bucket, 'sse-kms'))];
  for (const peer of peers.all) {
    const tuning = await fastestInBucket(bench, peer.tunings.file, (bucket, one) => peer.uploadFile(file, bucket, 'sse-kms', one));
    contestants.push(inBucket(bench, [peer.name, ...tuning].join(' '), (bucket) => peer.uploadFile(file, bucket, 'sse-kms', tuning)));
  }
  const seconds = await inTurns(contestants, runs, note);
  await rm(file);
  return ratesOf(`upload ${mebibytes} MiB in one file, SSE-KMS`, 'MB/s', (mebibytes * 2 ** 20) / 1e6, seconds);
}

async function measureDownload(bench: Bench, mebibytes: number): Promise<Row[]> {
  const { folder, ours, peers, runs, note } = bench;
  const file = join(folder, 'one.bin');
  const to = join(folder, 'downloads');
  await makeFile(file, mebibytes * 2 ** 20);
  const bucket = await bench.bucket();
  await peers.all[0]?.uploadFile(file, bucket, 'sse-kms', []);
  note(`Download of one object of ${mebibytes} MiB, SSE-KMS`);
  const contestant = (who: string, work: () => Promise<number>): Contestant => ({
    name: who,
    before: async () => void (await mkdir(to, { recursive: true })),
    work,
    after: () => rm(to, { recursive: true, force: true }),
  });
  const contestants = [contestant(product, () => ours.download(bucket, 'one.bin', to))];
  for (const peer of peers.all) {
    const tuning = await fastest(peer.tunings.download, async (one) => {
      await mkdir(to, { recursive: true });
      return peer.download(bucket, 'one.bin', to, one).finally(() => rm(to, { recursive: true, force: true }));
    });
    contestants.push(contestant([peer.name, ...tuning].join(' '), () => peer.download(bucket, 'one.bin', to, tuning)));
  }
  const seconds = await inTurns(contestants, runs, note);
  await bench.removeBucket(bucket);
  await rm(file);
  return ratesOf(`download ${mebibytes} MiB, SSE-KMS`, 'MB/s', (mebibytes * 2 ** 20) / 1e6, seconds);
}

/** In an engine that did nothing before. */
async function measureMemory(bench: Bench, servers: BenchServers, gibibytes: number): Promise<Row[]> {
  const { folder, note } = bench;
  const file = join(folder, 'sparse.bin');
  await makeSparse(file, gibibytes * 2 ** 30);
  note(`Memory of the engine while a sparse file of ${gibibytes} GiB is uploaded`);
  const bucket = await bench.bucket();
  const fresh = await startOurs(folder, 'memory', servers);
  const memory = watchMemory(fresh.pid);
  const samples = await fresh
    .upload([file], bucket, 'sse-kms')
    .then(() => memory.stop())
    .finally(() => fresh.end());
  await bench.removeBucket(bucket);
  await rm(file);
  const what = `engine while it uploads ${gibibytes} GiB: resident memory`;
  const tenth = Math.ceil(samples.length / 10);
  return [
    { what: `${what}, most`, unit: 'MB', ours: [Math.max(...samples)], goal: 250 },
    // Flat: what it holds at the end is what it held when it had begun.
    { what: `${what}, last tenth against second tenth`, unit: 'MB', ours: samples.slice(-tenth), peer: samples.slice(tenth, 2 * tenth) },
  ];
}
