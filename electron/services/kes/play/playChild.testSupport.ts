import { json } from 'node:stream/consumers';
import type { StepContext } from '../../../jobs/step.ts';
import { call, keysOf, stackId } from '../keys/keys.testSupport.ts';

/** For tests: an engine that holds a try until it is killed. Reads where and with which programs, writes the run when it is ready. */
const { dataFolder, binaries, sandbox } = (await json(process.stdin)) as {
  dataFolder: string;
  binaries: Record<string, string>;
  sandbox: { url: string; ca: string[] };
};
const context = { stack: { id: stackId }, servers: { binary: async (program: string) => binaries[program] } } as unknown as StepContext;
const { handlers, done } = await keysOf(context, undefined, { dataFolder, sandbox });
await done(handlers['kes.playStart']({ stackId, where: 'public' }, call));
const { runs } = await handlers['kes.playState']({ stackId }, call);
console.log(JSON.stringify(runs[0]));
setTimeout(() => undefined, 60_000);
