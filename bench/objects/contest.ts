import type { S3Endpoint } from '../../electron/clients/s3/signedClient.ts';
import type { Row } from '../table.ts';
import { type Contestant, fastest } from './inTurns.ts';
import type { Ours } from './ours.ts';
import type { Peers } from './peers.ts';

/** All that a part needs. */
export interface Bench {
  folder: string;
  endpoint: S3Endpoint;
  ours: Ours;
  peers: Peers;
  runs: number;
  note: (line: string) => void;
  /** A bucket of a new name. */
  bucket(): Promise<string>;
  removeBucket(name: string): Promise<void>;
}

/** Name of the product among the contestants. */
export const product = 'ours';

/** One contestant in a bucket of its own, which goes with what was written. */
export function inBucket(bench: Bench, who: string, work: (bucket: string) => Promise<number>): Contestant {
  let bucket = '';
  return {
    name: who,
    async before() {
      bucket = await bench.bucket();
    },
    work: () => work(bucket),
    after: () => bench.removeBucket(bucket),
  };
}

/** Rates of ours against each of the others. */
export function ratesOf(
  what: string,
  unit: Row['unit'],
  amount: number,
  { [product]: ours = [], ...others }: Record<string, number[]>,
): Row[] {
  const rates = (seconds: readonly number[]): number[] => seconds.map((one) => amount / one);
  return Object.entries(others).map(([who, seconds]) => ({
    what: `${what}: against ${who}`,
    unit,
    ours: rates(ours),
    peer: rates(seconds),
  }));
}

/** The fastest of several settings, each tried once in a bucket of its own. */
export function fastestInBucket<S>(
  bench: Bench,
  settings: readonly S[],
  work: (bucket: string, setting: S) => Promise<number>,
): Promise<S> {
  return fastest(settings, async (setting) => {
    const bucket = await bench.bucket();
    return work(bucket, setting).finally(() => bench.removeBucket(bucket));
  });
}
