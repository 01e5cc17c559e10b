import { expect, it } from 'vitest';
import { answerOf } from './answer.ts';

const kms = { kind: 'kes', autoEncryption: false };
const s3 = { rule: { kind: 'sse-s3' as const } };
const none = { rule: { kind: 'none' as const } };

it('the answer counts rules, and never a rule that could not be read', () => {
  expect(answerOf([], kms)).toBeUndefined();
  expect(answerOf([s3, s3], kms)).toMatchObject({ mark: 'ok', says: 'all', ruled: 2 });
  expect(answerOf([s3, none], kms)).toMatchObject({ mark: 'warn', says: 'some', ruled: 1, open: 1 });
  expect(answerOf([s3, {}], kms)).toMatchObject({ mark: 'warn', says: 'unread', ruled: 1, unread: 1 });
  expect(answerOf([s3, none], { kind: 'kes', autoEncryption: true })).toMatchObject({ mark: 'ok', says: 'automatic' });
  expect(answerOf([s3], { kind: 'none' })).toMatchObject({ mark: 'warn', says: 'noKms' });
});
