import { z } from 'zod';
import { credentialInput } from './connect.ts';
import { jobStarted } from './jobs.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { commandLine, evidence, serverUrl } from './setup.ts';
import { stackId, stackName } from './stacks.ts';
import { text } from './text.ts';

const path = z.string().min(1).max(4096);

/** Where the old deployment lies and how it was started. Paths are of the engine's machine, but for `workingFolder`. */
export const moveSource = z.strictObject({
  /** Folder with the old files. */
  folder: path,
  /** The old configuration, below the folder or absolute. */
  config: path,
  /** How it was started: admin and auth stand only there. Typed; variables before the command are not kept, they belong in a file. */
  command: z.string().max(20_000).default(''),
  /** Instead: a unit file, a script or a shell's history that holds the line, below the folder or absolute. */
  commandFile: path.optional(),
  /** Where the old server was started: relative paths count from there. Left out: the folder. */
  workingFolder: path.optional(),
  /** MinIO's variables: an environment file, shell exports or a unit, below the folder or absolute. */
  minio: path.optional(),
  /** `here`: Sealdeck starts the new server. `handedOver`: its keeper does, with the files and commands that are laid out. */
  way: z.enum(['here', 'handedOver']).default('here'),
  /** Program of the old server, for starting it where it does not run, and for the way back. */
  oldProgram: path.optional(),
});
export type MoveSource = z.infer<typeof moveSource>;

/** What was found in a folder of old files. */
export const moveFound = z.object({
  folder: z.string(),
  configs: z.array(z.string()),
  commands: z.array(z.object({ file: z.string(), command: z.string() })),
  environments: z.array(z.string()),
  /** What the stack would be made of, where it can be read. */
  kesUrl: z.string().optional(),
  vaultUrl: z.string().optional(),
  minioUrl: z.string().optional(),
  engine: z.object({ mount: z.string(), prefix: z.string() }).optional(),
  defaultKey: z.string().optional(),
  /** MinIO's user and password stand in its variables. */
  minioLogin: z.boolean(),
  /** MinIO's identity towards KES is a file here. */
  identity: z.boolean(),
});
export type MoveFound = z.infer<typeof moveFound>;

/** `planned`: nothing was changed. `trial`: the new server answers, and may read only. `moved`: it writes; there is no way back. */
export const movePhase = z.enum(['none', 'planned', 'prepared', 'switching', 'trial', 'goingBack', 'crossing', 'moved']);
export type MovePhase = z.infer<typeof movePhase>;

/** One difference between the files, by their lines from 1, inclusive. */
export const moveChange = z.object({
  old: z.object({ from: z.int(), to: z.int() }).optional(),
  now: z.object({ from: z.int(), to: z.int() }).optional(),
  level: z.enum(['stop', 'warn', 'info']),
  what: text,
});
export type MoveChange = z.infer<typeof moveChange>;

export const moveKey = z.object({
  name: z.string(),
  /** Today's servers take the name. */
  legal: z.boolean(),
  /** Objects whose record names the key; absent: not counted. */
  objects: z.int().optional(),
  sample: z.string().optional(),
});
export type MoveKey = z.infer<typeof moveKey>;

/** A variable of MinIO, or of the kes command, that has to change; `now` is its line of today. */
export const moveVariable = z.object({ name: z.string(), now: z.string().optional(), why: text, must: z.boolean() });
export type MoveVariable = z.infer<typeof moveVariable>;

export const movePlan = z.object({
  at: z.string(),
  old: z.object({ file: z.string(), content: z.string(), command: z.string(), dialect: z.string() }),
  now: z.object({ file: z.string(), content: z.string() }),
  changes: z.array(moveChange),
  /** What does not stand at a line: certificates, other servers, what cannot be asked. `stop` refuses the move. */
  notes: z.array(z.object({ level: z.enum(['stop', 'warn', 'info']), text })),
  keys: z.array(moveKey),
  /** Vault's policy of KES, with the right that is missing. Absent: nothing to change there, or no access. */
  policy: z.object({ name: z.string(), before: z.string(), after: z.string() }).optional(),
  variables: z.array(moveVariable),
  /** What crossing the line means. */
  line: z.array(text),
  commands: z.array(commandLine),
});
export type MovePlan = z.infer<typeof movePlan>;

export const moveStanding = z.object({
  phase: movePhase,
  source: moveSource.optional(),
  /** Who answers at KES's address now. */
  answers: z.enum(['old', 'new', 'other', 'none', 'unknown']),
  /** When the line was crossed. */
  crossedAt: z.string().optional(),
  /** When the old server was put back last. */
  backAt: z.string().optional(),
  evidence: z.array(evidence),
  error: errorFrame.optional(),
  /** What its keeper has to do now. */
  waitsFor: z.array(commandLine).optional(),
  jobId: z.string().optional(),
});
export type MoveStanding = z.infer<typeof moveStanding>;

export const kesMoveProcedures = {
  /** What lies in a folder of old files. Changes nothing. */
  'kes.moveLook': procedure({ input: z.strictObject({ folder: path }), output: moveFound }),
  /** Makes a stack of such a folder: addresses, trust and identities from the files, the Vault login as given. */
  'kes.moveMakeStack': procedure({
    input: z.strictObject({
      name: stackName,
      /** For the stack's own files. Left out: `sealdeck` in the folder of the old ones. */
      stackFolder: path.optional(),
      source: moveSource,
      vault: credentialInput,
      /** Where MinIO answers: the files do not say. Left out: no MinIO. */
      minioUrl: serverUrl.optional(),
      minio: credentialInput.optional(),
      /** PEM of what vouches for MinIO. Left out: the system's roots. */
      minioCa: z.string().max(500_000).optional(),
    }),
    output: z.object({ stackId }),
  }),
  /** Chooses the old deployment of a stack. Refused once the new server runs. */
  'kes.moveBegin': procedure({ input: z.strictObject({ stackId, source: moveSource }), output: z.object({}) }),
  /** Both files side by side, with every change and its reason; keys, Vault's policy and MinIO's variables. Changes nothing. */
  'kes.movePlan': procedure({ input: z.strictObject({ stackId }), output: movePlan }),
  'kes.moveStanding': procedure({ input: z.strictObject({ stackId }), output: moveStanding }),
  /**
   * Up to the line: asks the old server, adds `list` in Vault, stops the old one, starts the new one on the same address so
   * that it may read and not write, and proves that everything old opens. Until here there is a way back.
   * `abandon`: names that today's servers cannot reach, each typed; only those that no object uses.
   */
  'kes.moveTrial': procedure({
    input: z.strictObject({ stackId, abandon: z.array(z.string().max(300)).default([]) }),
    output: jobStarted,
    changesServers: true,
  }),
  /** Over the line: the new server may write. `typed` is the stack's name. */
  'kes.moveCross': procedure({ input: z.strictObject({ stackId, typed: z.string() }), output: jobStarted, changesServers: true }),
  /** The old server again, while nothing was written by the new one. */
  'kes.moveBack': procedure({ input: z.strictObject({ stackId }), output: jobStarted, changesServers: true }),
};
