import { z } from 'zod';
import { auditFilter } from './audit.ts';
import { encryptionChoice } from './encryption.ts';
import { jobStarted } from './jobs.ts';
import { bucketName } from './minio.ts';
import { objectKey, objectState } from './objects.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { type CommandLine, commandLine } from './setup.ts';
import { clusterId, inStack, stackId } from './stacks.ts';
import { text } from './text.ts';

export const inPlaceId = z.string().regex(/^\d{8}T\d{6}-[0-9a-f]{8}$/);

/** Which objects: those of a finished audit, single ones, or all that are plaintext below a prefix now. */
export const inPlaceScope = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('audit'), auditId: z.string().max(40), filter: auditFilter }),
  z.strictObject({
    from: z.literal('objects'),
    bucket: bucketName,
    objects: z
      .array(z.strictObject({ key: objectKey, versionId: z.string().max(100).optional() }))
      .min(1)
      .max(10_000),
  }),
  z.strictObject({ from: z.literal('prefix'), bucket: bucketName, prefix: z.string().max(1024) }),
]);
export type InPlaceScope = z.infer<typeof inPlaceScope>;

/** `current`: a new version of each current object; older plaintext versions are kept and counted. `history`: versions are rewritten oldest first and the old ones deleted. */
export const inPlaceMode = z.enum(['current', 'history']);

export const inPlaceBucket = z.object({
  bucket: z.string(),
  versioning: z.enum(['off', 'on', 'suspended']),
  objects: z.int(),
  bytes: z.number(),
  /** Plaintext versions that are not current. */
  noncurrent: z.object({ versions: z.int(), bytes: z.number() }),
  /** Versions that retention or a legal hold keeps from being deleted. */
  locked: z.object({ versions: z.int(), until: z.string().optional(), holds: z.int() }),
  /** Bytes that are needed beside what is there: for ever where versions are kept, else for a moment. */
  extraBytes: z.number(),
  extraStays: z.boolean(),
});

export const inPlacePlan = z.object({
  id: inPlaceId,
  at: z.string(),
  objects: z.int(),
  bytes: z.number(),
  seconds: z.number().optional(),
  /** Where `seconds` comes from: copies of a few of these objects are not made beforehand, so it may be a rate of an earlier run. */
  rateFrom: z.enum(['earlier', 'assumed']).optional(),
  buckets: z.array(inPlaceBucket),
  /** Objects that will not be touched, by reason, with a few names. */
  leftOut: z.array(z.object({ reason: text, objects: z.int(), sample: z.array(z.string()) })),
  /** How each copy is tried; none in plans of before. */
  checks: z.array(text).default([]),
  warns: z.array(text),
  /** What mc does the same, and the rule that a bucket lacks. In plans of before lines alone. */
  commands: z.array(z.union([z.string().transform((line): CommandLine => ({ line })), commandLine])),
});
export type InPlacePlan = z.infer<typeof inPlacePlan>;

export const inPlaceState = z.enum(['planning', 'planned', 'running', 'paused', 'interrupted', 'ended', 'cancelled', 'failed']);

/** `changed`: not in the planned state any more, left as it is. `unproven`: copied, but did not read back; nothing was deleted. */
export const inPlaceOutcome = z.enum(['waits', 'done', 'changed', 'gone', 'locked', 'refused', 'unproven', 'failed']);

/** A run: what was planned, and how far it is. */
export const inPlace = z.object({
  id: inPlaceId,
  stackId,
  /** The MinIO cluster whose objects these are. Absent: the first. */
  cluster: clusterId.optional(),
  scope: inPlaceScope,
  target: encryptionChoice,
  mode: inPlaceMode,
  state: inPlaceState,
  plan: inPlacePlan.optional(),
  total: z.int(),
  totalBytes: z.number(),
  done: z.int(),
  doneBytes: z.number(),
  counts: z.partialRecord(inPlaceOutcome, z.int()),
  /** Versions deleted after their copy was read whole. */
  deleted: z.int(),
  rate: z.number().optional(),
  secondsLeft: z.number().optional(),
  atMostPerSecond: z.number().optional(),
  /** The server, or its KMS, does not answer well; the run goes on by itself. */
  waitsFor: errorFrame.optional(),
  /** Why it is paused, or failed. */
  error: errorFrame.optional(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  at: z.string(),
});
export type InPlace = z.infer<typeof inPlace>;

/** A plan or run of no object: made again in no time, so it is not kept once it was left. */
export function isOfNothing({ state, total }: Pick<InPlace, 'state' | 'total'>): boolean {
  return total === 0 && (state === 'planned' || state === 'ended' || state === 'cancelled');
}

export const inPlaceRow = z.object({
  bucket: z.string(),
  key: z.string(),
  versionId: z.string().optional(),
  size: z.number(),
  outcome: inPlaceOutcome,
  from: objectState.optional(),
  landed: objectState.optional(),
  newVersionId: z.string().optional(),
  error: errorFrame.optional(),
});
export type InPlaceRow = z.infer<typeof inPlaceRow>;

const ofRun = { stackId, id: inPlaceId };

export const inPlaceProcedures = {
  /** Looks at every object of the scope. Changes nothing. The job's result: `{id}` of a run in state `planned`. */
  'inPlace.plan': procedure({
    input: z.strictObject({ ...inStack, scope: inPlaceScope, target: encryptionChoice, mode: inPlaceMode.default('current') }),
    output: jobStarted.extend({ id: inPlaceId }),
  }),
  /** Runs a plan. `history` wants the bucket's name, or the word of the dialog, typed. */
  'inPlace.start': procedure({
    input: z.strictObject({ ...ofRun, atMostPerSecond: z.number().min(0.001).max(1e6).optional(), typed: z.string().max(100).optional() }),
    output: jobStarted,
    changesServers: true,
  }),
  'inPlace.pause': procedure({ input: z.strictObject(ofRun), output: inPlace }),
  'inPlace.resume': procedure({ input: z.strictObject(ofRun), output: jobStarted, changesServers: true }),
  'inPlace.cancel': procedure({ input: z.strictObject(ofRun), output: inPlace }),
  'inPlace.remove': procedure({ input: z.strictObject(ofRun), output: z.object({}) }),
  'inPlace.list': procedure({ input: z.strictObject(inStack), output: z.object({ runs: z.array(inPlace) }) }),
  'inPlace.get': procedure({ input: z.strictObject(ofRun), output: inPlace }),
  'inPlace.rows': procedure({
    input: z.strictObject({
      ...ofRun,
      outcomes: z.array(inPlaceOutcome).optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(500).default(100),
    }),
    output: z.object({ rows: z.array(inPlaceRow), total: z.int() }),
  }),
};
export const inPlaceEvents = { 'inPlace.changed': inPlace, 'inPlace.removed': z.object({ stackId, id: inPlaceId }) };
