import { describe, expect, it } from 'vitest';
import type { KesStatus } from '../../../../shared/kes.ts';
import type { KeySource } from '../../../../shared/kesKeys.ts';
import type { Output } from '../../../rpc/client.ts';
import { answerOf, missingKeys, shownOpens } from './answer.ts';

type List = Output<'kes.keyList'>;
const list = (outcome: List['listing']['outcome'], keys: Record<string, KeySource[]>): List => ({
  keys: Object.entries(keys).map(([name, sources]) => ({ name, sources, default: name === 'd', rules: [], unreachable: false })),
  listing: { outcome, says: { code: 'kesListAll' } },
  defaultKey: 'd',
  errors: [],
  publicIdentities: [],
  fenced: false,
  at: '',
});
const node = (state: KesStatus['state']): KesStatus => ({ node: 'kes-1', url: '', state, at: '' });

describe('what the page of keys answers', () => {
  it('is good only after a key was really used', () => {
    expect(answerOf(list('listed', { d: ['kes'], a: ['kes'] }), [node('working')])).toMatchObject({ mark: 'ok', says: 'all', count: 2 });
    expect(answerOf(list('listed', { d: ['kes'] }), [])).toMatchObject({ mark: 'info' });
    // Its status is green, its credentials are dead.
    expect(answerOf(list('listed', { d: ['kes'] }), [node('credentialsDead')])).toMatchObject({
      mark: 'fail',
      says: 'down',
      name: 'kes-1',
    });
  });

  it('names what something needs and KES does not have', () => {
    const lost = list('listed', { d: ['kes'], a: ['audit'] });
    expect(missingKeys(lost)).toEqual(['a']);
    expect(answerOf(lost, [node('working')])).toMatchObject({ mark: 'fail', says: 'missing', count: 1, name: 'a' });
  });

  it('is not good while one of the keys that were seen does not open', () => {
    const answer = answerOf(list('listed', { d: ['kes'], a: ['kes'] }), [node('working')], ['a']);
    expect(answer).toMatchObject({ mark: 'fail', says: 'trouble', count: 1, name: 'a' });
  });

  it('does not call missing what may only not be listed', () => {
    const refused = list('refused', { a: ['audit'] });
    expect(missingKeys(refused)).toEqual([]);
    expect(answerOf(refused, [node('working')])).toMatchObject({ mark: 'warn', says: 'some' });
  });

  it('does not say of a key that it does not open where nobody could ask', () => {
    expect(shownOpens({ answer: 'no', hop: 'tcp' })).toEqual({ mark: 'unknown', says: 'notAsked' });
    expect(shownOpens({ answer: 'no', hop: 'policy' })).toEqual({ mark: 'unknown', says: 'notAsked' });
    expect(shownOpens({ answer: 'no', hop: 'keyStore' })).toEqual({ mark: 'fail', says: 'no' });
    expect(shownOpens({ answer: 'otherKey', hop: 'key' })).toEqual({ mark: 'fail', says: 'otherKey' });
  });

  it('says of an empty folder that there is no key, not that something is wrong', () => {
    expect(answerOf(list('empty', {}), [node('keyMissing')])).toMatchObject({ mark: 'absent', says: 'none' });
  });
});
