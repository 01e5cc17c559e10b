import { z } from 'zod';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { text } from './text.ts';

/** The whole state of a job: an event carries all of it, so a window that was reloaded knows the truth at once. */
export const jobSnapshot = z.object({
  id: z.string(),
  title: text,
  stackId: z.string().optional(),
  state: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  /** Units of work; bytes for uploads, steps for the set-up. Without `total` the size is not known. */
  done: z.number(),
  total: z.number().optional(),
  unit: z.enum(['bytes', 'steps', 'objects']).default('steps'),
  note: text.optional(),
  startedAt: z.string(),
  endedAt: z.string().optional(),
  error: errorFrame.optional(),
  /** What the job gives back: plain values that its domain answers for, never a secret. No schema strips them. */
  result: z.unknown().optional(),
});
export type JobSnapshot = z.infer<typeof jobSnapshot>;

export const jobStarted = z.object({ jobId: z.string() });

export const jobProcedures = {
  'jobs.list': procedure({ input: z.strictObject({}), output: z.object({ jobs: z.array(jobSnapshot) }) }),
  'jobs.cancel': procedure({ input: z.strictObject({ id: z.string() }), output: z.object({}) }),
};
export const jobEvents = { 'jobs.changed': jobSnapshot };
