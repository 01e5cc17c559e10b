import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Files of servers that may hold a secret, as written down in the README: each must be readable by its owner alone. */
export const allowed: readonly RegExp[] = [
  /^kes\/kes\.yaml$/,
  /^minio\/minio\.env$/,
  /^certs\/[a-z-]+\.key$/,
  /^minio\/certs\/private\.key$/,
  // Laid out for another host, until it is carried over.
  /^handover\/(?:vault|kes|minio)\/(?:certs\/)?(?:[a-z-]+\.key|kes\.yaml|minio\.env)$/,
];

export interface Leak {
  file: string;
  secret: string;
}

/** Files under a folder that hold one of the secrets and are not on the list, or are on it with a mode that others can read. */
export function leaks(folder: string, secrets: readonly string[], list: readonly RegExp[] = allowed, from = folder): Leak[] {
  const found: Leak[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const name = relative(from, path).split(sep).join('/');
    if (entry.isDirectory()) {
      found.push(...leaks(path, secrets, list, from));
      continue;
    }
    if (!entry.isFile()) continue;
    const content = readFileSync(path, 'latin1');
    const listed = list.some((pattern) => pattern.test(name));
    const open = (statSync(path).mode & 0o077) !== 0;
    for (const secret of secrets)
      if (content.includes(secret) && (!listed || open)) found.push({ file: name, secret: `${secret.slice(0, 4)}…` });
  }
  return found;
}
