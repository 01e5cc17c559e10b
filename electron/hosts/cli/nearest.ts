/**
 * The name that was probably meant by a mistyped word, or nothing. Only names of the list come out of here: what was typed
 * may be a secret and is never repeated.
 */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const most = typed.length < 4 ? 2 : Math.min(3, Math.floor(typed.length / 2));
  const [best] = names.map((name) => ({ name, steps: distance(typed, name) })).sort((a, b) => a.steps - b.steps);
  return best !== undefined && best.steps <= most ? best.name : undefined;
}

/** Letters to put in, leave out or change (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (letter === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
