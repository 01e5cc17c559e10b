import { z } from 'zod';
import { keyStoreKind, otherKeyStoreKind } from './keyStores.ts';
import { procedure } from './rpc/define.ts';
import { secretInput } from './secret.ts';
import { stackId } from './stacks.ts';

export const keyStoresProcedures = {
  /** Keeps what KES logs in to its key store with, by the path of the field. Those that are not named stay as they are. */
  'keyStores.give': procedure({
    input: z.strictObject({ stackId, kind: otherKeyStoreKind, secrets: z.record(z.string().max(60), secretInput) }),
    output: z.object({}),
  }),
  /** Which secrets are kept, and which are still needed before KES can be started. Never a value. */
  'keyStores.state': procedure({
    input: z.strictObject({ stackId }),
    output: z.object({ kind: keyStoreKind.optional(), kept: z.array(z.string()), missing: z.array(z.string()) }),
  }),
};
