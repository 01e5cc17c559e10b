import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { benchKey } from '../audit/servers.ts';
import type { Row } from '../table.ts';
import { barePuts } from './barePuts.ts';
import { type Bench, fastestInBucket, inBucket, product, ratesOf } from './contest.ts';
import { makeMany } from './files.ts';
import { inTurns } from './inTurns.ts';
import type { Kind } from './peers.ts';

const numbers = [8, 16, 32, 64];
export const kmsHeaders = { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-aws-kms-key-id': benchKey };

/**
 * Many files of 1 KiB: against the bare PUTs at their best number at once, against the same with the request by which the product
 * reads each object back, and against the peers, which read nothing back. Rates in files a second.
 */
export async function measureMany(bench: Bench, count: number, kind: Kind): Promise<Row[]> {
  const { folder, endpoint, ours, peers, runs, note } = bench;
  const from = join(folder, 'many');
  await mkdir(from, { recursive: true });
  const names = await makeMany(from, count);
  const told = `upload ${count.toLocaleString('en')} files of 1 KiB, ${kind === 'plain' ? 'not encrypted' : 'SSE-KMS'}`;
  note(told);
  const headers: Record<string, string> = kind === 'plain' ? {} : kmsHeaders;
  const bare = (bucket: string, files: readonly string[], atOnce: number, readBack: boolean): Promise<number> =>
    barePuts(endpoint, { bucket, folder: from, names: files, headers, atOnce, readBack });

  const some = names.slice(0, Math.ceil(count / 5));
  const bestNumber = await fastestInBucket(bench, numbers, (bucket, atOnce) => bare(bucket, some, atOnce, false));
  const contestants = [
    inBucket(bench, product, (bucket) => ours.upload([from], bucket, kind)),
    inBucket(bench, `bare PUTs, ${bestNumber} at once`, (bucket) => bare(bucket, names, bestNumber, false)),
    inBucket(bench, `bare PUT and GET of a byte, ${bestNumber} at once`, (bucket) => bare(bucket, names, bestNumber, true)),
  ];
  for (const peer of peers.all) {
    // The first thousand tell which setting is the best.
    const first = join(from, '000');
    const tuning = await fastestInBucket(bench, peer.tunings.folder, (bucket, one) => peer.uploadFolder(first, bucket, kind, one));
    contestants.push(inBucket(bench, [peer.name, ...tuning].join(' '), (bucket) => peer.uploadFolder(from, bucket, kind, tuning)));
  }
  const seconds = await inTurns(contestants, runs, note);
  await rm(from, { recursive: true });
  return ratesOf(told, '/s', count, seconds);
}
