import type { KesStatus } from '../../../../shared/kes.ts';
import type { KeyHop, KeyOpens } from '../../../../shared/kesKeys.ts';
import type { Mark } from '../../../components/StateIcon.tsx';
import type { Output } from '../../../rpc/client.ts';

type List = Output<'kes.keyList'>;

/** What line two of the page says. `says` is a word below `kesKeys.answer`. */
export interface KeysAnswer {
  mark: Mark;
  says: 'down' | 'none' | 'missing' | 'trouble' | 'some' | 'all';
  count: number;
  /** The key or the node that it speaks of. */
  name: string;
}

/** Names that something needs and that KES, which told all of its keys, does not have. */
export function missingKeys({ keys, listing }: Pick<List, 'keys' | 'listing'>): string[] {
  if (listing.outcome !== 'listed' && listing.outcome !== 'empty') return [];
  return keys.filter(({ sources }) => !sources.includes('kes')).map(({ name }) => name);
}

/**
 * Good is only what a real operation with a key just said: a green status of KES is none (kes.md trap 20). `trouble`: keys that were seen
 * not to open. Pure.
 */
export function answerOf(list: List, nodes: readonly KesStatus[], trouble: readonly string[] = []): KeysAnswer {
  const there = list.keys.filter(({ sources }) => sources.includes('kes'));
  const broken = nodes.find(({ state }) => state !== 'working' && state !== 'keyMissing');
  const missing = missingKeys(list);
  if (broken) return { mark: 'fail', says: 'down', count: list.keys.length, name: broken.node };
  if (missing.length > 0 && list.keys.length > missing.length)
    return { mark: 'fail', says: 'missing', count: missing.length, name: missing[0] ?? '' };
  if (trouble.length > 0) return { mark: 'fail', says: 'trouble', count: trouble.length, name: trouble[0] ?? '' };
  if (list.listing.outcome === 'empty') return { mark: 'absent', says: 'none', count: 0, name: '' };
  if (missing.length > 0) return { mark: 'fail', says: 'missing', count: missing.length, name: missing[0] ?? '' };
  if (list.listing.outcome !== 'listed') return { mark: 'warn', says: 'some', count: list.keys.length, name: '' };
  return {
    mark: there.length === 0 ? 'absent' : nodes.length > 0 ? 'ok' : 'info',
    says: there.length === 0 ? 'none' : 'all',
    count: there.length,
    name: list.defaultKey ?? '',
  };
}

/** Before the key store nothing was learnt of a key: whoever is not let in does not know whether it opens. */
const notLearnt: ReadonlySet<string> = new Set(['name', 'tcp', 'tls', 'identity', 'policy'] satisfies KeyHop[]);

/** How a key is shown by what its last try said; `says` is a word below `kesKeys.opens`. */
export function shownOpens({ answer, hop }: Pick<KeyOpens, 'answer' | 'hop'>): { mark: Mark; says: KeyOpens['answer'] | 'notAsked' } {
  if (answer === 'no' && hop !== undefined && notLearnt.has(hop)) return { mark: 'unknown', says: 'notAsked' };
  return { mark: answer === 'yes' ? 'ok' : 'fail', says: answer };
}
