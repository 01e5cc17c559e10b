/** The shape that the other languages must have: the same keys; a plural's `_one` form is English only, Chinese has `_other` alone. */
export type SameWords<T> = {
  readonly [K in keyof T as K extends `${string}_one` ? never : K]: T[K] extends string ? string : SameWords<T[K]>;
};

/** Words by feature, as deep as they are. */
export interface WordTree {
  readonly [key: string]: string | WordTree;
}

/** Every path to a word, `setup.title`; a plural is named without its `_one` and `_other`. */
export type WordKey<T, P extends string = ''> = {
  [K in keyof T & string]: T[K] extends string
    ? `${P}${K extends `${infer Base}_${'one' | 'other'}` ? Base : K}`
    : WordKey<T[K], `${P}${K}.`>;
}[keyof T & string];

/** The word at a path, or the plural form that a count wants in that language. */
export function wordAt(words: WordTree | undefined, path: string, language: string, count?: number): string | undefined {
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  let tree: string | WordTree | undefined = words;
  for (const part of parts) tree = typeof tree === 'object' ? tree[part] : undefined;
  if (typeof tree !== 'object') return undefined;
  const names = count === undefined ? [last] : [`${last}_${new Intl.PluralRules(language).select(count)}`, `${last}_other`, last];
  for (const name of names) {
    const found = tree[name];
    if (typeof found === 'string') return found;
  }
  return undefined;
}
