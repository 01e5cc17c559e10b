import { describe, expect, it } from 'vitest';
import { formReducer, isChanged, noEdits } from './formState.ts';

describe('the forms of a wizard', () => {
  const typed = formReducer(noEdits, { kind: 'edit', step: 'unseal', values: { shares: 7 } });

  it('keep what was typed in one step while another is shown', () => {
    const both = formReducer(typed, { kind: 'edit', step: 'key', values: { name: 'minio-2' } });
    expect(both.edits).toEqual({ unseal: { shares: 7 }, key: { name: 'minio-2' } });
  });

  it('put a later edit of the same field over the earlier one and leave the other fields', () => {
    const more = formReducer(typed, { kind: 'edit', step: 'unseal', values: { threshold: 4 } });
    expect(formReducer(more, { kind: 'edit', step: 'unseal', values: { shares: 9 } }).edits.unseal).toEqual({ shares: 9, threshold: 4 });
  });

  it('forget only the step that was applied', () => {
    const both = formReducer(typed, { kind: 'edit', step: 'key', values: { name: 'minio-2' } });
    expect(formReducer(both, { kind: 'forget', step: 'unseal' }).edits).toEqual({ key: { name: 'minio-2' } });
  });

  it('do not count a value that was typed back as a change', () => {
    expect(isChanged({ shares: 5 }, { shares: 5, threshold: 3 })).toBe(false);
    expect(isChanged({ shares: 6 }, { shares: 5, threshold: 3 })).toBe(true);
    expect(isChanged({ ports: { kes: 1 } }, { ports: { kes: 1 } })).toBe(false);
    expect(isChanged(undefined, { shares: 5 })).toBe(false);
  });
});
