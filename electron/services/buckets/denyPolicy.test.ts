import { describe, expect, it } from 'vitest';
import { isDenied, withDeny } from './denyPolicy.ts';

const theirs = { Sid: 'theirs', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*', Odd: { kept: 1 } };
const statementsOf = (text = '{}') => (JSON.parse(text) as { Statement: { Sid: string }[] }).Statement;

describe('the statement that requires encryption', () => {
  it('comes last, and leaves what others wrote as it is, also a lone statement and unknown members', () => {
    const text = JSON.stringify({ Version: '2012-10-17', Id: 'x', Statement: theirs });
    const after = withDeny(text, 'b', { kind: 'anyHeader' });
    expect(JSON.parse(after ?? '')).toMatchObject({ Version: '2012-10-17', Id: 'x' });
    expect(statementsOf(after)[0]).toEqual(theirs);
    expect(statementsOf(after)[1]?.Sid).toBe('SealdeckRequireEncryption');
    expect([isDenied(text, 'b'), isDenied(after, 'b')]).toEqual([false, true]);
  });

  it('is there once, whatever mode it had before', () => {
    const first = withDeny(undefined, 'b', { kind: 'sse-kms', key: 'k' });
    expect(statementsOf(first).map(({ Sid }) => Sid)).toEqual(['SealdeckRequireEncryption', 'SealdeckRequireEncryptionKey']);
    expect(statementsOf(withDeny(first, 'b', { kind: 'sse-s3' })).map(({ Sid }) => Sid)).toEqual(['SealdeckRequireEncryption']);
  });

  it('takes the whole policy with it when nothing else is in it', () => {
    expect(withDeny(withDeny(undefined, 'b', { kind: 'anyHeader' }), 'b', { kind: 'none' })).toBeUndefined();
    expect(withDeny(undefined, 'b', { kind: 'none' })).toBeUndefined();
  });

  it.each(['no json', '{}', '[]', '{"Statement":"x"}'])('is not put into %s', (text) => {
    expect(() => withDeny(text, 'b', { kind: 'anyHeader' })).toThrow(expect.objectContaining({ code: 'bucketPolicyOdd' }) as Error);
  });
});
