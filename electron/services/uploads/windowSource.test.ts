import { Readable } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import { AppError } from '../../../shared/rpc/errors.ts';
import { createFileStore } from '../../platform/files.ts';
import { createBufferPool } from './bufferPool.ts';
import type { Row } from './store/rows.ts';
import { createWindowSource, type WindowPatience } from './windowSource.ts';

const never = new AbortController().signal;
const row = { n: 3, path: 'a', size: 8 } as Row;
const files = createFileStore();
afterEach(() => files.close());

function sourceWith(patience: WindowPatience) {
  const gone = Promise.withResolvers<void>();
  const source = createWindowSource(files, gone.resolve, patience);
  const read = async (from: number, to: number) => (await source.open(row)).read(from, to, never, createBufferPool());
  const send = (uploadPath: string, text: string) => files.receive(uploadPath.replace('/upload/', ''), Readable.from([Buffer.from(text)]));
  return { source, gone: gone.promise, read, send };
}
const patient = { goneMs: 60_000, silentMs: 60_000 };

it('hands out what is wanted to the window that waits, and gives its bytes to who wanted them', async () => {
  const { source, read, send } = sourceWith(patient);
  const waiting = source.take(8, 60_000, never);
  const bytes = read(2, 5);
  const [piece] = await waiting;
  expect(piece).toMatchObject({ n: 3, from: 2, to: 5 });
  await send(piece?.uploadPath ?? '', 'cde');
  expect((await bytes).toString()).toBe('cde');
  expect(await source.take(8, 1, never)).toEqual([]);
  source.end(new AppError('cancelled'));
});

it('wants a piece again whose bytes did not come, or not all of them', async () => {
  const { source, read, send } = sourceWith({ ...patient, silentMs: 20 });
  const bytes = read(0, 3);
  const [silent] = await source.take(8, 60_000, never);
  const [short] = await source.take(8, 60_000, never);
  expect(short?.uploadPath).not.toBe(silent?.uploadPath);
  await expect(send(short?.uploadPath ?? '', 'a')).rejects.toMatchObject({ code: 'uploadSize' });
  const [whole] = await source.take(8, 60_000, never);
  await send(whole?.uploadPath ?? '', 'abc');
  expect((await bytes).toString()).toBe('abc');
  source.end(new AppError('cancelled'));
});

it('says that the window is gone when nobody asks for what is wanted, and not while nothing is', async () => {
  const { source, gone, read } = sourceWith({ ...patient, goneMs: 40 });
  const first = await Promise.race([gone.then(() => 'gone'), new Promise((resolve) => setTimeout(() => resolve('still there'), 150))]);
  expect(first).toBe('still there');
  const bytes = read(0, 3).catch((error: unknown) => error);
  await gone;
  source.end(new AppError('cancelled'));
  expect(await bytes).toMatchObject({ code: 'cancelled' });
});

it('ends what is wanted of a file that the window lost, then and later', async () => {
  const { source, read } = sourceWith(patient);
  const before = read(0, 3);
  source.lost(3, new AppError('uploadSourceGone', { name: 'a', reason: 'gone' }));
  await expect(before).rejects.toMatchObject({ code: 'uploadSourceGone' });
  await expect(read(0, 3)).rejects.toMatchObject({ code: 'uploadSourceGone' });
  expect(await source.take(8, 1, never)).toEqual([]);
  source.end(new AppError('cancelled'));
});
