import { join } from 'node:path';
import { say } from '../../../shared/text.ts';
import { createLog } from '../../platform/log.ts';
import { createSealedStore } from '../../platform/sealedStore.ts';
import { createEventHub } from '../../rpc/eventHub.ts';
import { createJournal } from './handlers.ts';

// Writes entries and says the number of each that is safely written, until it is killed.
const folder = process.argv[2] ?? '';
const store = createSealedStore({ folder, log: createLog(join(folder, 'engine.log')) });
if ((await store.openIfPossible()).state === 'absent') await store.create('practice');
const hub = createEventHub();
hub.subscribe((name, payload) => {
  if (name === 'journal.changed') process.stdout.write(`${(payload as { seq: number }).seq}\n`);
});
const journal = createJournal({ dataFolder: folder, store, publish: hub.publish, actor: 'tester' });
for (;;) await journal.append(undefined, say('storeUnlocked'));
