import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificatesInput } from '../../../shared/certificates.ts';
import { sentence } from '../../../shared/messages.ts';
import type { Secret } from '../../../shared/secret.ts';
import { type PlaceInput, type StepInputs, stepInputs } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import type { SecretName, StepContext } from '../../jobs/step.ts';
import { createLog } from '../../platform/log.ts';
import { createSealedStore } from '../../platform/sealedStore.ts';
import { stackOf } from '../setup/placeDocument.ts';
import { createStackFolder } from '../stacks/stackFolder.ts';

export interface TestStack {
  context: StepContext;
  journal: string[];
  /** How often files and secrets were written, by name, since the last `forget`. */
  written: string[];
  forget(): void;
  /** Lets the n-th write from now on fail, as a kill would end it. */
  dieAfter(writes: number): void;
  remove(): Promise<void>;
}

/** A stack in a temporary folder, with a real folder and a real sealed store in practice mode. */
export async function createTestStack(
  hosts = ['127.0.0.1', 'localhost', '::1'],
  servers: Partial<PlaceInput['servers']> = {},
): Promise<TestStack> {
  const root = await mkdtemp(join(tmpdir(), 'sealdeck-certificates-'));
  const folder = createStackFolder(join(root, 'a stack'));
  const store = createSealedStore({ folder: root, log: createLog(join(root, 'engine.log')) });
  await store.create('practice');
  const journal: string[] = [];
  const written: string[] = [];
  let left = Number.POSITIVE_INFINITY;
  const write = async (name: string, work: () => Promise<void>): Promise<void> => {
    if (left-- <= 0) throw new Error('killed');
    await work();
    written.push(name);
  };
  const place = stepInputs.place.parse({
    name: 'test',
    folder: root,
    hosts,
    ports: { vault: 1, vaultCluster: 2, kes: 3, minio: 4, minioConsole: 5 },
    product: 'openbao',
    servers,
  });
  let stack: Stack = { ...stackOf('test', place, new Date().toISOString()), folder: join(root, 'a stack') };
  const context: StepContext = {
    get stack() {
      return stack;
    },
    update: (change) =>
      write('stack', async () => {
        stack = change(stack);
      }),
    inputs: { place, certificates: certificatesInput.parse({}) } as StepInputs,
    secrets: {
      get: (name) => store.get('test', name),
      has: (name) => store.has('test', name),
      set: (name: SecretName, value: Secret) => write(name, () => store.set('test', name, value)),
      delete: (name) => store.delete('test', name),
      requireDurable: (what) => store.requireDurable(what),
    },
    folder: { ...folder, write: (path, content, mode) => write(path, () => folder.write(path, content, mode)) },
    servers: undefined as unknown as StepContext['servers'],
    journal: async (action) => void journal.push(sentence('en', action)),
    report: () => undefined,
    signal: new AbortController().signal,
  };
  return {
    context,
    journal,
    written,
    forget: () => {
      written.length = 0;
      journal.length = 0;
    },
    dieAfter: (writes) => {
      left = writes;
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
