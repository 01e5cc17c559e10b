import { z } from 'zod';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Listed, ListingClient } from './listing.ts';
import { factsOf } from './objectFacts.ts';
import { explainCustomerKey } from './objectFailures.ts';
import { customerHeaders } from './objectHeaders.ts';
import type { ObjectRequest, ObjectSender } from './objectSender.ts';
import type { At, Got, ListedVersion, ObjectClient } from './objectTypes.ts';
import { childrenOf, readLeaves, readXml } from './smallXml.ts';

const tag = z.object({ Key: z.string().min(1), Value: z.string().default('') });
const part = z.object({ PartNumber: z.coerce.number().int(), Size: z.coerce.number().int() });
const retention = z.object({ Mode: z.enum(['GOVERNANCE', 'COMPLIANCE']), RetainUntilDate: z.string().min(1) });
const hold = z.object({ Status: z.enum(['ON', 'OFF']) });

type ReadCalls = Pick<ObjectClient, 'head' | 'get' | 'readByte' | 'partSizes' | 'tags' | 'retention' | 'legalHold' | 'versions'>;
type ReadOptions = Parameters<ObjectClient['get']>[1];

export function readCalls(sender: ObjectSender, listing: ListingClient): ReadCalls {
  const { host } = sender;

  async function read(method: 'GET' | 'HEAD', at: At, { customerKey, range, signal }: NonNullable<ReadOptions> = {}) {
    const request: ObjectRequest = {
      method,
      ...pathOf(at),
      headers: { 'x-amz-checksum-mode': 'ENABLED', ...customerHeaders(customerKey), ...(range === undefined ? {} : { range }) },
      signal,
      open: method === 'GET',
    };
    try {
      return await sender.demand(request);
    } catch (error) {
      if (!customerKey) throw error;
      throw await explainCustomerKey(error, () => sender.demand({ method: 'HEAD', ...pathOf(at), signal }));
    }
  }

  async function get(at: At, options?: ReadOptions): Promise<Got> {
    const { status, headers, stream } = await read('GET', at, options);
    if (!stream) throw new Error('a GET that was opened has a body');
    if (status === 206 && !isPartOf(headers['content-range'], options?.range)) {
      stream.destroy();
      throw new AppError('answerNotUnderstood', {
        host,
        reason: `it was asked for ${options?.range ?? 'all'} and answers with ${headers['content-range'] ?? '-'}`.slice(0, 200),
      });
    }
    return { facts: factsOf(headers), status, body: stream };
  }

  /** The XML below `?what`; undefined where the server says that there is none. */
  async function below(at: At, what: string, none: readonly string[]) {
    const { bucket, key, query } = pathOf(at);
    try {
      return readXml((await sender.demand({ method: 'GET', bucket, key, query: { ...query, [what]: '' } })).text, host);
    } catch (error) {
      if (isAppError(error) && none.includes(String(error.details.code))) return undefined;
      throw error;
    }
  }

  return {
    head: async (at, options) => factsOf((await read('HEAD', at, options)).headers),
    get,

    async readByte(at, size, options) {
      if (size === 0) return false;
      const { body } = await get(at, { ...options, range: 'bytes=0-0' });
      let bytes = 0;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        // A server that sends more may never end; one that does not keeps its connection.
        if (bytes > 1) break;
      }
      return bytes > 0;
    },

    async partSizes(at, { customerKey, signal } = {}) {
      const { bucket, key, query } = pathOf(at);
      const headers = { 'x-amz-object-attributes': 'ObjectParts', 'x-amz-max-parts': '10000', ...customerHeaders(customerKey) };
      const answer = await sender.demand({ method: 'GET', bucket, key, query: { ...query, attributes: '' }, headers, signal });
      const [parts] = childrenOf(readXml(answer.text, host), 'ObjectParts');
      const sizes = childrenOf(parts ?? nothing, 'Part').map((node) => readLeaves(node, part, host));
      return sizes.length === 0 ? undefined : sizes.sort((a, b) => a.PartNumber - b.PartNumber).map(({ Size }) => Size);
    },

    async tags(at) {
      const root = await below(at, 'tagging', ['NoSuchTagSet']);
      const nodes = childrenOf(root ?? nothing, 'TagSet').flatMap((set) => childrenOf(set, 'Tag'));
      return Object.fromEntries(nodes.map((node) => readLeaves(node, tag, host)).map(({ Key, Value }) => [Key, Value]));
    },

    async retention(at) {
      const root = await below(at, 'retention', noLock);
      if (!root || childrenOf(root, 'Mode').length === 0) return undefined;
      const { Mode, RetainUntilDate } = readLeaves(root, retention, host);
      return { mode: Mode, until: RetainUntilDate };
    },

    async legalHold(at) {
      const root = await below(at, 'legal-hold', noLock);
      return root !== undefined && childrenOf(root, 'Status').length > 0 && readLeaves(root, hold, host).Status === 'ON';
    },

    async versions(bucket, key, few) {
      const found: ListedVersion[] = [];
      if (few !== undefined) {
        const { entries } = await listing.page({ bucket, versions: true, prefix: key, maxKeys: few, metadata: false });
        return entries.filter((entry) => entry.key === key).map(versionOf);
      }
      let page = await listing.page({ bucket, versions: true, prefix: key });
      for (;;) {
        found.push(...page.entries.filter((entry) => entry.key === key).map(versionOf));
        // Longer names come behind all versions of this one.
        if (!page.next || page.entries.some((entry) => entry.key !== key)) return found;
        page = await listing.page({ bucket, versions: true, prefix: key, token: page.next });
      }
    },
  };
}

/** Of a range that was asked for, all or its beginning: an object may have become shorter. */
function isPartOf(told = '', asked = ''): boolean {
  const [, from, to] = /^bytes (\d{1,16})-(\d{1,16})\/\d{1,16}$/.exec(told) ?? [];
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(asked) ?? [];
  return from !== undefined && from === first && Number(to) <= Number(last);
}

const nothing = { name: '', text: '', children: [] };
/** MinIO's second answer is for a bucket without object lock. */
const noLock = ['NoSuchObjectLockConfiguration', 'InvalidRequest'];

export function pathOf({ bucket, key, versionId }: At): { bucket: string; key: string; query: Record<string, string> } {
  return { bucket, key, query: versionId === undefined ? {} : { versionId } };
}

function versionOf({ versionId = 'null', latest, deleteMarker, size, modifiedAt, etag, state, kmsKey }: Listed): ListedVersion {
  const said = state === 'unknown' || state === 'unreadable' ? undefined : state;
  return {
    versionId,
    latest,
    deleteMarker,
    size,
    modifiedAt: new Date(modifiedAt).toISOString(),
    etag,
    ...(said === undefined ? {} : { encryption: { state: said, ...(kmsKey === undefined ? {} : { key: kmsKey }) } }),
  };
}
