import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createFileStore } from './files.ts';

const bytes = (text: string): Readable => Readable.from([Buffer.from(text)]);

describe('the file store', () => {
  it('joins sender and reader, whoever comes first', async () => {
    for (const readerFirst of [true, false]) {
      const store = createFileStore();
      const { token } = store.announce({ name: 'a.txt', size: 3, type: 'text/plain' });
      const read = async () => {
        const { stream, ...file } = await store.open(token);
        return { ...file, content: Buffer.concat(await stream.toArray()).toString() };
      };
      const first = readerFirst ? read() : store.receive(token, bytes('abc'));
      const second = readerFirst ? store.receive(token, bytes('abc')) : read();
      const [one, two] = await Promise.all([first, second]);
      expect(readerFirst ? one : two).toEqual({ name: 'a.txt', size: 3, type: 'text/plain', content: 'abc' });
    }
  });

  it('takes an empty file', async () => {
    const store = createFileStore();
    const { token } = store.announce({ name: 'empty', size: 0 });
    const { stream } = await store.open(token);
    const [content] = await Promise.all([stream.toArray(), store.receive(token, Readable.from([]))]);
    expect(content).toEqual([]);
  });

  it('gives each token to one reader and one sender', async () => {
    const store = createFileStore();
    const { token } = store.announce({ name: 'a', size: 1 });
    const { stream } = await store.open(token);
    await expect(store.open(token)).rejects.toMatchObject({ code: 'fileTokenUnknown' });
    const sending = store.receive(token, bytes('x'));
    await expect(store.receive(token, bytes('x'))).rejects.toMatchObject({ code: 'fileTokenUnknown' });
    stream.resume();
    await sending;
    await expect(store.open(token)).rejects.toMatchObject({ code: 'fileTokenUnknown' });
  });

  it('ends the wait of a reader whose sender never comes', async () => {
    const store = createFileStore({ announcedMs: 30 });
    const { token } = store.announce({ name: 'a', size: 1 });
    const { stream } = await store.open(token);
    const timer = setTimeout(() => undefined, 1000);
    await expect(stream.toArray()).rejects.toMatchObject({ code: 'fileTokenUnknown' });
    clearTimeout(timer);
  });

  it('stops both ends when the reader is cancelled', async () => {
    const store = createFileStore();
    const { token } = store.announce({ name: 'a', size: 1_000_000 });
    const controller = new AbortController();
    const { stream } = await store.open(token, controller.signal);
    const endless = new Readable({ read() {} });
    endless.push('some');
    const ends = Promise.allSettled([stream.toArray(), store.receive(token, endless)]);
    controller.abort();
    expect(await ends).toMatchObject([
      { status: 'rejected', reason: { code: 'cancelled' } },
      { status: 'rejected', reason: { code: 'cancelled' } },
    ]);
  });

  it('tells the sender when the reader gives up', async () => {
    const store = createFileStore();
    const { token } = store.announce({ name: 'a', size: 4 });
    const { stream } = await store.open(token);
    const sending = store.receive(token, new Readable({ read() {} }));
    stream.destroy();
    await expect(sending).rejects.toMatchObject({ code: 'uploadStopped' });
  });

  it('offers a download once and only for its time', async () => {
    const store = createFileStore({ offeredMs: 30 });
    const ticket = (): string => store.offer({ name: 'a', type: 'text/plain', content: 'x' }).downloadPath.replace('/download/', '');
    const [used, late] = [ticket(), ticket()];
    expect(store.take(used)).toMatchObject({ content: 'x' });
    expect(store.take(used)).toBeUndefined();
    await new Promise((done) => setTimeout(done, 60));
    expect(store.take(late)).toBeUndefined();
  });

  it('lets go of what nobody took, and of all at its end', async () => {
    const store = createFileStore({ offeredMs: 30 });
    const offered = (): Readable => {
      const content = Readable.from(['x']);
      store.offer({ name: 'a', type: 'text/plain', content });
      return content;
    };
    const late = offered();
    await new Promise((done) => setTimeout(done, 60));
    const open = offered();
    store.close();
    expect([late.destroyed, open.destroyed]).toEqual([true, true]);
  });
});
