export type Values = Readonly<Record<string, unknown>>;

/** What was typed and not applied yet, by step. What a step proposes or applied is not part of it. */
interface FormState {
  readonly edits: Readonly<Record<string, Values>>;
}

export type FormAction =
  | { readonly kind: 'edit'; readonly step: string; readonly values: Values }
  /** The step was applied: what it holds now is the engine's. */
  | { readonly kind: 'forget'; readonly step: string };

export const noEdits: FormState = { edits: {} };

/** Keeps edits of every step, so that going back and forth loses nothing. Pure. */
export function formReducer(state: FormState, action: FormAction): FormState {
  switch (action.kind) {
    case 'edit':
      return { edits: { ...state.edits, [action.step]: { ...state.edits[action.step], ...action.values } } };
    case 'forget': {
      const { [action.step]: _, ...edits } = state.edits;
      return { edits };
    }
  }
}

/** Whether an edit says something else than the base; typing a value back is no change. */
export function isChanged(edits: Values | undefined, base: Values | undefined): boolean {
  return Object.entries(edits ?? {}).some(([name, value]) => JSON.stringify(value) !== JSON.stringify(base?.[name]));
}
