import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { UploadItem } from '../../../shared/uploads.ts';
import { compareKeys } from '../../clients/s3/keyOrder.ts';
import type { ListedObject } from '../../clients/s3/listObjects.ts';
import type { S3 } from '../../clients/s3/s3Client.ts';
import { createSlots } from './slots.ts';

export type Exists = NonNullable<UploadItem['exists']>;
interface Name {
  n: number;
  key: string;
}
interface Deps {
  s3: Pick<S3, 'listObjects'>;
  bucket: string;
  signal: AbortSignal;
  /** Names that were looked up so far. */
  tell: (done: number) => void;
}

const atOnce = 8;
/** A folder with so few names is asked for each of them; of others the folder is listed. */
const few = 4;

/**
 * Which of the names, so many as are held in memory at a time, are there already: folders are listed, and where a folder holds far more than is to be sent, the rest
 * of its names is asked for one by one, each by a listing that begins with it, which tells its encryption, too.
 */
export async function lookForConflicts(names: Iterable<Name>, deps: Deps): Promise<Map<number, Exists>> {
  const folders = new Map<string, Name[]>();
  for (const name of names) {
    const folder = name.key.slice(0, name.key.lastIndexOf('/') + 1);
    const found = folders.get(folder);
    if (found) found.push(name);
    else folders.set(folder, [name]);
  }
  const slots = createSlots(atOnce);
  const result = new Map<number, Exists>();
  let done = 0;
  const note = (name: Name, object: ListedObject | undefined): void => {
    if (object) result.set(name.n, existsOf(object));
    done += 1;
    deps.tell(done);
  };
  await Promise.all(
    [...folders.values()].map(async (inFolder) => {
      const release = await slots.take(0, deps.signal);
      try {
        if (inFolder.length <= few) for (const name of inFolder) note(name, await askFor(name, deps));
        else await listFolder(inFolder, deps, note);
      } finally {
        release();
      }
    }),
  );
  return result;
}

async function listFolder(names: Name[], deps: Deps, note: (name: Name, object: ListedObject | undefined) => void): Promise<void> {
  const { s3, bucket, signal } = deps;
  const byKey = new Map(names.map((name) => [name.key, name]));
  const keys = names.map(({ key }) => key).sort(compareKeys);
  const prefix = commonStart(keys);
  const last = keys.at(-1) ?? '';
  // The names may be a portion of many more: what comes before them in the folder is none of them.
  const after = withoutLast(keys[0] ?? '');
  // So many pages cost what the names would cost one by one.
  let pages = Math.ceil(names.length / 8) + 1;
  let token: string | undefined;
  let blocked = false;
  do {
    const page = await s3
      .listObjects(bucket, { prefix, delimiter: '/', signal, ...(token === undefined ? { after } : { token }) })
      .catch((error: unknown) => {
        if (signal.aborted || !oneBlocks(error)) throw error;
        return undefined;
      });
    if (!page) {
      blocked = true;
      break;
    }
    for (const object of page.objects) {
      const name = byKey.get(object.key);
      if (name) note(name, object);
      byKey.delete(object.key);
    }
    const [reached] = page.objects.slice(-1);
    token = reached && compareKeys(reached.key, last) > 0 ? undefined : page.next;
    pages -= 1;
  } while (token !== undefined && pages > 0 && byKey.size > 0);
  const all = token === undefined && !blocked;
  for (const name of byKey.values()) note(name, all ? undefined : await askFor(name, deps));
}

/** The name itself sorts before all longer ones. */
async function askFor({ key }: Name, { s3, bucket, signal }: Deps): Promise<ListedObject | undefined> {
  if (signal.aborted) throw new AppError('cancelled');
  try {
    const { objects } = await s3.listObjects(bucket, { prefix: key, delimiter: '/', maxKeys: 1, signal });
    return objects.find((object) => object.key === key);
  } catch (error) {
    // It is there, though its key is not; the size is not told without it.
    if (oneBlocks(error)) return { key, size: 0 };
    throw error;
  }
}

/** A listing fails as a whole where one of its objects lacks its key (minio.md 4.6). */
function oneBlocks(error: unknown): boolean {
  return (
    isAppError(error) && ['kmsKeyNotFound', 'kmsKeyDiffers', 'kmsNotAuthorised', 'kmsNotConfigured', 'objectTampered'].includes(error.code)
  );
}

function existsOf({ size, modifiedAt, encryption }: ListedObject): Exists {
  return { size, ...(modifiedAt === undefined ? {} : { modifiedAt }), ...(encryption === undefined ? {} : { encryption }) };
}

/** Without its last character, which may be two units. */
function withoutLast(text: string): string {
  return text.replace(/.$/su, '');
}

function commonStart(keys: readonly string[]): string {
  let start = keys[0] ?? '';
  for (const key of keys) while (!key.startsWith(start)) start = withoutLast(start);
  return start;
}
