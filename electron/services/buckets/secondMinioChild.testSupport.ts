import { json } from 'node:stream/consumers';
import { Secret } from '../../../shared/secret.ts';
import type { Stack } from '../../../shared/stacks.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { createStackFolder } from '../stacks/stackFolder.ts';
import { withSecondMinio } from './secondMinio.ts';

/** For tests: an engine that holds a second MinIO until it is killed. Reads the stack's facts, writes the address. */
const { root, stack, binary } = (await json(process.stdin)) as { root: string; stack: Stack; binary: string };
const access = {
  stack,
  folder: createStackFolder(root),
  secrets: { get: () => new Secret(JSON.stringify({ user: 'test-root', password: 'test-password' })) },
  servers: { binary: async () => binary },
} as unknown as StackAccess;
await withSecondMinio(access, true, new AbortController().signal, async ({ url }) => {
  console.log(url);
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
