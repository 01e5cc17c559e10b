import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import { createSum, type Sum } from '../../../clients/s3/checksums.ts';
import type { At, ObjectClient, ObjectFacts } from '../../../clients/s3/objectTypes.ts';

/**
 * What the server keeps of a content: a checksum of all of it, or one of its parts' checksums with the parts' sizes. `none`:
 * it keeps nothing that can be worked out here.
 */
export type Expected =
  | { kind: 'whole'; algorithm: string; value: string }
  | { kind: 'parts'; algorithm: string; value: string; sizes: readonly number[] }
  | { kind: 'none' };

/** A whole checksum before one of parts. Asks once more for the sizes of parts. */
export async function expectedOf(
  client: Pick<ObjectClient, 'partSizes'>,
  at: At,
  facts: Pick<ObjectFacts, 'checksums' | 'size'>,
  customerKey?: Secret,
): Promise<Expected> {
  const known = facts.checksums.filter(({ algorithm }) => createSum(algorithm) !== undefined);
  const whole = known.find(({ composite }) => !composite);
  if (whole) return { kind: 'whole', algorithm: whole.algorithm, value: whole.value };
  const [composite] = known;
  if (!composite) return { kind: 'none' };
  const told = (await client.partSizes(at, { customerKey })) ?? [];
  // Seen on a real MinIO: of an encrypted object it tells what its parts take on the disk.
  const sizes = [told, told.map(contentBytes)].find((some) => some.reduce((all, size) => all + size, 0) === facts.size);
  // `value` ends with the number of parts, where the server says it.
  const count = /-(\d+)$/.exec(composite.value)?.[1];
  if (!sizes || sizes.length === 0 || (count !== undefined && Number(count) !== sizes.length)) return { kind: 'none' };
  return { kind: 'parts', algorithm: composite.algorithm, value: composite.value.replace(/-\d+$/, ''), sizes };
}

/** Each 64 KiB of content, and what is left of it, takes 32 bytes more (minio.md 3.2). */
function contentBytes(onDisk: number): number {
  return onDisk - 32 * Math.ceil(onDisk / (65_536 + 32));
}

export interface ContentCheck {
  /** The next bytes, in order. */
  update(bytes: Uint8Array): void;
  /** Throws `downloadDiffers`. False: there was nothing to compare with. */
  end(): boolean;
}

export function createContentCheck(expected: Expected, where: string): ContentCheck {
  if (expected.kind === 'none') return { update: () => undefined, end: () => false };
  const { algorithm, value } = expected;
  const sizes = expected.kind === 'parts' ? [...expected.sizes] : [Number.POSITIVE_INFINITY];
  const digests: Buffer[] = [];
  let sum = sumOf(algorithm);
  let left = sizes.shift() ?? 0;
  return {
    update(bytes) {
      let rest = bytes;
      while (rest.length > left) {
        sum.update(rest.subarray(0, left));
        digests.push(sum.digest());
        rest = rest.subarray(left);
        sum = sumOf(algorithm);
        left = sizes.shift() ?? Number.POSITIVE_INFINITY;
      }
      sum.update(rest);
      left -= rest.length;
    },
    end() {
      digests.push(sum.digest());
      mustBe(expected.kind === 'parts' ? compositeOf(algorithm, digests) : (digests[0] ?? Buffer.alloc(0)), value, where);
      return true;
    },
  };
}

/** The checksum of checksums, in the order of the parts. */
export function compositeOf(algorithm: string, digests: readonly Buffer[]): Buffer {
  const sum = sumOf(algorithm);
  for (const digest of digests) sum.update(digest);
  return sum.digest();
}

export function sumOf(algorithm: string): Sum {
  const sum = createSum(algorithm);
  if (!sum) throw new Error(`no checksum ${algorithm}`);
  return sum;
}

/** Throws `downloadDiffers`. */
export function mustBe(digest: Buffer, value: string, where: string): void {
  if (digest.toString('base64') !== value) throw new AppError('downloadDiffers', { where });
}

/**
 * The last piece waits for the comparison, so that a browser never has a whole file that differs. Throws `downloadCutShort`
 * for another number of bytes than it was told: more would be read as the engine's next answer on that connection.
 */
export async function* checked(body: AsyncIterable<Buffer>, check: ContentCheck, size: number, where: string): AsyncGenerator<Buffer> {
  let held: Buffer | undefined;
  let seen = 0;
  for await (const chunk of body) {
    seen += chunk.length;
    if (seen > size) break;
    check.update(chunk);
    if (held) yield held;
    held = chunk;
  }
  if (seen !== size) throw new AppError('downloadCutShort', { where, expected: size, got: seen });
  check.end();
  if (held) yield held;
}
