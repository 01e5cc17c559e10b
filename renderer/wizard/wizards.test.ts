import { describe, expect, it } from 'vitest';
import { wizardAddress, wizardIn } from './wizards.ts';

describe('the address of a wizard', () => {
  it('comes back as the wizard and what it begins with, whatever the names hold', () => {
    expect(wizardIn(`#${wizardAddress('check', 'invoices', 'a/b %2F/')}`)).toEqual({ name: 'check', given: ['invoices', 'a/b %2F/'] });
    expect(wizardIn('#/wizard/key')).toEqual({ name: 'key', given: [] });
  });

  it('names none when there is no such wizard, and bears a broken escape', () => {
    expect(wizardIn('#/wizard/nonsense').name).toBeUndefined();
    expect(wizardIn('#/wizard').name).toBeUndefined();
    expect(wizardIn('#/wizard/check/%E0%A4%A').given).toEqual(['%E0%A4%A']);
  });
});
