import { type MessagePort, parentPort } from 'node:worker_threads';
import { createListingClient } from '../../../clients/s3/listingClient.ts';
import { callsOf, serveCalls } from '../../../platform/threadCalls.ts';
import type { ReaderCalls, ReadOrder, StoreCalls } from '../work.ts';
import { headLimits } from './headPool.ts';
import { createReader, type Reader } from './reader.ts';

/** The reader's thread: requests, parsing and classifying. The credential is here in memory and nowhere else. */
if (parentPort) {
  let reader: Reader | undefined;
  const tell = serveCalls<ReaderCalls>(parentPort, {
    async run(order: ReadOrder, port: MessagePort) {
      reader = createReader(order, {
        client: createListingClient(order.endpoint, { connections: headLimits.most + 16 }),
        store: callsOf<StoreCalls>(port).calls,
        tell,
      });
      try {
        return await reader.run();
      } finally {
        reader = undefined;
        port.close();
      }
    },
    async pause() {
      reader?.pause();
    },
    async goOn() {
      reader?.goOn();
    },
    async stop() {
      reader?.stop();
    },
  });
}
