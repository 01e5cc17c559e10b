import { openRekeyEngine, renew, type WriteEnd } from './rekeyEngine.testSupport.ts';

/** A process that renews the shares and may be killed at any moment: by the test, or by itself at a write. */
const [folder = '', end] = process.argv.slice(2);
await renew(await openRekeyEngine(folder, end === undefined ? undefined : (JSON.parse(end) as WriteEnd)));
