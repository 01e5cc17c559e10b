import { describe, expect, it } from 'vitest';
import { journalEntry } from '../../../shared/journal.ts';
import { ruleGoneAt } from './ruleGone.ts';

let number = 0;
function line(code: string, bucket: string, outcome = 'done'): string {
  number++;
  const at = `2026-11-22T08:00:${String(number).padStart(2, '0')}.000Z`;
  const entry = { seq: number, mac: '', at, stackId: 'lab', actor: 'me', action: { code, params: { bucket, rule: 'SSE-S3' } }, outcome };
  expect(journalEntry.safeParse(entry).success).toBe(true);
  return JSON.stringify(entry);
}

describe('since when a bucket has no rule', () => {
  it('is when the last one was removed from here, unless one was set since', () => {
    const lines = [line('bucketDidRule', 'a'), line('bucketDidRemoveRule', 'a'), line('bucketDidRemoveRule', 'b')];
    const at = (JSON.parse(lines[1] ?? '') as { at: string }).at;
    expect(ruleGoneAt(lines, 'a')).toBe(at);
    expect(ruleGoneAt([...lines, line('bucketDidRule', 'a')], 'a')).toBeUndefined();
    expect(ruleGoneAt([...lines, line('bucketDidRule', 'a', 'failed')], 'a')).toBe(at);
    expect(ruleGoneAt([...lines, 'not a line of bucketDid'], 'c')).toBeUndefined();
  });
});
