import type { z } from 'zod';

/** One call of the contract: what goes in and what comes out, both as zod schemas. */
export interface Procedure<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly input: I;
  readonly output: O;
  /** It may change something on a stack's servers, so a read-only stack refuses it. */
  readonly changesServers?: true;
}

/** Keeps the types of its schemas. */
export function procedure<I extends z.ZodType, O extends z.ZodType>(schemas: Procedure<I, O>): Procedure<I, O> {
  return schemas;
}

export type Procedures = Record<string, Procedure>;

/** The handler sees the parsed input (a `Secret`), the caller sends the raw one (a string). */
export type Handlers<P extends Procedures, Context> = {
  [N in keyof P]: (input: z.output<P[N]['input']>, call: Context) => Promise<z.input<P[N]['output']>>;
};

export type CallInput<P extends Procedures, N extends keyof P> = z.input<P[N]['input']>;
export type CallOutput<P extends Procedures, N extends keyof P> = z.output<P[N]['output']>;

export type Events = Record<string, z.ZodType>;
export type EventPayload<E extends Events, N extends keyof E> = z.output<E[N]>;
