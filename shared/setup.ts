import { z } from 'zod';
import { certificatesInput } from './certificates.ts';
import { jobStarted } from './jobs.ts';
import { kesInput, keyInput, keyName } from './kes.ts';
import { keyStoreChoice } from './keyStores.ts';
import { memoryLock, program, serverBinary } from './lab.ts';
import { bucketInput, bucketName, minioInput } from './minio.ts';
import { objectInput } from './objects.ts';
import { proofLevel } from './proof.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { hostFolder, type ServerKind, stackId, stackName, vaultProduct, vaultStorage } from './stacks.ts';
import { text } from './text.ts';
import { adminInput, prepareInput, unsealInput, vaultInput } from './vault.ts';

export const stepIds = [
  'place',
  'servers',
  'certificates',
  'vault',
  'unseal',
  'prepare',
  'kes',
  'key',
  'minio',
  'bucket',
  'object',
  'proof',
  'admin',
] as const;
export const stepId = z.enum(stepIds);
export type StepId = z.infer<typeof stepId>;

const port = z.int().min(1).max(65535);
const hostName = z.string().regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\d+\.\d+\.\d+\.\d+|[0-9a-fA-F:]+)$/);

/**
 * An address of a server: https, no path, no credentials. Its host is letters, digits, dots and hyphens, or an IP address:
 * a URL may hold more, such as `$(…)`, and stands in lines that people copy into a shell.
 */
