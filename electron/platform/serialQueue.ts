/** Runs work one after the other in the order given; a failure does not stop what comes after it. */
export function createSerialQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}

/** One such queue for each name, as for each stack. */
export function createSerialQueues(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const queues = new Map<string, ReturnType<typeof createSerialQueue>>();
  return (name, work) => {
    const queue = queues.get(name) ?? createSerialQueue();
    queues.set(name, queue);
    return queue(work);
  };
}
