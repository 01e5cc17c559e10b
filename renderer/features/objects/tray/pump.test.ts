import { afterEach, expect, it, vi } from 'vitest';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Client } from '../../../rpc/client.ts';
import { startPump } from './pump.ts';
import type { SourceFile } from './sourceFile.ts';

type Piece = { n: number; from: number; to: number; uploadPath: string };
const upload = { stackId: 'lab', id: '20261122T143108-1a2b3c4d' };
const piece = (n: number, from = 0, to = 4): Piece => ({ n, from, to, uploadPath: `/upload/${n}` });

/** A file on a disk that can change under the window: a stand-in for what a browser gives. */
function fileOnDisk(content: string): { source: SourceFile; write(text: string): void } {
  let now = new File([content], 'a.txt', { lastModified: 1000 });
  return {
    source: { path: 'a.txt', size: content.length, modified: 1000, type: '', fresh: async () => now },
    write: (text) => {
      now = new File([text], 'a.txt', { lastModified: 2000 });
    },
  };
}

/** An engine that wants these pieces, one answer after the other, and is then done. */
function engine(answers: Piece[][]) {
  const lost: unknown[] = [];
  const asked: number[] = [];
  const client = {
    async call(name: string, input: { atMost?: number }) {
      if (name === 'uploads.lost') {
        lost.push(input);
        return {};
      }
      asked.push(input.atMost ?? 0);
      const pieces = answers.shift();
      return pieces ? { pieces, phase: 'running' } : { pieces: [], phase: 'ended' };
    },
  } as unknown as Pick<Client, 'call'>;
  return { client, lost, asked };
}

afterEach(() => {
  vi.useRealTimers();
});

it('sends just the bytes that are asked for', async () => {
  const { source } = fileOnDisk('0123456789');
  const { client } = engine([[piece(0, 0, 4), piece(0, 4, 10)]]);
  const sent: string[] = [];
  const { ended } = startPump(
    client,
    upload,
    () => source,
    async (path, bytes) => void sent.push(`${path} ${await bytes.text()}`),
  );
  await ended;
  await expect.poll(() => sent).toEqual(['/upload/0 0123', '/upload/0 456789']);
});

it('tells of a file that changed instead of sending a mixture', async () => {
  const { source, write } = fileOnDisk('0123456789');
  write('other bytes');
  const { client, lost } = engine([[piece(7)]]);
  const sent: string[] = [];
  await startPump(
    client,
    upload,
    () => source,
    async (path) => void sent.push(path),
  ).ended;
  await expect.poll(() => lost).toEqual([{ ...upload, n: 7, reason: 'changed' }]);
  expect(sent).toEqual([]);
});

it('tells of a file that is gone, unreadable, or was never in this window', async () => {
  const failing = (name: string): SourceFile => ({
    ...fileOnDisk('x').source,
    fresh: async () => Promise.reject(new DOMException('', name)),
  });
  const files = [failing('NotFoundError'), failing('NotReadableError')];
  const { client, lost } = engine([[piece(0), piece(1), piece(2)]]);
  await startPump(
    client,
    upload,
    (n) => files[n],
    async () => undefined,
  ).ended;
  const reasons = () => new Map(lost.map((one) => [(one as { n: number }).n, (one as { reason: string }).reason]));
  await expect.poll(() => [0, 1, 2].map((n) => reasons().get(n))).toEqual(['gone', 'unreadable', 'gone']);
});

it('has five pieces under way at most, and asks ahead for no more than it has room for', async () => {
  const { source } = fileOnDisk('0123456789');
  const { client, asked } = engine([Array.from({ length: 10 }, (_, n) => piece(n))]);
  let [now, most] = [0, 0];
  await startPump(
    client,
    upload,
    () => source,
    async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
    },
  ).ended;
  expect(most).toBe(5);
  expect(asked[0]).toBe(10);
  expect(Math.max(...asked.slice(1))).toBeLessThan(10);
});

it('leaves a piece to the engine to ask for again when sending fails though the file is whole', async () => {
  const { source } = fileOnDisk('0123456789');
  const { client, lost } = engine([[piece(0)], [piece(0)]]);
  let tries = 0;
  await startPump(
    client,
    upload,
    () => source,
    async () => {
      if (++tries === 1) throw new AppError('fileTokenUnknown');
    },
  ).ended;
  await expect.poll(() => tries).toBe(2);
  expect(lost).toEqual([]);
});

it('goes on after the connection was lost, and ends when it is stopped', async () => {
  vi.useFakeTimers();
  let calls = 0;
  const client = {
    call: async () => {
      calls++;
      throw new AppError('connectionLost');
    },
  } as unknown as Pick<Client, 'call'>;
  const pump = startPump(
    client,
    upload,
    () => undefined,
    async () => undefined,
  );
  await vi.advanceTimersByTimeAsync(3500);
  expect(calls).toBeGreaterThan(2);
  expect(calls).toBeLessThan(6);
  pump.stop();
  await pump.ended;
});