export const serverUrl = z
  .url({ protocol: /^https$/ })
  .max(300)
  .refine((value) => /^https:\/\/(?:[\p{L}\p{M}\p{N}._-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?\/?$/u.test(value), {
    error: 'only https://host:port',
  })
  .transform((value) => value.replace(/\/$/, ''));
/** Where one server of the stack is. `none`: not known yet, a draft. */
export const serverPlace = z.discriminatedUnion('way', [
  z.strictObject({ way: z.literal('here') }),
  z.strictObject({ way: z.literal('api'), url: serverUrl }),
  z.strictObject({ way: z.literal('handedOver'), url: serverUrl, folder: hostFolder }),
  z.strictObject({ way: z.literal('none') }),
]);
export type ServerPlace = z.infer<typeof serverPlace>;
const here: ServerPlace = { way: 'here' };

const placeFields = z.strictObject({
  name: stackName,
  folder: z.string().min(1).max(4096),
  /** DNS names and IP addresses for the certificates' SAN; the first is the one that URLs use. */
  hosts: z.array(hostName).min(1).max(20),
  ports: z.strictObject({ vault: port, vaultCluster: port, kes: port, minio: port, minioConsole: port }),
  /** Ports count only for servers that are here. */
  servers: z
    .strictObject({ vault: serverPlace.default(here), kes: serverPlace.default(here), minio: serverPlace.default(here) })
    .default({ vault: here, kes: here, minio: here }),
  /** Where KES keeps its keys. Product, storage, version and role count only for Vault. */
  keyStore: keyStoreChoice.default({ kind: 'vault' }),
  product: vaultProduct,
  storage: vaultStorage.default('raft'),
  kvVersion: z.union([z.literal(1), z.literal(2)]).default(2),
  key: keyName.default('minio-default'),
  bucket: bucketName.default('first-bucket'),
  role: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/)
    .default('kes-role'),
});
/** A stack with another key store has no Vault, whatever the form said of it before. */
export const placeInput = placeFields.overwrite((place) =>
  place.keyStore.kind === 'vault' ? place : { ...place, servers: { ...place.servers, vault: { way: 'none' } } },
);
export type PlaceInput = z.infer<typeof placeInput>;

/** Whose a port of the place is. */
export const serverOfPort = {
  vault: 'vault',
  vaultCluster: 'vault',
  kes: 'kes',
  minio: 'minio',
  minioConsole: 'minio',
} as const satisfies Record<keyof PlaceInput['ports'], ServerKind>;

export const serversInput = z.strictObject({
  /** Binaries that the user picked, by program; the rest is found or got. */
  picked: z.partialRecord(program, z.string()).default({}),
  /** Agreement to download and build what is missing. */
  get: z.boolean().default(false),
  lockMemory: z.enum(['auto', 'off', 'setcap']).default('auto'),
});
export type ServersInput = z.infer<typeof serversInput>;

export const proofInput = z.strictObject({ level: proofLevel.default('chain') });

export const stepInputs = {
  place: placeInput,
  servers: serversInput,
  certificates: certificatesInput,
  vault: vaultInput,
  unseal: unsealInput,
  prepare: prepareInput,
  kes: kesInput,
  key: keyInput,
  minio: minioInput,
  bucket: bucketInput,
  object: objectInput,
  proof: proofInput,
  admin: adminInput,
} as const;
export type StepInputs = { [S in StepId]: z.output<(typeof stepInputs)[S]> };

/** One line of the Commands drawer. Secrets are `$VARIABLES`; a comment explains. */
export const commandLine = z.object({ comment: text.optional(), line: z.string().optional() });
export type CommandLine = z.infer<typeof commandLine>;

/** A file that the step writes, as a preview: secrets replaced by `${NAME}`. */
export const plannedFile = z.object({ path: z.string(), mode: z.string(), content: z.string(), why: text });
export type PlannedFile = z.infer<typeof plannedFile>;

export const stepPlan = z.object({
  changes: z.array(text),
  warnings: z.array(text),
  commands: z.array(commandLine),
  files: z.array(plannedFile),
  /** About how long apply takes, seconds. */
  seconds: z.number(),
});
export type StepPlan = z.infer<typeof stepPlan>;

/** What the other side answered, and when. No evidence, no tick. */
export const evidence = z.object({
  text,
  at: z.string(),
  /** Who said it: "vault", "kes", "minio", "disk". */
  from: z.string(),
  outcome: z.enum(['ok', 'info', 'warn', 'fail']),
  /** The raw answer, short and redacted. */
  answer: z.string().optional(),
});
export type Evidence = z.infer<typeof evidence>;

export const stepStatus = z.object({
  id: stepId,
  state: z.enum(['todo', 'running', 'proven', 'failed', 'skipped']),
  /** When it became proven, failed or skipped. */
  at: z.string().optional(),
  reason: text.optional(),
  error: errorFrame.optional(),
  evidence: z.array(evidence),
  /** The input that was applied, or the draft of the form; never a secret. */
  input: z.record(z.string(), z.unknown()).optional(),
});
export type StepStatus = z.infer<typeof stepStatus>;

export const setupState = z.object({
  version: z.literal(1),
  stackId,
  mode: z.enum(['guided', 'express']),
  steps: z.array(stepStatus),
  jobId: z.string().optional(),
});
export type SetupState = z.infer<typeof setupState>;

/** Steps that also run alone, on any stack. */
export const wizardSteps = ['certificates', 'unseal', 'key', 'bucket', 'object'] as const satisfies readonly StepId[];
export const wizardStep = z.enum(wizardSteps);
export type WizardStep = z.infer<typeof wizardStep>;

const step = z.strictObject({ stackId, step: stepId });
const alone = z.strictObject({ stackId, step: wizardStep });
const input = z.record(z.string(), z.unknown()).default({});

export const setupProcedures = {
  /** Proposes the place: free ports, a folder, names; and what servers were found. Changes nothing. */
  'setup.propose': procedure({
    input: z.strictObject({ folder: z.string().optional(), name: z.string().optional(), product: vaultProduct.optional() }),
    output: z.object({ place: placeInput, binaries: z.array(serverBinary), memoryLock }),
  }),
  /** Makes the stack's document, with the place as the first step's input; applying that step makes the folder. */
  'setup.create': procedure({
    input: z.strictObject({ place: placeInput, mode: z.enum(['guided', 'express']).default('guided') }),
    output: z.object({ stackId }),
  }),
  'setup.state': procedure({ input: z.strictObject({ stackId }), output: setupState }),
  /** Keeps the form of a step, so that closing the window loses nothing. */
  'setup.draft': procedure({ input: step.extend({ input }), output: z.object({}) }),
  'setup.plan': procedure({
    input: step.extend({ input }),
    output: z.object({ plan: stepPlan, input: z.record(z.string(), z.unknown()) }),
  }),
  /** Applies and checks one step as a job. */
  'setup.apply': procedure({ input: step.extend({ input }), output: jobStarted, changesServers: true }),
  /** Asks the other side again, changing nothing. */
  'setup.check': procedure({ input: step, output: jobStarted }),
  /** One step outside the chain: nothing of the set-up's record is read as a condition or written. */
  'setup.planAlone': procedure({
    input: alone.extend({ input }),
    output: z.object({ plan: stepPlan, input: z.record(z.string(), z.unknown()) }),
  }),
  /** Applies and checks it as a job, whose result is `{evidence}`. */
  'setup.runAlone': procedure({ input: alone.extend({ input }), output: jobStarted, changesServers: true }),
  /** All steps that are not proven yet, with defaults, as one job. */
  'setup.express': procedure({
    input: z.strictObject({ stackId, inputs: z.partialRecord(stepId, z.record(z.string(), z.unknown())).default({}) }),
    output: jobStarted,
    changesServers: true,
  }),
};
export const setupEvents = { 'setup.changed': z.object({ stackId }) };
