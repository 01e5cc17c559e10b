import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { S3Endpoint } from '../../electron/clients/s3/signedClient.ts';
import { ensureServers } from '../../servers/get.ts';
import type { Row } from '../table.ts';
import { bareLoop } from './bareLoop.ts';
import { entriesOf, fillBucket, type Kind, keyOf, kinds, type Shape } from './fill.ts';
import { ourAudit } from './ours.ts';
import { type BenchServers, root } from './servers.ts';

const run = promisify(execFile);
/** One HEAD after another needs no more to tell its rate. */
const fewObjects = 2000;
/** After many listings at once MinIO goes on walking the bucket for a while, which the next one would pay for. */
const settleMs = 3_000;

export interface Case {
  kind: Kind;
  shape: Shape;
  /** Added to each round trip between client and MinIO, and between MinIO and KES, ms. */
  delay: number;
  kesDelay: number;
}

/** The more there is to wait for, the more is in flight at best: numbers that cannot win are not tried where each takes minutes. */
function flightsOf({ delay, kesDelay }: Case, objects: number): number[] {
  if (objects > 50_000) return [2, 4];
  if (kesDelay > 0) return [8, 16];
  return delay > 0 ? [4, 8, 16] : [1, 2, 4, 8, 16];
}

/** The issue's cases: every kind and shape as they are, the kinds in a flat bucket further away, SSE-S3 with KES further away. */
export function casesOf(shapes: readonly Shape[], delays: readonly number[], kesDelays: readonly number[]): Case[] {
  const near = kinds.flatMap((kind) => shapes.map((shape) => ({ kind, shape, delay: 0, kesDelay: 0 })));
  const far = delays
    .filter((delay) => delay > 0)
    .flatMap((delay) => kinds.map((kind) => ({ kind, shape: 'flat' as const, delay, kesDelay: 0 })));
  const kes = kesDelays
    .filter((delay) => delay > 0)
    // Both at their furthest tells nothing new and takes the longest.
    .flatMap((kesDelay) =>
      (kesDelay > 1 ? [0] : [0, 5]).map((delay) => ({ kind: 'sse-s3' as const, shape: 'flat' as const, delay, kesDelay })),
    );
  return [...near, ...far, ...kes];
}

/** So many keys make that many entries. */
const keysOf = (shape: Shape, entries: number): number => Math.ceil(entries / entriesOf(shape, 1));

/** Ours, the bare loop at its best number in flight, and mc, in turns on the same bucket. Rates in entries a second. */
export async function measureListing(
  servers: BenchServers,
  folder: string,
  cases: readonly Case[],
  { objects, runs }: { objects: number; runs: number },
  note: (line: string) => void,
): Promise<Row[]> {
  const rows: Row[] = [];
  const filled = new Set<string>();
  async function fill(kind: Kind, shape: Shape, count: number): Promise<string> {
    const bucket = `${kind}-${shape}-${count}`;
    if (filled.has(bucket)) return bucket;
    note(`${bucket} is filled ...`);
    await fillBucket(await servers.endpoint(0), bucket, kind, shape, count);
    filled.add(bucket);
    return bucket;
  }
  // All writing first, and with KES near: it takes far longer than reading.
  for (const { kind, shape } of cases) await fill(kind, shape, keysOf(shape, objects));
  for (const { kind } of cases) await fill(kind, 'flat', fewObjects);

  let kesAt = 0;
  for (const one of [...cases].sort((a, b) => a.kesDelay - b.kesDelay)) {
    if (one.kesDelay !== kesAt) await servers.moveKes(one.kesDelay);
    kesAt = one.kesDelay;
    const endpoint = await servers.endpoint(one.delay);
    const bucket = await fill(one.kind, one.shape, keysOf(one.shape, objects));
    const away = [one.delay && `MinIO ${one.delay} ms away`, one.kesDelay && `KES ${one.kesDelay} ms away`].filter(Boolean).join(', ');
    const what = `${objects.toLocaleString('en')} ${one.kind}, ${one.shape}${away && `, ${away}`}`;
    note(what);
    rows.push(...(await againstLoop(what, endpoint, folder, bucket, one, objects, runs)));
    // At 20 ms nothing is asked of mc, and with KES away only what it takes to list.
    if (one.shape !== 'flat' || one.delay > 5) continue;
    const ours = rows.at(-1)?.ours ?? [];
    const few = await fill(one.kind, 'flat', fewObjects);
    const against = async (of: string, args: string[], from: string, count: number): Promise<void> => {
      rows.push({ what: `${what}: ${of}`, unit: '/s', ours, peer: [await mcRate(endpoint, servers.caFile, args, from, count)] });
    };
    const ofFew = `(of ${fewObjects.toLocaleString('en')})`;
    if (one.kesDelay > 0) await against(`mc ls -r ${ofFew}`, ['ls', '-r'], few, fewObjects);
    else {
      await against('mc ls -r', ['ls', '-r'], bucket, objects);
      await against(`mc stat -r ${ofFew}`, ['stat', '-r', '--json'], few, fewObjects);
    }
  }
  return rows;
}

async function againstLoop(
  what: string,
  endpoint: S3Endpoint,
  folder: string,
  bucket: string,
  one: Case,
  objects: number,
  runs: number,
): Promise<Row[]> {
  const { shape } = one;
  const versions = shape === 'versioned';
  const keys = keysOf(shape, objects);
  const entries = entriesOf(shape, keys);
  const flights = flightsOf(one, objects);
  const loop = async (inFlight: number): Promise<number> => {
    const cuts = Array.from({ length: inFlight }, (_, at) => (at === 0 ? '' : keyOf(shape, Math.floor((at * keys) / inFlight))));
    const work = cuts.map((after, at) => ({ bucket, versions, after, ...(cuts[at + 1] === undefined ? {} : { to: cuts[at + 1] ?? '' }) }));
    return entries / (await bareLoop(endpoint, work, inFlight));
  };
  const tried: [number, number][] = [];
  for (const inFlight of flights) tried.push([inFlight, await loop(inFlight)]);
  const best = tried.reduce((one, other) => (other[1] > one[1] ? other : one))[0];
  const ours: number[] = [];
  const peer: number[] = [];
  let seen = 0;
  for (let at = 0; at < runs; at++) {
    await pause(settleMs);
    peer.push(await loop(best));
    await pause(settleMs);
    const audit = await ourAudit(folder, endpoint, bucket, { versions });
    await audit.end();
    if (audit.entries !== entries) throw new Error(`${what}: ${audit.entries} entries were read of ${entries}`);
    ours.push(entries / audit.seconds);
    seen = Math.max(seen, audit.inFlight);
  }
  return [{ what: `${what}: bare loop, best of ${flights.join('/')} in flight: ${best} (ours: up to ${seen})`, unit: '/s', ours, peer }];
}

async function mcRate(endpoint: S3Endpoint, caFile: string, args: string[], bucket: string, objects: number): Promise<number> {
  const { mc } = await ensureServers(['mc']);
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    MC_HOST_bench: `https://${root.user}:${root.password}@${new URL(endpoint.url).host}`,
    SSL_CERT_FILE: caFile,
  };
  const begin = performance.now();
  const { stdout } = await run(mc, [...args, `bench/${bucket}`], { env, maxBuffer: 2 ** 30 });
  const lines = stdout.trimEnd().split('\n').length;
  if (lines < objects) throw new Error(`mc ${args.join(' ')} gave ${lines} lines of ${objects}`);
  return objects / ((performance.now() - begin) / 1000);
}
