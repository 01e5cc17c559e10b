import { commitsOf, factsOf, madeObjects, runningAudit } from './generated.testSupport.ts';
import { RunStore } from './store.ts';

/*
 * A process to be killed: reads on from where the file stands, then arranges. Arguments: file, seed, number of objects.
 * Tells each commit's end on standard output.
 */
const [file = '', seed = '1', count = '1000', fresh] = process.argv.slice(2);
const made = madeObjects(Number(count), { seed: Number(seed) });
const store = fresh ? RunStore.create(file, runningAudit(), factsOf(2)) : RunStore.open(file, true);
const ranges = new Map(store.about().ranges.map((range) => [range.bucket, range]));
const left = made.filter(({ bucket, key }) => {
  const range = ranges.get(bucket);
  return !range || (!range.done && Buffer.compare(Buffer.from(key), Buffer.from(range.after)) > 0);
});
const commits = commitsOf(left, 10);
process.stdout.write('begun\n');
for (let at = 0; at < commits.length; at += 3) await Promise.all(commits.slice(at, at + 3).map((commit) => store.commit(commit)));
process.stdout.write('read\n');
await store.arrange(() => undefined);
process.stdout.write('arranged\n');
store.close();
