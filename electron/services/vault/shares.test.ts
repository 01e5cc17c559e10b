import { describe, expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import { normalisedShare } from './shares.ts';

// Published in the old guide, so no secret.
const share = 'eyW/+8ZtsgT81Cb0e8OVxzJAQP5lY7Dcamnze+JnWEDT';
const bytes = Buffer.from(share, 'base64');

describe('normalisedShare', () => {
  it.each([
    ['base64', share],
    ['blanks and line ends', `  ${share.slice(0, 20)}\n${share.slice(20)} `],
    ['URL-safe base64', share.replace(/\+/g, '-').replace(/\//g, '_')],
    ['hexadecimal', bytes.toString('hex')],
    ['upper-case hexadecimal', bytes.toString('hex').toUpperCase()],
  ])('takes %s', (_form, typed) => expect(normalisedShare(new Secret(typed), 5).reveal()).toBe(share));

  it('takes the one share of 1 with 32 bytes only', () => {
    const single = bytes.subarray(0, 32).toString('base64');
    expect(normalisedShare(new Secret(single), 1).reveal()).toBe(single);
    expect(() => normalisedShare(new Secret(share), 1)).toThrow(expect.objectContaining({ code: 'vaultShareLength' }));
  });

  it.each([
    ['words', 'correct horse!', 'vaultShareEncoding'],
    ['a length that base64 cannot have', 'abcde', 'vaultShareEncoding'],
    ['a cut share', share.slice(0, 40), 'vaultShareLength'],
    ['a PGP message', Buffer.concat([Buffer.from([0xc1]), bytes, bytes]).toString('base64'), 'vaultShareEncrypted'],
  ])('refuses %s', (_what, typed, code) => {
    expect(() => normalisedShare(new Secret(typed), 5)).toThrow(expect.objectContaining({ code }));
  });

  it('keeps the share out of its errors', () => {
    try {
      normalisedShare(new Secret(share.slice(0, 40)), 5);
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain(share.slice(0, 20));
    }
  });
});
