import { describe, expect, it } from 'vitest';
import { fitted, labelBand } from './labels.ts';

const measure = (text: string): number => [...text].length * 10;

describe('a label', () => {
  it.each([
    ['short', 100, 'short'],
    ['customer-documents', 90, 'cust…ents'],
    ['合同归档目录一览', 50, '合同…一览'],
    ['anything', 15, ''],
  ])('%s in %d px is "%s"', (text, width, shown) => expect(fitted(text, width, measure)).toBe(shown));

  it('stands on the first band where it fits, else on the largest that takes it', () => {
    const band = (height: number, width = 100) => ({ state: 'sse-kms' as const, value: 1, x: 0, y: 0, width, height });
    expect(labelBand([band(30), band(90)])?.height).toBe(30);
    expect(labelBand([band(10), band(90), band(40)])?.height).toBe(90);
    expect(labelBand([band(10), band(20)])).toBeUndefined();
  });
});
