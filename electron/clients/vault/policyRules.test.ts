import { describe, expect, it } from 'vitest';
import { policyRules } from './policyRules.ts';

describe('a policy of others', () => {
  it.each(['constructor', '__proto__', 'toString', 'nonsense'])(
    'with the old word %j for its rights is refused as the server does',
    (word) => {
      expect(() => policyRules(`path "a" { policy = "${word}" }`)).toThrowError(
        expect.objectContaining({ code: 'vaultPolicyUnreadable', details: { line: 1, reason: word } }),
      );
    },
  );
});
