import { describe, expect, it } from 'vitest';
import { unsealInput } from '../../shared/vault.ts';
import { badFields, isBad } from './issues.ts';

describe('field errors', () => {
  it('come from the contract, each at its field', () => {
    expect([...badFields(unsealInput, { shares: 3, threshold: 5 })]).toEqual(['threshold']);
    expect(badFields(unsealInput, { shares: 5, threshold: 3 }).size).toBe(0);
  });

  it('see an emptied number field as wrong', () => {
    expect(isBad(badFields(unsealInput, { shares: Number.NaN, threshold: 3 }), 'shares')).toBe(true);
  });

  it('count what lies below a field as its own, and nothing that only begins alike', () => {
    const bad = new Set(['ports.kes']);
    expect(isBad(bad, 'ports')).toBe(true);
    expect(isBad(bad, 'ports.kes')).toBe(true);
    expect(isBad(bad, 'port')).toBe(false);
  });
});
