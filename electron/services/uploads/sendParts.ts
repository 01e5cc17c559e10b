import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { compositeOf, partChecksum } from '../../clients/s3/objectChecksum.ts';
import type { Part, Written } from '../../clients/s3/objectTypes.ts';
import { abandonOne } from './abandoned.ts';
import { checkItem, type Sending } from './sending.ts';
import { landed } from './sendWhole.ts';
import { partRange, partSizeOf } from './sizes.ts';
import type { OpenSource } from './source.ts';
import type { Row } from './store/rows.ts';

/** Of parts that were sent before, so many are read again and compared: the first, the last and others. */
const comparedAtMost = 4;

/** A large file in parts, which outlive this process: what the server has already is not sent again. Throws `cancelled` when the run stops softly. */
export async function sendParts(sending: Sending, row: Row): Promise<void> {
  const { client, bucket, encrypt, onlyNew, hard, soft, store, change } = sending;
  const at = { bucket, key: row.key };
  const known = new Map((await partsAtServer(sending, row)).map((part) => [part.number, part]));
  if (row.multipart === undefined && known.size > 0) {
    const there = await completed(sending, row, [...known.values()]);
    if (there) return end(sending, row, there);
    known.clear();
    store.dropParts(row.n);
  }
  const source = await sending.sourceOf(row).open(row);
  try {
    if (row.multipart === undefined) {
      if (onlyNew(row)) await requireNew(sending, row);
      if (row.partSize !== undefined) await sending.retry(() => abandonOne(client, bucket, row), hard);
      const multipart = await sending.retry(async (attempt) => {
        // One whose answer was lost would stay at the server.
        if (attempt > 0) await abandonOne(client, bucket, row);
        // On disk before the server hears of it, so that nothing of it is forgotten there.
        change(row, { state: 'sending', begun: true, begunAt: new Date().toISOString(), partSize: partSizeOf(row.size), sent: 0 });
        store.flush();
        return client.beginParts(at, { encrypt, signal: hard, ...(row.type ? { contentType: row.type } : {}) });
      }, hard);
      change(row, { multipart });
      store.flush();
    } else await compare(sending, row, source, known);
    await sendMissing(sending, row, source, known);
    await source.unchanged();
  } finally {
    await source.close();
  }
  if (soft.aborted && known.size < countOf(row)) throw new AppError('cancelled');
  const parts = [...known.values()].sort((one, other) => one.number - other.number);
  // By all of its parts a completed upload is known again after a kill.
  sending.store.flush();
  const written = await sending.retry(async (attempt) => {
    const there = attempt > 0 ? await completed(sending, row, parts) : undefined;
    return there ?? client.completeParts(at, row.multipart ?? '', parts, { encrypt, onlyNew: onlyNew(row), signal: hard });
  }, hard);
  await end(sending, row, written);
}

const countOf = ({ size, partSize = partSizeOf(size) }: Row): number => Math.ceil(size / partSize);

/** What is recorded and what the server lists, as far as they agree. The upload id goes where the server has forgotten it. */
async function partsAtServer({ client, bucket, store, retry, hard, change }: Sending, row: Row): Promise<Part[]> {
  const recorded = store.parts(row.n);
  const { multipart } = row;
  if (multipart === undefined) return recorded;
  try {
    const listed = new Map(
      (await retry(() => client.listParts({ bucket, key: row.key }, multipart), hard)).map((part) => [part.number, part]),
    );
    return recorded.filter(({ number, etag, size, checksum }) => {
      const there = listed.get(number);
      return checksum !== undefined && there?.etag === etag && there.size === size;
    });
  } catch (error) {
    if (!isAppError(error, 'uploadUnknown')) throw error;
    change(row, { multipart: undefined });
    return recorded;
  }
}

/** The object that these parts became, where completing them was not heard of any more. */
function completed(sending: Sending, row: Row, parts: readonly Part[]): Promise<Written | undefined> {
  const whole = compositeOf([...parts].sort((one, other) => one.number - other.number));
  return sending.retry(() => landed(sending, row, ({ checksums }) => checksums.some(({ value }) => value === whole)), sending.hard);
}

