/** Works on what comes one after the other, so many at once. All that was begun has ended when this returns or throws. */
export async function forMany<T>(items: Iterator<T>, atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  let failed: { error: unknown } | undefined;
  const one = async (): Promise<void> => {
    while (!failed) {
      try {
        const { done, value } = items.next();
        if (done) return;
        await work(value);
      } catch (error) {
        failed ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  if (failed) throw (failed as { error: unknown }).error;
}
