/**
 * Works on each, so many at once. After the first failure nothing more is begun, `failed` aborts for what is under way, and
 * that failure is thrown once all of it has ended. An item is taken when its turn comes, so there may be any number of them.
 */
export async function forEachOf<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T, failed: AbortSignal, at: number) => Promise<unknown>,
): Promise<void> {
  const failed = new AbortController();
  const left = items[Symbol.iterator]();
  let taken = 0;
  let first: { error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    while (!first) {
      try {
        const { done, value } = left.next();
        if (done) return;
        await work(value, failed.signal, taken++);
      } catch (error) {
        first ??= { error };
        failed.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (first) throw (first as { error: unknown }).error;
}

/** The same, with the results in the order of the items. */
export async function eachOf<T, R>(items: Iterable<T>, atOnce: number, work: (item: T, failed: AbortSignal) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  await forEachOf(items, atOnce, async (item, failed, at) => {
    results[at] = await work(item, failed);
  });
  return results;
}