async function requireNew({ client, bucket, customerKey, retry, hard }: Sending, row: Row): Promise<void> {
  try {
    await retry(() => client.head({ bucket, key: row.key }, { customerKey, signal: hard }), hard);
  } catch (error) {
    if (isAppError(error, 'objectMissing')) return;
    if (!isAppError(error) || !error.code.startsWith('customerKey')) throw error;
  }
  throw new AppError('objectExists', { where: `${bucket}/${row.key}` });
}

/** The file must still be the one of which the server has parts. Throws `uploadSourceChanged`. */
async function compare({ slots, hard, pool }: Sending, row: Row, source: OpenSource, known: ReadonlyMap<number, Part>): Promise<void> {
  const numbers = [...known.keys()].sort((one, other) => one - other);
  const chosen = new Set([numbers[0], numbers.at(-1)]);
  for (const left = [...numbers]; chosen.size < Math.min(comparedAtMost, numbers.length); )
    chosen.add(left.splice(Math.floor(Math.random() * left.length), 1)[0]);
  for (const number of chosen) {
    const part = number === undefined ? undefined : known.get(number);
    if (!part) continue;
    const [from, to] = partRange(row.size, row.partSize ?? partSizeOf(row.size), part.number);
    const release = await slots.take(to - from, hard);
    try {
      const bytes = await source.read(from, to, hard, pool);
      const same = partChecksum(bytes) === part.checksum;
      pool.give(bytes);
      if (!same) throw new AppError('uploadSourceChanged', { name: row.path, reason: `${from}–${to}` });
    } finally {
      release();
    }
  }
}

/** Adds to `known` what it sent. The first failure ends the other parts of this file, too. */
async function sendMissing(sending: Sending, row: Row, source: OpenSource, known: Map<number, Part>): Promise<void> {
  const { client, bucket, encrypt, slots, pool, retry, store, change } = sending;
  const { multipart = '', partSize = partSizeOf(row.size) } = row;
  const stop = new AbortController();
  const hard = AbortSignal.any([sending.hard, stop.signal]);
  const soft = AbortSignal.any([sending.soft, stop.signal]);
  let confirmed = [...known.values()].reduce((sum, { size }) => sum + size, 0);
  const onTheWay = new Map<number, number>();
  const tell = (): void => change(row, { state: 'sending', sent: [...onTheWay.values()].reduce((sum, bytes) => sum + bytes, confirmed) });
  tell();

  async function send(number: number): Promise<void> {
    const [from, to] = partRange(row.size, partSize, number);
    const bytes = await source.read(from, to, hard, pool);
    const part = await retry(() => {
      onTheWay.set(number, 0);
      const onSent = (sent: number): void => {
        // A request that was ended may still tell of a last slice.
        if (hard.aborted) return;
        onTheWay.set(number, sent);
        tell();
      };
      return client.putPart({ bucket, key: row.key }, multipart, number, bytes, { encrypt, signal: hard, onSent });
    }, hard);
    pool.give(bytes);
    known.set(number, part);
    store.addPart(row.n, part);
    onTheWay.delete(number);
    confirmed += part.size;
    tell();
  }

  const active = new Set<Promise<void>>();
  let failed: { error: unknown } | undefined;
  for (let number = 1; number <= countOf(row); number++) {
    if (known.has(number)) continue;
    const [from, to] = partRange(row.size, partSize, number);
    const release = await slots.take(to - from, soft).catch(() => undefined);
    if (!release) break;
    const work = send(number)
      .catch((error: unknown) => {
        failed ??= { error };
        // A part that was not begun any more must not end those that are on their way.
        if (!isAppError(error, 'cancelled')) stop.abort();
      })
      .finally(() => {
        release();
        active.delete(work);
      });
    active.add(work);
  }
  await Promise.all(active);
  // What was still on its way does not count any more.
  onTheWay.clear();
  tell();
  if (failed) throw failed.error;
}

async function end(sending: Sending, row: Row, written: Written): Promise<void> {
  // The parts stay known until it was read back: after a kill they tell that the object there is this one.
  sending.change(row, { state: 'checking', multipart: undefined });
  await checkItem(sending, row, written, true);
  sending.store.dropParts(row.n);
}
