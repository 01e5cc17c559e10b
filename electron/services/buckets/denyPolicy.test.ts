import { describe, expect, it } from 'vitest';
import { denyStatements, isDenied, withDeny } from './denyPolicy.ts';

const theirs = { Sid: 'theirs', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*', Odd: { kept: 1 } };
const whole = { bucket: 'b', prefix: '' };
const below = { bucket: 'b', prefix: 'letters/' };
const statementsOf = (text = '{}') => (JSON.parse(text) as { Statement: { Sid: string }[] }).Statement;

describe('the statement that requires encryption', () => {
  it('comes last, and leaves what others wrote as it is, also a lone statement and unknown members', () => {
    const text = JSON.stringify({ Version: '2012-10-17', Id: 'x', Statement: theirs });
    const after = withDeny(text, whole, { kind: 'anyHeader' });
    expect(JSON.parse(after ?? '')).toMatchObject({ Version: '2012-10-17', Id: 'x' });
    expect(statementsOf(after)[0]).toEqual(theirs);
    expect(statementsOf(after)[1]?.Sid).toBe('SealdeckRequireEncryption');
    expect([isDenied(text, whole), isDenied(after, whole)]).toEqual([false, true]);
  });

  it('is there once, whatever mode it had before', () => {
    const first = withDeny(undefined, whole, { kind: 'sse-kms', key: 'k' });
    expect(statementsOf(first).map(({ Sid }) => Sid)).toEqual(['SealdeckRequireEncryption', 'SealdeckRequireEncryptionKey']);
    expect(statementsOf(withDeny(first, whole, { kind: 'sse-s3' })).map(({ Sid }) => Sid)).toEqual(['SealdeckRequireEncryption']);
  });

  it('takes the whole policy with it when nothing else is in it', () => {
    expect(withDeny(withDeny(undefined, whole, { kind: 'anyHeader' }), whole, { kind: 'none' })).toBeUndefined();
    expect(withDeny(undefined, whole, { kind: 'none' })).toBeUndefined();
  });

  it('for a prefix binds only what is below it, and stands beside that of the bucket and of other prefixes', () => {
    const both = withDeny(withDeny(undefined, whole, { kind: 'anyHeader' }), below, { kind: 'sse-kms', key: 'k' });
    expect([isDenied(both, whole), isDenied(both, below), isDenied(both, { bucket: 'b', prefix: 'letters' })]).toEqual([true, true, false]);
    const sids = statementsOf(both).map(({ Sid }) => Sid);
    expect(new Set(sids).size).toBe(3);
    expect(both).toContain('"Resource": ["arn:aws:s3:::b/letters/*"]');
    const without = withDeny(both, whole, { kind: 'none' });
    expect([isDenied(without, whole), isDenied(without, below)]).toEqual([false, true]);
  });

  it.each(['a*/', 'a?', '$' + '{aws:username}/'])('is refused for the prefix %s, which would bind more', (prefix) => {
    expect(() => denyStatements({ bucket: 'b', prefix }, { kind: 'anyHeader' }, true)).toThrow(
      expect.objectContaining({ code: 'bucketPrefixWild' }) as Error,
    );
  });

  it.each(['no json', '{}', '[]', '{"Statement":"x"}'])('is not put into %s', (text) => {
    expect(() => withDeny(text, whole, { kind: 'anyHeader' })).toThrow(expect.objectContaining({ code: 'bucketPolicyOdd' }) as Error);
  });
});
