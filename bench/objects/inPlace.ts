import { fillBucket, keyOf } from '../audit/fill.ts';
import type { Row } from '../table.ts';
import { barePuts } from './barePuts.ts';
import { type Bench, product, ratesOf } from './contest.ts';
import { type Contestant, inTurns } from './inTurns.ts';
import { kmsHeaders } from './many.ts';

const copiesAtOnce = 32;

/**
 * Small plaintext objects become SSE-KMS: against mc, which reads nothing, and against what the server can do at all: bare copies,
 * and the same with a byte read before and after each. Rates in objects a second.
 */
export async function measureInPlace(bench: Bench, objects: number): Promise<Row[]> {
  const { endpoint, ours, peers, runs, note } = bench;
  note(`${objects.toLocaleString('en')} plaintext objects are encrypted in place`);
  const names = Array.from({ length: objects }, (_, n) => keyOf('deep', n));
  const bare = (bucket: string, readBack: boolean): Promise<number> =>
    barePuts(endpoint, { bucket, names, headers: kmsHeaders, atOnce: copiesAtOnce, readBack });
  let last = 0;
  const contestant = (name: string, work: (bucket: string) => Promise<number>): Contestant => {
    let bucket = '';
    return {
      name,
      async before() {
        bucket = `plain-${++last}`;
        await fillBucket(endpoint, bucket, 'plain', 'deep', objects);
      },
      work: () => work(bucket),
      after: () => bench.removeBucket(bucket),
    };
  };
  const contestants = [
    contestant(product, (bucket) => ours.encrypt(bucket, objects)),
    contestant('mc cp -r onto itself', (bucket) => peers.encrypt(bucket)),
    contestant(`bare copies, ${copiesAtOnce} at once`, (bucket) => bare(bucket, false)),
    contestant(`bare GET, copy and GET of a byte, ${copiesAtOnce} at once`, (bucket) => bare(bucket, true)),
  ];
  const seconds = await inTurns(contestants, runs, note);
  return ratesOf(`encrypt ${objects.toLocaleString('en')} small objects in place, SSE-KMS`, '/s', objects, seconds);
}
