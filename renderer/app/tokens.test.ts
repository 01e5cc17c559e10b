import { describe, expect, it } from 'vitest';
import { stateTokens, tokens } from './tokens.ts';

/** WCAG 2.2 relative luminance of `#RRGGBB`. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const surfaces = ['page', 'rail', 'aside', 'well', 'hover', 'sel', 'tint-ok', 'tint-warn', 'tint-fail'] as const;
const inks = ['t1', 't2', 't3', 'acc', 'ok', 'warn', 'fail'] as const;

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('colours in the %s theme', (_name, scheme) => {
  it('text reads on every surface (4.5)', () => {
    const poor = surfaces.flatMap((surface) =>
      inks
        .filter((ink) => contrast(tokens[ink][scheme], tokens[surface][scheme]) < 4.5)
        .map((ink) => `${ink} on ${surface}: ${contrast(tokens[ink][scheme], tokens[surface][scheme]).toFixed(2)}`),
    );
    expect(poor).toEqual([]);
  });

  it('borders of inputs show on the page (3)', () => expect(contrast(tokens.inp[scheme], tokens.page[scheme])).toBeGreaterThanOrEqual(3));

  it('the words and labels of object states read (4.5)', () => {
    const poor = Object.entries(stateTokens).filter(
      ([, state]) =>
        contrast(state.word[scheme], tokens.page[scheme]) < 4.5 ||
        contrast(state.label[scheme], state.fill[scheme]) < 4.5 ||
        contrast(state.edge[scheme], tokens.page[scheme]) < 3,
    );
    expect(poor.map(([name]) => name)).toEqual([]);
  });

  it('white reads on a filled button (4.5)', () => expect(contrast('#FFFFFF', tokens.accf[scheme])).toBeGreaterThanOrEqual(4.5));
});
