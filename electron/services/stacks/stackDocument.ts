import { type Stack, stack } from '../../../shared/stacks.ts';
import { type DocumentForm, readDocument } from '../../platform/storedDocument.ts';

/** `stack.json`, `stack` of a stack file and of a backup. */
export const stackForm = {
  version: 2,
  schema: stack,
  upgrades: {
    // Drafts and read-only stacks came with stacks of servers that run elsewhere.
    1: (document) => ({ ...document, draft: false, readOnly: false }),
  },
} satisfies DocumentForm<typeof stack>;

/** A stack of today's version from what was stored. Throws `DocumentRefused`. */
export const readStackDocument = (raw: unknown): Stack => readDocument(raw, stackForm);
