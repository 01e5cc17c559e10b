import { z } from 'zod';

export const diffLine = z.object({ kind: z.enum(['same', 'added', 'removed']), text: z.string() });
export type DiffLine = z.infer<typeof diffLine>;

/** Above it, the table of the comparison would take too much memory: then all is shown as replaced. */
const mostCells = 4_000_000;

/** Two texts line by line, what is removed before what is added. Pure. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const same = (text: string): DiffLine => ({ kind: 'same', text });
  const [old, fresh] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  return [
    ...a.slice(0, head).map(same),
    ...commonCourse(old.length, fresh.length, (i, j) => old[i] === fresh[j]).map(([i, j]): DiffLine => {
      if (j === undefined) return { kind: 'removed', text: old[i ?? 0] ?? '' };
      return { kind: i === undefined ? 'added' : 'same', text: fresh[j] ?? '' };
    }),
    ...a.slice(a.length - tail).map(same),
  ];
}

type Pair = [left: number | undefined, right: number | undefined];

/**
 * Two lists of so many lines as one: places from 0 that fit each other stand together, as many as can in their order; what stands
 * alone at the left comes before what stands alone at the right. Pure.
 */
export function commonCourse(left: number, right: number, fits: (a: number, b: number) => boolean): Pair[] {
  if (left * right > mostCells) return [...places(left, (a) => [a, undefined]), ...places(right, (b) => [undefined, b])];
  // Length of the longest common course of what follows each pair of places.
  const width = right + 1;
  const common = new Uint32Array((left + 1) * width);
  const at = (a: number, b: number): number => common[a * width + b] ?? 0;
  for (let a = left - 1; a >= 0; a -= 1)
    for (let b = right - 1; b >= 0; b -= 1)
      common[a * width + b] = fits(a, b) ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1));
  const course: Pair[] = [];
  let [a, b] = [0, 0];
  while (a < left || b < right) {
    if (a < left && b < right && fits(a, b)) course.push([a++, b++]);
    else if (a < left && (b === right || at(a + 1, b) >= at(a, b + 1))) course.push([a++, undefined]);
    else course.push([undefined, b++]);
  }
  return course;
}

function places(count: number, pair: (at: number) => Pair): Pair[] {
  return Array.from({ length: count }, (_, at) => pair(at));
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
