import { describe, expect, it } from 'vitest';
import { type Choices, choiceOf, type Draft, firstDraft } from './choice.ts';

const reason = { code: 'uploadChoiceSseC' } as Choices['choices'][number]['reason'];
const refused = { code: 'kmsNotConfigured' };
const all: Choices = {
  choices: (['rule', 'sse-s3', 'sse-kms', 'sse-c'] as const).map((kind) => ({ kind, reason })),
  keys: ['minio-a', 'minio-b'],
  more: false,
  defaultKey: 'minio-b',
};
const draft: Draft = { kind: 'sse-kms', key: 'minio-a', context: undefined, keyId: undefined };

describe('what a tray proposes', () => {
  it('is the bucket’s rule where there is one, and never where there is none', () => {
    expect(firstDraft(all, true)).toMatchObject({ kind: 'rule', key: 'minio-b' });
    expect(firstDraft(all, false)).toMatchObject({ kind: 'sse-kms', key: 'minio-b' });
  });

  it('is never what the server would refuse', () => {
    const choices = all.choices.map((choice) => (choice.kind === 'sse-c' ? choice : { ...choice, refused }));
    expect(firstDraft({ ...all, choices }, true).kind).toBe('sse-c');
    expect(firstDraft({ ...all, choices: choices.map((choice) => ({ ...choice, refused })) }, true).kind).toBeUndefined();
  });

  it('is after an alarm what was meant, with key and context, and not the rule that let it happen', () => {
    const choice = { kind: 'sse-kms', key: 'minio-a', context: { team: 'hr' } } as const;
    expect(firstDraft(all, false, { phase: 'alarm', choice })).toEqual({
      kind: 'sse-kms',
      key: 'minio-a',
      context: [{ name: 'team', value: 'hr' }],
      keyId: undefined,
    });
    expect(firstDraft(all, false, { phase: 'alarm', choice: { kind: 'rule' } }).kind).toBe('sse-kms');
  });

  it('is after a pause what was chosen before, unless its rule was removed', () => {
    expect(firstDraft(all, true, { phase: 'paused', choice: { kind: 'sse-s3' } }).kind).toBe('sse-s3');
    expect(firstDraft(all, true, { phase: 'paused', choice: { kind: 'rule' } }).kind).toBe('rule');
    expect(firstDraft(all, false, { phase: 'paused', choice: { kind: 'rule' } }).kind).toBe('sse-kms');
  });
});

describe('what is sent of a choice', () => {
  it('has a key that can be one, and the context without empty rows', () => {
    expect(choiceOf(draft)).toEqual({ kind: 'sse-kms', key: 'minio-a' });
    expect(choiceOf({ ...draft, key: 'not a key' })).toBeUndefined();
    expect(
      choiceOf({
        ...draft,
        context: [
          { name: 'a', value: '1' },
          { name: '', value: '' },
        ],
      }),
    ).toEqual({
      kind: 'sse-kms',
      key: 'minio-a',
      context: { a: '1' },
    });
  });

  it('is nothing while a context name is missing or there twice: one value would be lost without a word', () => {
    expect(choiceOf({ ...draft, context: [{ name: '', value: '1' }] })).toBeUndefined();
    expect(
      choiceOf({
        ...draft,
        context: [
          { name: 'a', value: '1' },
          { name: 'a', value: '2' },
        ],
      }),
    ).toBeUndefined();
  });

  it('needs a customer’s key for SSE-C, and nothing for the rule', () => {
    expect(choiceOf({ ...draft, kind: 'sse-c' })).toBeUndefined();
    expect(choiceOf({ ...draft, kind: 'sse-c', keyId: 'ab'.repeat(16) })).toEqual({ kind: 'sse-c', keyId: 'ab'.repeat(16) });
    expect(choiceOf({ ...draft, kind: 'rule' })).toEqual({ kind: 'rule' });
    expect(choiceOf({ ...draft, kind: undefined })).toBeUndefined();
  });
});
