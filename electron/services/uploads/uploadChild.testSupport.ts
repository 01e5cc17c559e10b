import { json } from 'node:stream/consumers';
import { Secret } from '../../../shared/secret.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { testSecrets } from '../../clients/chain.testSupport.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { createStackFolder } from '../stacks/stackFolder.ts';
import { serveUploads } from './service.testSupport.ts';
import { UploadStore } from './store/store.ts';

/*
 * An engine's part that is killed in the one moment that counts: the server has the object, and nothing says so here yet. Its
 * standard input says which upload it works on.
 */
interface Order {
  stack: Stack;
  root: string;
  credential: string;
  dataFolder: string;
  id: string;
}
const order = (await json(process.stdin)) as Order;
const access = {
  stack: order.stack,
  secrets: testSecrets([['minio.root', new Secret(order.credential)]]),
  folder: createStackFolder(order.root),
} as unknown as StackAccess;
const touch = UploadStore.prototype.touch;
UploadStore.prototype.touch = function (row, ...before) {
  if (row.state === 'checking') process.kill(process.pid, 'SIGKILL');
  touch.call(this, row, ...before);
};
const uploads = await serveUploads(access, order.dataFolder);
await uploads.wait(await uploads.start(order.id, { kind: 'rule' }));
