/** The shape that the other languages must have: the same keys; a plural's `_one` form is English only, Chinese has `_other` alone. */
export type SameWords<T> = {
  readonly [K in keyof T as K extends `${string}_one` ? never : K]: T[K] extends string ? string : SameWords<T[K]>;
};
