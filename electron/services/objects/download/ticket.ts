import { Readable } from 'node:stream';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { customerKeysOf } from '../../../clients/s3/customerKeys.ts';
import { minioEndpoint } from '../../../clients/s3/forStack.ts';
import { createObjectClient } from '../../../clients/s3/objectClient.ts';
import type { At } from '../../../clients/s3/objectTypes.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import type { FileStore, OfferedFile } from '../../../platform/files.ts';
import { checked, createContentCheck, expectedOf } from './contentCheck.ts';
import { findObject } from './find.ts';
import { safePath, versionName } from './safeNames.ts';
import { leave } from './transfer.ts';

/** Opens an object and offers it once. Its stream breaks before its end when the content is not what the server's checksum says. */
export async function offerObject(
  access: StackAccess,
  files: Pick<FileStore, 'offer'>,
  wanted: At,
): Promise<{ downloadPath: string; name: string; size: number }> {
  const client = createObjectClient(await minioEndpoint(access), { connections: 4 });
  try {
    const { at, facts, customerKey } = await findObject(client, customerKeysOf(access), wanted);
    const expected = await expectedOf(client, at, facts, customerKey);
    const got = await client.get(at, { customerKey });
    const where = `${at.bucket}/${at.key}`;
    const { etag, size } = facts;
    if (got.facts.etag !== etag || got.facts.size !== size) {
      leave(got);
      throw new AppError('objectChanged', { where });
    }
    const bytes = checked(got.body as AsyncIterable<Buffer>, createContentCheck(expected, where), size, where);
    const content = Readable.from(bytes, { objectMode: false });
    // Also when nobody came for it.
    content.once('close', () => {
      leave(got);
      void client.close();
    });
    const plain = safePath(at.key, 'win32').parts.at(-1) ?? 'object';
    const name = wanted.versionId === undefined ? plain : versionName(plain, wanted.versionId);
    const file: OfferedFile = { name, type: 'application/octet-stream', content, size };
    return { ...files.offer(file), name, size };
  } catch (error) {
    await client.close();
    throw error;
  }
}
