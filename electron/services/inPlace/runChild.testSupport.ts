import { json } from 'node:stream/consumers';
import { Secret } from '../../../shared/secret.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { testSecrets } from '../../clients/chain.testSupport.ts';
import { createJobRunner } from '../../jobs/jobRunner.ts';
import type { StackAccess } from '../../jobs/step.ts';
import type { CallContext } from '../../rpc/connection.ts';
import { createStackFolder } from '../stacks/stackFolder.ts';
import { createInPlace } from './handlers.ts';
import { RunFile } from './store.ts';

/*
 * An engine's part to be killed: works on a run, from its beginning or where it stopped. Its standard input says where; tells
 * `begun`, and at the end the run's state.
 */
interface Order {
  stack: Stack;
  root: string;
  credential: string;
  dataFolder: string;
  id: string;
  typed: string;
  atMostPerSecond: number;
  /** Killed in the one moment that counts: what is to be noted is done, and nothing says so here yet. */
  diesBefore?: 'settle' | 'copied';
}
const order = (await json(process.stdin)) as Order;
if (order.diesBefore) RunFile.prototype[order.diesBefore] = () => process.kill(process.pid, 'SIGKILL');
const access = {
  stack: order.stack,
  secrets: testSecrets([['minio.root', new Secret(order.credential)]]),
  folder: createStackFolder(order.root),
  journal: async () => undefined,
} as unknown as StackAccess;
const log = { info: () => undefined, error: (...words: unknown[]) => console.error(...words) };
const jobs = createJobRunner(() => undefined, log);
const { handlers } = createInPlace({
  open: async () => access,
  publish: () => undefined,
  jobs,
  log,
  dataFolder: order.dataFolder,
  // biome-ignore lint/correctness/useYield: no audit here.
  async *auditRows() {
    throw new Error('no audit here');
  },
});
const call: CallContext = { signal: new AbortController().signal, host: 'cli' };
const of = { stackId: order.stack.id, id: order.id };
const { state } = await handlers['inPlace.get'](of, call);
const { jobId } = await (state === 'planned'
  ? handlers['inPlace.start']({ ...of, typed: order.typed, atMostPerSecond: order.atMostPerSecond }, call)
  : handlers['inPlace.resume'](of, call));
process.stdout.write('begun\n');
await jobs.wait(jobId);
process.stdout.write(`${(await handlers['inPlace.get'](of, call)).state}\n`);
