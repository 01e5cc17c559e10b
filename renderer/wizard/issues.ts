import type { z } from 'zod';

/** Whether values fit a schema of the contract, and which fields do not: the dotted path of each issue. Pure. */
export function badFields(schema: z.ZodType, values: unknown): ReadonlySet<string> {
  const parsed = schema.safeParse(values);
  if (parsed.success) return new Set();
  return new Set(parsed.error.issues.map((issue) => issue.path.join('.')));
}

/** A field is bad when it, or anything below it, is. */
export function isBad(bad: ReadonlySet<string>, path: string): boolean {
  return [...bad].some((each) => each === path || each.startsWith(`${path}.`));
}
