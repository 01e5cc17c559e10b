import type { VariablesForm } from '../../../../shared/minioVariables.ts';

/** One variable where it was written. `value` undefined: it stands elsewhere (another file, a shell's variable, a secret). */
export interface Entry {
  readonly name: string;
  readonly value: string | undefined;
  /** From 1. */
  readonly line: number;
}

/** What one process gets: a unit, a service of a compose file, a pod's container, or the whole file. */
export interface Place {
  readonly form: VariablesForm;
  readonly name: string;
  /** As written; of two equal names the last counts. */
  readonly entries: readonly Entry[];
  /** Files and secrets that it names, whose content is not here. */
  readonly elsewhere: readonly string[];
}

/** The last of two equal names counts; what stands elsewhere has no value. */
export function valuesOf({ entries }: Pick<Place, 'entries'>): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { name, value } of entries) {
    if (value === undefined) values.delete(name);
    else values.set(name, value);
  }
  return values;
}

export const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;
