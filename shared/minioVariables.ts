import { z } from 'zod';
import { fileToken } from './files.ts';
import { jobStarted } from './jobs.ts';
import { keyName } from './kes.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { secretInput } from './secret.ts';
import { inStack } from './stacks.ts';
import { text } from './text.ts';

/** How MinIO's variables are written down. */
export const variablesForm = z.enum(['environment', 'unit', 'shell', 'compose', 'helm', 'tenant']);
export type VariablesForm = z.infer<typeof variablesForm>;

export const variable = z.object({
  name: z.string(),
  line: z.int(),
  /** Absent: a secret, or it stands elsewhere. */
  value: z.string().optional(),
  secret: z.boolean(),
  /** What today's server does with it. `renamed`: read still; `ignored`: read no more, `now` says what is. */
  standing: z.enum(['works', 'renamed', 'ignored', 'useless', 'unknown']),
  /** Name of today, where it is another one. */
  now: z.string().optional(),
  /** Whether its value can be carried over to that name. */
  carried: z.boolean(),
  note: text.optional(),
});
export type Variable = z.infer<typeof variable>;

export const variablesPlace = z.object({
  /** Unit, service or container; the file's name otherwise. */
  name: z.string(),
  form: variablesForm,
  variables: z.array(variable),
  /** Files and secrets that it names, whose content is not here. */
  elsewhere: z.array(z.string()),
  /** What keeps MinIO from starting, or from doing what was meant. */
  findings: z.array(text),
});
export type VariablesPlace = z.infer<typeof variablesPlace>;

/** Where secrets go: beside the other values, or into files of their own that MinIO reads by `…_FILE`. */
export const secretsAs = z.enum(['inline', 'dockerSecret', 'systemdCredential']);
export type SecretsAs = z.infer<typeof secretsAs>;

/** A file to be written. A secret is `${NAME}` in what the window sees. */
export const variablesFile = z.object({ path: z.string(), mode: z.string(), content: z.string(), why: text });
export type VariablesFile = z.infer<typeof variablesFile>;

/** What runs now, by MinIO's own word. */
export const runningVariables = z.object({
  nodes: z.array(z.object({ endpoint: z.string(), version: z.string(), variables: z.array(variable), findings: z.array(text) })),
  /** Names whose values are not the same on every node. */
  differing: z.array(z.string()),
  /** Absent: none is set, or `error`. Each of the optional ones: this credential may not ask. */
  kms: z
    .object({
      name: z.string(),
      defaultKey: z.string(),
      endpoints: z.array(z.object({ url: z.string(), online: z.boolean() })),
      keys: z.int().optional(),
      keyWorks: z.boolean().optional(),
      metrics: z.object({ success: z.number(), error: z.number(), failure: z.number() }).optional(),
    })
    .optional(),
  error: errorFrame.optional(),
});
export type RunningVariables = z.infer<typeof runningVariables>;

/** A static key on its way into KES, and what was readable before. */
export const staticKeyMove = z.object({
  key: z.string(),
  /** When it was taken into KES, ISO time. */
  at: z.string(),
  /** Encrypted objects that were read before, by sample. */
  samples: z.int(),
  buckets: z.int(),
  /** When all of them were read again through KES, ISO time. */
  provenAt: z.string().optional(),
});
export type StaticKeyMove = z.infer<typeof staticKeyMove>;

const source = z.string().min(1).max(64);
const wanted = { source, place: z.int().min(0), form: variablesForm, secretsAs };

const readOutput = z.object({ source, places: z.array(variablesPlace) });

export const minioVariablesProcedures = {
  /** Reads a file, or text that was pasted. Secrets stay with the engine, for ten minutes, under `source`. */
  'minio.readVariables': procedure({
    input: z.strictObject({ name: z.string().max(200).default(''), file: fileToken.optional(), content: secretInput.optional() }),
    output: readOutput,
  }),
  /** The same variables with today's names, in any of the forms. Nothing is written. */
  'minio.planVariables': procedure({
    input: z.strictObject(wanted),
    output: z.object({
      files: z.array(variablesFile),
      /** What is left out, and why. */
      dropped: z.array(text),
      /** What has to be done by hand, in order. */
      steps: z.array(text),
    }),
  }),
  /** Writes those files with their secrets, mode 0600, into a folder of the engine's machine. Files that are there are kept. */
  'minio.saveVariables': procedure({
    input: z.strictObject({ ...wanted, folder: z.string().min(1).max(4096) }),
    output: z.object({ files: z.array(z.string()) }),
  }),
  /** The variables that every node runs with now, and what MinIO says of its key manager. */
  'minio.running': procedure({ input: z.strictObject(inStack), output: runningVariables }),
  /** A static key of random bytes, as variables that can be planned and saved. Sealdeck keeps no copy of it. */
  'minio.makeStaticKey': procedure({ input: z.strictObject({ name: keyName }), output: readOutput }),
  'minio.staticKeyMove': procedure({ input: z.strictObject(inStack), output: z.object({ move: staticKeyMove.optional() }) }),
  /**
   * Takes the static key of a place that was read into the stack's KES, under its own name, after reading encrypted objects with
   * it. MinIO is not changed. The job's result: `{evidence}`.
   */
  'minio.importStaticKey': procedure({
    input: z.strictObject({ ...inStack, source, place: z.int().min(0) }),
    output: jobStarted,
    changesServers: true,
  }),
  /** Reads the same objects again, now that MinIO asks KES. The job's result: `{evidence}`; one that is lost fails it. */
  'minio.proveStaticKey': procedure({ input: z.strictObject(inStack), output: jobStarted }),
};
