import type { Mark } from './StateIcon.tsx';

export type HopId = 'certificates' | 'vault' | 'kes' | 'minio' | 'buckets';

/** A line of evidence as a sentence. */
export interface EvidenceText {
  readonly mark: Mark;
  readonly text: string;
  readonly at?: string;
}

/** What a hop of the picture shows; sentences are in the reader's language already. */
export interface HopState {
  readonly id: HopId;
  readonly name: string;
  /** The short word of the top bar, where it is not that of its place in the chain. */
  readonly part?: string;
  readonly address: string;
  readonly mark: Mark;
  readonly evidence: readonly EvidenceText[];
}

/** The line to the next hop: what carries it, and its measure. */
export interface LinkState {
  readonly mark: Mark;
  readonly carrier: string;
  readonly measure: string;
}
