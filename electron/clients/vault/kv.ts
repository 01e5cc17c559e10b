import { z } from 'zod';
import { joined, type VaultHttp } from './http.ts';

export type KvVersion = 1 | 2;

const fields = z.record(z.string(), z.string());
const readV1 = z.looseObject({ data: fields });
const readV2 = z.looseObject({ data: z.looseObject({ data: fields }) });
const listed = z.looseObject({ data: z.looseObject({ keys: z.array(z.string()) }) });

/** Where an entry lies: v2 puts `data/` or `metadata/` after the mount (trap 8). */
export function kvPath(mount: string, version: KvVersion, part: 'data' | 'metadata', path: string): string {
  return version === 1 ? joined(mount, path) : joined(mount, part, path);
}

/** The K/V engine in both versions, with one meaning for each call. */
export function vaultKv(http: VaultHttp) {
  return {
    /** `undefined` when there is none, and for an entry of v2 whose newest version is deleted. */
    async kvRead(mount: string, version: KvVersion, path: string): Promise<Record<string, string> | undefined> {
      if (version === 1) return (await http.find(readV1, 'GET', kvPath(mount, 1, 'data', path)))?.data;
      return (await http.find(readV2, 'GET', kvPath(mount, 2, 'data', path)))?.data.data;
    },
    /** `cas` is for v2 only: 0 writes only when no version exists. v1 has no such check. */
    async kvWrite(
      mount: string,
      version: KvVersion,
      path: string,
      data: Record<string, string>,
      options: { cas?: number } = {},
    ): Promise<void> {
      const body = version === 1 ? data : options.cas === undefined ? { data } : { data, options: { cas: options.cas } };
      await http.send('POST', kvPath(mount, version, 'data', path), { body });
    },
    /** v2: all versions and the metadata, as KES deletes a key. Deleting what is not there is no error. */
    async kvDelete(mount: string, version: KvVersion, path: string): Promise<void> {
      await http.send('DELETE', kvPath(mount, version, 'metadata', path));
    },
    /** Names below `path`; folders end in `/`. Empty when there is nothing. */
    async kvList(mount: string, version: KvVersion, path: string): Promise<string[]> {
      return (await http.find(listed, 'GET', `${kvPath(mount, version, 'metadata', path)}?list=true`))?.data.keys ?? [];
    },
  };
}
