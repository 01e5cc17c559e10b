// What `npm run check` and the first stage of `npm test` both look at, besides the unit tests.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The script of an installed tool. */
export const tool = (root, name, file) => join(root, 'node_modules', name, file);

/** Each a name and the arguments for Node. */
export function staticChecks(root) {
  return [
    ...['shared', 'electron', 'renderer', 'e2e', 'bench']
      .filter((folder) => existsSync(join(root, folder, 'tsconfig.json')))
      .map((folder) => [`types of ${folder}`, tool(root, 'typescript', 'bin/tsc'), '-p', folder]),
    ['lint and format', tool(root, '@biomejs/biome', 'bin/biome'), 'check', '--error-on-warnings', '.'],
  ];
}
