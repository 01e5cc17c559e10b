import { join } from 'node:path';
import { z } from 'zod';
import { program } from '../../../shared/lab.ts';
import { serverKind } from '../../../shared/stacks.ts';
import { writeJsonFile } from '../../platform/atomicFile.ts';
import { createSerialQueue } from '../../platform/serialQueue.ts';
import { readDocumentFile } from '../../platform/storedDocument.ts';

/** How a server was started last, and as which process. Holds no secret: servers read theirs from files. */
const serverRecord = z.object({
  kind: serverKind,
  node: z.string(),
  program,
  binary: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  cwd: z.string().optional(),
  startedAt: z.string(),
  /** Where this run's lines begin in its log file. */
  logOffset: z.int(),
  /** Absent while it is being started and after it was stopped. */
  process: z.object({ pid: z.int(), startTime: z.string(), exe: z.string().optional() }).optional(),
  /** `stopped`: on request. `running` without a living process: it died. */
  wanted: z.enum(['running', 'stopped']),
  /** Why it ended, when the engine saw it. */
  ended: z.string().optional(),
});
export type ServerRecord = z.infer<typeof serverRecord>;

/** By the id of the node. Version 1 knew one server of each kind, by its kind. */
const recordFile = z.object({ version: z.literal(2), servers: z.record(z.string(), serverRecord) });
const recordForm = { version: 2, schema: recordFile, upgrades: { 1: byNode } };

export interface Records {
  /** By the id of the node. */
  read(node: string): Promise<ServerRecord | undefined>;
  all(): Promise<readonly ServerRecord[]>;
  write(record: ServerRecord): Promise<void>;
}

/** The records of one stack in `stacks/<id>/processes.json` of the data folder. One engine writes them, one change after another. */
export function createRecords(dataFolder: string, stackId: string): Records {
  const file = join(dataFolder, 'stacks', stackId, 'processes.json');
  const inTurn = createSerialQueue();
  const servers = async () => (await readDocumentFile(file, recordForm))?.servers ?? {};
  return {
    read: (node) =>
      inTurn(async () => {
        const all = await servers();
        return Object.hasOwn(all, node) ? all[node] : undefined;
      }),
    all: () => inTurn(async () => Object.values(await servers())),
    write: (record) => inTurn(async () => writeJsonFile(file, { version: 2, servers: { ...(await servers()), [record.node]: record } })),
  };
}

function byNode(document: Record<string, unknown>): Record<string, unknown> {
  const before = z.record(z.string(), z.looseObject({ node: z.string() })).safeParse(document.servers);
  if (!before.success) return document;
  return { servers: Object.fromEntries(Object.entries(before.data).map(([kind, record]) => [record.node, { ...record, kind }])) };
}
