/** Which buckets are chosen, by name, and which row has the cursor and from which a range goes. */
export interface Selection {
  readonly chosen: ReadonlySet<string>;
  readonly cursor: number | undefined;
  readonly anchor: number | undefined;
}

export const nothing: Selection = { chosen: new Set(), cursor: undefined, anchor: undefined };

/** Moves the cursor alone. Pure. */
export function moveTo(selection: Selection, rank: number): Selection {
  return { ...selection, cursor: rank, anchor: rank };
}

/** Chooses or gives up one row; the next range begins here. Pure. */
export function toggle(selection: Selection, names: readonly string[], rank: number): Selection {
  const name = names[rank];
  if (name === undefined) return selection;
  const chosen = new Set(selection.chosen);
  if (!chosen.delete(name)) chosen.add(name);
  return { chosen, cursor: rank, anchor: rank };
}

/** Chooses all rows from where the last one was chosen, besides those that are. Pure. */
export function extendTo(selection: Selection, names: readonly string[], rank: number): Selection {
  const anchor = selection.anchor ?? rank;
  const range = names.slice(Math.min(anchor, rank), Math.max(anchor, rank) + 1);
  return { chosen: new Set([...selection.chosen, ...range]), cursor: rank, anchor };
}

/** All, or none when all are chosen already. Pure. */
export function toggleAll(selection: Selection, names: readonly string[]): Selection {
  const all = names.every((name) => selection.chosen.has(name));
  return { ...selection, chosen: new Set(all ? [] : names) };
}

/** Those that are still there. Pure. */
export function stillThere(selection: Selection, names: readonly string[]): string[] {
  return names.filter((name) => selection.chosen.has(name));
}
