import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { placeInput } from '../../../shared/setup.ts';
import type { ServerKind } from '../../../shared/stacks.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { stackOf } from '../setup/placeDocument.ts';
import { createLab, type LabDeps } from './handlers.ts';

it('tells of the servers on this machine only: of those elsewhere it could not say who they are', async () => {
  const place = placeInput.parse({
    name: 'lab',
    folder: '/lab',
    hosts: ['127.0.0.1'],
    ports: { vault: 1, vaultCluster: 2, kes: 3, minio: 4, minioConsole: 5 },
    product: 'openbao',
    servers: { vault: { way: 'api', url: 'https://v:1' }, kes: { way: 'none' } },
  });
  const asked: ServerKind[] = [];
  const status = async (kind: ServerKind) => {
    asked.push(kind);
    return { kind };
  };
  const access = { stack: stackOf('lab', place, 'now'), servers: { status } } as unknown as StackAccess;
  const deps = { open: async () => access, dataFolder: tmpdir(), pickedOf: async () => ({}), gate: async () => undefined };
  const lab = createLab(deps as unknown as LabDeps);
  const call = { signal: new AbortController().signal, host: 'cli' } as const;
  expect((await lab.handlers['lab.status']({ stackId: 'lab' }, call)).servers.map(({ kind }) => kind)).toEqual(['minio']);
  expect(asked).toEqual(['minio']);
});
