import type { z } from 'zod';
import type { kmsKind } from '../../../shared/buckets.ts';
import { say } from '../../../shared/text.ts';
import { automaticEncryption } from '../../clients/minioAdmin/automaticEncryption.ts';
import { partOf } from '../../clients/partOf.ts';
import type { Minio } from './connection.ts';

export type KmsKind = z.infer<typeof kmsKind>;

/** How MinIO comes to its keys, as it says itself (minio.md 2.1, 5.5), and what to do where that is not a KES. */
export async function kmsKindOf({ admin }: Pick<Minio, 'admin'>): Promise<KmsKind> {
  const [status, automatic] = await Promise.all([partOf(admin.kmsStatus()), automaticEncryption(admin)]);
  const known = automatic === undefined ? {} : { autoEncryption: automatic };
  if (status.error?.code === 'kmsNotConfigured')
    return { kind: 'none', autoEncryption: false, says: say('bucketKmsNone'), next: say('bucketKmsNoneNext') };
  if (!status.value) return { kind: 'unknown', ...known, says: say('bucketKmsUnread', { code: status.error?.code ?? '' }) };
  const { name, defaultKey, endpoints } = status.value;
  const about = { ...known, ...(defaultKey === '' ? {} : { defaultKey }) };
  if (name === 'MinIO KES') {
    const hosts = endpoints.map(({ url }) => url.replace('https://', '')).join(', ');
    const down = endpoints.filter(({ online }) => !online).length;
    if (endpoints.length > 0 && down === endpoints.length) return { kind: 'kes', ...about, says: say('bucketKmsKesDown', { hosts }) };
    return { kind: 'kes', ...about, says: say('bucketKmsKes', { hosts, key: defaultKey }) };
  }
  if (name === 'MinIO builtin')
    return {
      kind: 'static',
      ...about,
      says: say('bucketKmsStatic', { key: defaultKey }),
      next: say('bucketKmsStaticNext', { key: defaultKey }),
    };
  return { kind: 'unknown', ...about, says: say('bucketKmsOther', { name: name.slice(0, 60) }) };
}
