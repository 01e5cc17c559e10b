/**
 * The file of `MINIO_CONFIG_ENV_FILE` as MinIO reads it (minio.md 2.7): `KEY=value` lines with an optional `export`,
 * `#` comments, one pair of matching quotes taken off, nothing unescaped. The last of two equal names counts.
 */
export function readEnvironment(content: string): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const line of content.split('\n')) {
    const entry = line
      .trim()
      .replace(/^export\s/, '')
      .trim();
    const cut = entry.indexOf('=');
    if (cut < 1 || entry.startsWith('#')) continue;
    const value = entry.slice(cut + 1);
    const quote = value[0];
    const quoted = value.length >= 2 && (quote === '"' || quote === "'") && value.endsWith(quote);
    read.set(entry.slice(0, cut), quoted ? value.slice(1, -1) : value);
  }
  return read;
}
