import { expect, test } from 'vitest';
import { policyAllows } from './policy.ts';

const arn = 'arn:aws:s3:::docs/2023/a (1).pdf';
const allow = { Effect: 'Allow', Action: ['s3:*'], Resource: ['arn:aws:s3:::*'] };
const ask = (...statements: object[]) => policyAllows({ Version: '2012-10-17', Statement: statements }, 's3:PutObject', arn);

test('what is allowed and not denied may be done', () => {
  expect(ask(allow)).toBe('yes');
  expect(ask({ ...allow, Action: 's3:PutObject', Resource: 'arn:aws:s3:::docs/2023/*' })).toBe('yes');
});

test('what nothing allows may not be done, and a denial wins', () => {
  expect(ask({ ...allow, Action: ['s3:GetObject'] })).toBe('no');
  expect(ask({ ...allow, Resource: ['arn:aws:s3:::doc/*'] })).toBe('no');
  expect(ask(allow, { Effect: 'Deny', Action: ['s3:Put*'], Resource: ['arn:aws:s3:::docs/*'] })).toBe('no');
  expect(ask(allow, { Effect: 'Deny', NotAction: ['s3:Get*'], Resource: ['*'] })).toBe('no');
  expect(ask(allow, { Effect: 'Deny', Action: ['s3:*'], NotResource: ['arn:aws:s3:::docs/*'] })).toBe('yes');
});

test('where a condition decides nothing is said', () => {
  const when = { Condition: { Null: { 's3:x-amz-server-side-encryption': 'true' } } };
  expect(ask({ ...allow, ...when })).toBe('unknown');
  expect(ask(allow, { ...allow, ...when })).toBe('yes');
  expect(ask(allow, { ...allow, Effect: 'Deny', ...when })).toBe('unknown');
  expect(ask({ ...allow, Action: ['s3:GetObject'] }, { ...allow, Effect: 'Deny', ...when })).toBe('no');
});

test('letters of a pattern are no pattern of another language', () => {
  expect(policyAllows({ Statement: [{ ...allow, Resource: ['arn:aws:s3:::docs/2023/a (1).pdf'] }] }, 's3:PutObject', arn)).toBe('yes');
  expect(policyAllows({ Statement: [{ ...allow, Resource: ['arn:aws:s3:::docs/2023/a (1)?pdf'] }] }, 's3:PutObject', `${arn}x`)).toBe('no');
});

test('a policy in another form tells nothing', () => {
  expect(policyAllows(undefined, 's3:PutObject', arn)).toBe('unknown');
  expect(policyAllows({ Statement: [{ Effect: 'Maybe' }] }, 's3:PutObject', arn)).toBe('unknown');
});
