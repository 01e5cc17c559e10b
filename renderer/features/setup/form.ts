import type { ComponentType } from 'react';
import type { StepId, StepInputs } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';

/** What a step's form gets: whole values, one way to change them, and which fields the contract refuses. */
export interface FormProps<S extends StepId> {
  readonly values: StepInputs[S];
  change(values: Partial<StepInputs[S]>): void;
  /** The sentence for a bad field, else undefined. */
  wrong(path: string, sentence: string): string | undefined;
  readonly stack: Stack;
  /** Another step's applied input may matter for the words. */
  readonly product: string;
  /** The step is proven with these values. */
  readonly proven: boolean;
}

export type StepForm<S extends StepId> = ComponentType<FormProps<S>>;

export const productNames = { openbao: 'OpenBao', vault: 'Vault' } as const;
