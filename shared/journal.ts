import { z } from 'zod';
import { procedure } from './rpc/define.ts';
import { text } from './text.ts';

/** One change that the app made, in the order made. `mac` chains it to the entry before. */
export const journalEntry = z.object({
  /** Form of the line; the first ones had none. */
  v: z.literal(1).optional(),
  seq: z.int(),
  at: z.string(),
  stackId: z.string().optional(),
  actor: z.string(),
  action: text,
  outcome: z.enum(['done', 'failed']),
  mac: z.string(),
});
export type JournalEntry = z.infer<typeof journalEntry>;

export const journalProcedures = {
  /** Newest first; `before` is a sequence number to page on. */
  'journal.list': procedure({
    input: z.strictObject({ stackId: z.string().optional(), before: z.int().optional(), limit: z.int().min(1).max(500).default(100) }),
    output: z.object({ entries: z.array(journalEntry), total: z.int() }),
  }),
  'journal.verify': procedure({
    input: z.strictObject({}),
    output: z.object({
      state: z.enum(['intact', 'altered', 'cut', 'unknown']),
      entries: z.int(),
      /** First entry that does not fit, when altered. */
      at: z.int().optional(),
    }),
  }),
};
export const journalEvents = { 'journal.changed': z.object({ seq: z.int() }) };
