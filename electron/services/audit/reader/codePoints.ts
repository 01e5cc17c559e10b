/** Sorts behind whatever may follow in a key. */
export const lastCharacter = '\u{10ffff}';

/** Characters whole: a key is never cut inside one. */
export function codePoints(text: string): string[] {
  return [...text];
}

/** Halves a range of code points, past the surrogates, which are none. */
export function between(low: number, high: number): number {
  const middle = Math.floor((low + high) / 2);
  return middle >= 0xd800 && middle <= 0xdfff ? 0xd7ff : middle;
}
