/** A name for the stack out of the first address: the host without the server's own label. Pure. */
export function nameFor(url: string, taken: readonly string[]): string {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const plain = host.replace(/^(?:vault|kes|minio|s3)(?:-?\d+)?\./i, '');
  const base = plain.slice(0, 34);
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? base : `${base}-${count}`;
    if (!taken.includes(name)) return name;
  }
}
