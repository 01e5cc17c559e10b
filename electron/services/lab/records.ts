import { join } from 'node:path';
import { z } from 'zod';
import { program } from '../../../shared/lab.ts';
import { type ServerKind, serverKind } from '../../../shared/stacks.ts';
import { writeJsonFile } from '../../platform/atomicFile.ts';
import { createSerialQueue } from '../../platform/serialQueue.ts';
import { readDocumentFile } from '../../platform/storedDocument.ts';

/** How a server was started last, and as which process. Holds no secret: servers read theirs from files. */
const serverRecord = z.object({
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

const recordFile = z.object({ version: z.literal(1), servers: z.partialRecord(serverKind, serverRecord) });
const recordForm = { version: 1, schema: recordFile };

export interface Records {
  read(kind: ServerKind): Promise<ServerRecord | undefined>;
  write(kind: ServerKind, record: ServerRecord): Promise<void>;
  change(kind: ServerKind, change: (record: ServerRecord) => ServerRecord): Promise<void>;
}

/** The records of one stack in `stacks/<id>/processes.json` of the data folder. One engine writes them, one change after another. */
export function createRecords(dataFolder: string, stackId: string): Records {
  const file = join(dataFolder, 'stacks', stackId, 'processes.json');
  const inTurn = createSerialQueue();
  const all = async () => (await readDocumentFile(file, recordForm)) ?? { version: 1 as const, servers: {} };
  async function save(kind: ServerKind, record: ServerRecord): Promise<void> {
    const { servers } = await all();
    await writeJsonFile(file, { version: 1, servers: { ...servers, [kind]: record } });
  }
  return {
    read: (kind) => inTurn(async () => (await all()).servers[kind]),
    write: (kind, record) => inTurn(() => save(kind, record)),
    change: (kind, change) =>
      inTurn(async () => {
        const before = (await all()).servers[kind];
        if (before !== undefined) await save(kind, change(before));
      }),
  };
}
