// Run by `npm test`: gets the named servers, those for tests among them, with one line each as it goes.
import type { ServerName } from './catalogue.ts';
import { ensureServers } from './get.ts';

const names = process.argv.slice(2) as ServerName[];
const quietMs = process.stdout.isTTY ? 1_000 : 20_000;
let last = 0;
const paths = await ensureServers(names, (line) => {
  if (Date.now() - last < quietMs) return;
  last = Date.now();
  console.log(line);
});
for (const name of names) console.log(`${name}: ${paths[name] === undefined ? 'missing' : 'ready'}`);
