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

  it('takes only its own for its own: not a name that begins like it, another effect or another resource', () => {
    const [own] = denyStatements(whole, { kind: 'anyHeader' }, true);
    const foreign = [
      { ...own, Sid: 'SealdeckRequireEncryptionOfPartners', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { ...own, Effect: 'Allow' },
      { ...own, Resource: ['arn:aws:s3:::b/*', 'arn:aws:s3:::b/x/*'] },
    ];
    const text = JSON.stringify({ Version: '2012-10-17', Statement: foreign });
    expect(isDenied(text, whole)).toBe(false);
    expect(statementsOf(withDeny(withDeny(text, whole, { kind: 'sse-s3' }), whole, { kind: 'none' }))).toEqual(foreign);
  });

  it('does not stand beside one of somebody’s that says the same, and leaves that one', () => {
    const [own] = denyStatements(whole, { kind: 'anyHeader' }, true);
    // As MinIO writes it.
    const Condition = JSON.parse(JSON.stringify(own?.Condition).replaceAll('"true"', 'true')) as unknown;
    const text = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...own, Sid: 'theirs', Condition }] });
    expect(isDenied(text, whole)).toBe(true);
    expect(statementsOf(withDeny(text, whole, { kind: 'anyHeader' })).map(({ Sid }) => Sid)).toEqual(['theirs']);
    expect(statementsOf(withDeny(text, whole, { kind: 'none' })).map(({ Sid }) => Sid)).toEqual(['theirs']);
  });

  it.each([
    ['a member twice', '{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Deny"}],"Statement":[{"Sid":"b"}]}'],
    ['a condition twice', '{"Version":"2012-10-17","Statement":[{"Condition":{"Null":{"x":true},"Null":{"y":true}}}]}'],
    [
      'a number that would be rounded',
      '{"Version":"2012-10-17","Statement":[{"Condition":{"NumericLessThan":{"x":12345678901234567890}}}]}',
    ],
  ])('is not put into a policy that would lose something: %s', (_, text) => {
    expect(() => withDeny(text, whole, { kind: 'anyHeader' })).toThrow(expect.objectContaining({ code: 'bucketPolicyOdd' }) as Error);
  });

  it.each([
    { NotPrincipal: { AWS: ['arn:aws:iam::1:user/x'] }, Effect: 'Deny', NotAction: 's3:Get*', NotResource: ['arn:aws:s3:::b/"q\\":*'] },
    { Principal: '*', Effect: 'Allow', Action: '*', Resource: '*', Condition: { NumericLessThan: { 's3:max-keys': 10, y: 1.5 } } },
  ])('leaves %j as it is', (odd) => {
    const text = JSON.stringify({ Version: '2012-10-17', Statement: odd });
    const after = withDeny(text, whole, { kind: 'sse-kms', key: 'k' });
    expect(statementsOf(after)[0]).toEqual(odd);
    expect(statementsOf(withDeny(after, whole, { kind: 'none' }))).toEqual([odd]);
  });
});
