import type { Proof, ProofEvent } from '../../../shared/proof.ts';

/** Times in ms since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Read {
  readonly at: number;
  readonly outcome: 'worked' | 'refused' | 'failed';
}

/** What the picture of a proof shows: one time axis, three lanes. */
export interface Lanes {
  readonly axis: Span;
  readonly ticks: readonly number[];
  readonly key: readonly Span[];
  /** `returned` is false while, or because, the key does not come back. */
  readonly withheld: (Span & { readonly returned: boolean }) | undefined;
  readonly cache: readonly Span[];
  readonly reads: readonly Read[];
}

const steps = [0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600] as const;
const mostTicks = 8;
const mostFractions = 6;

/** Even steps that enclose the span, at most eight; fractions of a second only where there are few of them. */
export function ticksOf({ from, to }: Span): number[] {
  const seconds = Math.max(0.2, (to - from) / 1000);
  const step = (steps.find((size) => seconds / size <= (size < 1 ? mostFractions : mostTicks)) ?? Math.ceil(seconds / mostTicks)) * 1000;
  const first = Math.floor(from / step) * step;
  const last = Math.ceil(Math.max(to, first + step) / step) * step;
  return Array.from({ length: Math.round((last - first) / step) + 1 }, (_, at) => first + at * step);
}

/** The lanes of a chain or dependency proof; undefined when no key was touched. `now` is the end of a running one. */
export function lanesOf(proof: Proof, now: number): Lanes | undefined {
  const { events, withheld: hidden } = proof;
  if (proof.level === 'rule' || events.length === 0) return undefined;
  const running = proof.result === 'running';
  if (!hidden && !running) return undefined;
  const times = events.map(({ at }) => Date.parse(at));
  const end = Math.max(...times, running ? now : 0, hidden?.to === undefined ? 0 : Date.parse(hidden.to));
  const ticks = ticksOf({ from: Math.min(...times), to: end });
  const axis = { from: ticks[0] ?? 0, to: ticks.at(-1) ?? 0 };
  const timeOf = (code: ProofEvent['what']['code']): number | undefined => {
    const found = events.find(({ what }) => what.code === code);
    return found && Date.parse(found.at);
  };

  const made = timeOf('proofKeyMade') ?? timeOf('proofWritten') ?? axis.from;
  const gone = hidden && Date.parse(hidden.from);
  const back = hidden?.to === undefined ? undefined : Date.parse(hidden.to);
  const removed = timeOf('proofRemoved') ?? end;
  const firstUse = timeOf('proofWritten');
  const refused = events.find(({ outcome }) => outcome === 'expectedFailure');
  const forgotten = refused ? Date.parse(refused.at) : end;
  const again = timeOf('proofReadAgain');
  return {
    axis,
    ticks,
    key: spans([made, gone ?? end], [back, Math.max(removed, back ?? 0)]),
    withheld: gone === undefined ? undefined : { from: gone, to: back ?? end, returned: back !== undefined },
    cache: spans([firstUse, forgotten], [again, end]),
    reads: events.filter(isRead).map(({ at, outcome }) => ({ at: Date.parse(at), outcome: readOutcome(outcome) })),
  };
}

function isRead({ lane, what }: ProofEvent): boolean {
  return lane === 'cache' || (lane === 'read' && what.code !== 'proofWritten');
}

function readOutcome(outcome: ProofEvent['outcome']): Read['outcome'] {
  if (outcome === 'expectedFailure') return 'refused';
  return outcome === 'fail' ? 'failed' : 'worked';
}

function spans(...pairs: readonly (readonly [number | undefined, number | undefined])[]): Span[] {
  return pairs.flatMap(([from, to]) => (from === undefined || to === undefined || to < from ? [] : [{ from, to }]));
}

/** Moves marks apart until neighbours are `gap` px from each other, in order and inside the axis, each as little as possible. */
export function apart(places: readonly number[], gap: number, low: number, high: number): number[] {
  const out = [...places];
  for (let at = 0; at < out.length; at++) out[at] = Math.max(out[at] ?? low, at === 0 ? low : (out[at - 1] ?? low) + gap);
  for (let at = out.length - 1; at >= 0; at--) {
    out[at] = Math.min(out[at] ?? high, at === out.length - 1 ? high : (out[at + 1] ?? high) - gap);
  }
  return out;
}
