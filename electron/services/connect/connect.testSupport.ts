import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { connectProcedures } from '../../../shared/connect.ts';
import type { CallInput, CallOutput } from '../../../shared/rpc/define.ts';
import { placeInput, type ServerPlace } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import type { Text } from '../../../shared/text.ts';
import { testSecrets } from '../../clients/chain.testSupport.ts';
import type { DomainDeps, StackAccess } from '../../jobs/step.ts';
import { createFileStore } from '../../platform/files.ts';
import { makeCertificate } from '../certificates/build.ts';
import { placed, placeOf, stackOf } from '../setup/placeDocument.ts';
import { createStackFolder } from '../stacks/stackFolder.ts';
import { createConnect } from './handlers.ts';

type Procedures = typeof connectProcedures;

/** For tests: a draft of servers that run elsewhere, in a temporary folder, and Connect around it. */
export async function makeDraft(servers: Partial<Record<'vault' | 'kes' | 'minio', ServerPlace>> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'sealdeck-connect-'));
  const none: ServerPlace = { way: 'none' };
  const place = placeInput.parse({
    name: 'elsewhere',
    folder: root,
    hosts: ['127.0.0.1'],
    ports: { vault: 1, vaultCluster: 2, kes: 3, minio: 4, minioConsole: 5 },
    servers: { vault: none, kes: none, minio: none, ...servers },
    product: 'vault',
    storage: 'raft',
  });
  let stack: Stack = stackOf('elsewhere', place, new Date().toISOString());
  const journal: Text[] = [];
  const access: StackAccess = {
    get stack() {
      return stack;
    },
    update: async (change) => {
      stack = change(stack);
    },
    secrets: testSecrets(),
    folder: createStackFolder(root),
    servers: undefined as never,
    journal: async (action) => void journal.push(action),
  };
  const files = createFileStore();
  const deps: DomainDeps = { open: async () => access, publish: () => undefined, jobs: undefined as never, log: undefined as never };
  const { handlers } = createConnect({
    ...deps,
    files,
    placed: (document, kind, server) => {
      const now = placeOf(document);
      return placed(document, { ...now, servers: { ...now.servers, [kind]: server } });
    },
    forgetPlace: async () => undefined,
    selfSigned: (key, commonName) => makeCertificate({ use: 'client', subject: { commonName }, days: 1, hosts: [], key }),
  });
  const { connectProcedures: contract } = await import('../../../shared/connect.ts');

  return {
    access,
    files,
    journal: () => journal.map(({ code }) => code),
    /** A call as it comes over the wire: parsed on its way in and out. */
    async call<N extends keyof Procedures>(name: N, input: Omit<CallInput<Procedures, N>, 'stackId'>): Promise<CallOutput<Procedures, N>> {
      const { input: schema, output } = contract[name];
      const whole = 'stackId' in schema.shape ? { stackId: 'elsewhere', ...input } : input;
      const handler = handlers[name] as (input: unknown, call: object) => Promise<unknown>;
      const answer = await handler(schema.parse(whole), { signal: new AbortController().signal, host: 'cli' });
      return output.parse(answer) as CallOutput<Procedures, N>;
    },
    /** `light: outcome label` of a test, for comparing. */
    async lights(kind: 'vault' | 'kes' | 'minio'): Promise<string[]> {
      const { lights } = await this.call('connect.test', { kind });
      return lights.map(({ light, outcome, label, error }) => [light, outcome, label.code, error?.code].filter(Boolean).join(' '));
    },
    async stop() {
      files.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
export type Draft = Awaited<ReturnType<typeof makeDraft>>;
