import type { Band } from './bands.ts';

/** Below this no name stands in a cell. */
export const leastLabel = 24;

/** Shortens in the middle until it fits; nothing when not even a letter on each side does. `measure` gives px. */
export function fitted(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text;
  const letters = [...text];
  let low = 1;
  let high = letters.length - 1;
  let best = '';
  while (low <= high) {
    const middle = (low + high) >> 1;
    const head = Math.ceil(middle / 2);
    const tail = middle - head;
    const tried = `${letters.slice(0, head).join('')}…${tail === 0 ? '' : letters.slice(-tail).join('')}`;
    if (measure(tried) <= width) {
      best = tried;
      low = middle + 1;
    } else high = middle - 1;
  }
  return best.length > 2 ? best : '';
}

/** The band that carries a cell's name: the first one if the name fits there, else the largest that takes it. */
export function labelBand(bands: readonly Band[]): Band | undefined {
  const fits = bands.filter(({ width, height }) => height >= leastLabel && width >= leastLabel);
  const [first] = bands;
  if (first && fits.includes(first) && first.width >= 44) return first;
  return fits.sort((a, b) => b.width * b.height - a.width * a.height)[0];
}

/** The name as cells show it: without the slash at its end. */
export function shortPrefix(name: string): string {
  return name.length > 1 && name.endsWith('/') ? name.slice(0, -1) : name;
}
