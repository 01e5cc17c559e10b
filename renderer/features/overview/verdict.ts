import type { Proof } from '../../../shared/proof.ts';

export interface Verdict {
  readonly kind: 'provenChain' | 'provenDependency' | 'provenRule' | 'brokenNow' | 'notProven' | 'running' | 'never';
  readonly proof?: Proof;
}

const newestFirst = (a: Proof, b: Proof): number => (b.endedAt ?? b.startedAt).localeCompare(a.endedAt ?? a.startedAt);

/**
 * Whether encryption works, judged by the newest proof that has ended: a chain proof counts most, weaker levels answer
 * only where there is none. A hop that is broken now outweighs every older proof.
 */
export function verdict(proofs: readonly Proof[], brokenNow: boolean): Verdict {
  const ended = proofs.filter((proof) => proof.result !== 'running').sort(newestFirst);
  const newest = ended.find((proof) => proof.level === 'chain') ?? ended.find((proof) => proof.level === 'dependency') ?? ended[0];
  if (brokenNow) return newest?.result === 'proven' ? { kind: 'brokenNow', proof: newest } : { kind: 'brokenNow' };
  if (!newest) return proofs.some((proof) => proof.result === 'running') ? { kind: 'running' } : { kind: 'never' };
  if (newest.result !== 'proven') return { kind: 'notProven', proof: newest };
  const level = { chain: 'provenChain', dependency: 'provenDependency', rule: 'provenRule' } as const;
  return { kind: level[newest.level], proof: newest };
}
