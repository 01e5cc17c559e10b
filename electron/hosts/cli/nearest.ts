import { editDistance } from '../../platform/editDistance.ts';

/**
 * The name that was probably meant by a mistyped word, or nothing. Only names of the list come out of here: what was typed
 * may be a secret and is never repeated.
 */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const most = typed.length < 4 ? 2 : Math.min(3, Math.floor(typed.length / 2));
  const [best] = names.map((name) => ({ name, steps: editDistance(typed, name) })).sort((a, b) => a.steps - b.steps);
  return best !== undefined && best.steps <= most ? best.name : undefined;
}
