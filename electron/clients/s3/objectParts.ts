import { z } from 'zod';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { algorithms, checksumHeaders, compositeOf, confirmed, partChecksum } from './objectChecksum.ts';
import { bareTag } from './objectFacts.ts';
import { meaning } from './objectFailures.ts';
import { customerHeaders, descriptionHeaders, encryptHeaders } from './objectHeaders.ts';
import { refuseName } from './objectName.ts';
import type { ObjectSender } from './objectSender.ts';
import type { Encrypt, ObjectClient, Part, Written } from './objectTypes.ts';
import { childrenOf, escapeXml, readLeaves, readXml } from './smallXml.ts';

/** Completing 10,000 parts takes the server a while, and it says nothing meanwhile. */
const completeMs = 10 * 60_000;

const begun = z.object({ UploadId: z.string().min(1) });
const listedPart = z.object({
  PartNumber: z.coerce.number().int().min(1).max(10_000),
  ETag: z.string().min(1),
  Size: z.coerce.number().int().min(0),
  ChecksumCRC32C: z.string().optional(),
});
const listedUpload = z.object({ Key: z.string().min(1), UploadId: z.string().min(1), Initiated: z.string().optional() });
const completed = z.object({ ETag: z.string().min(1), ChecksumCRC32C: z.string().optional() });
const pageOfParts = z.object({ IsTruncated: z.string().optional(), NextPartNumberMarker: z.string().optional() });
const pageOfUploads = z.object({
  IsTruncated: z.string().optional(),
  NextKeyMarker: z.string().optional(),
  NextUploadIdMarker: z.string().optional(),
  EncodingType: z.string().optional(),
});

type PartCalls = Pick<ObjectClient, 'beginParts' | 'putPart' | 'listParts' | 'completeParts' | 'abortParts' | 'listUploads'>;

/** Uploads in parts (minio.md 3.3 and 3.8): the beginning fixes type and key of the whole; SSE-C goes with every part and the end. */
export function partCalls(sender: ObjectSender): PartCalls {
  const { host } = sender;
  const ofCustomer = (encrypt: Encrypt): Record<string, string> => (encrypt.kind === 'sse-c' ? customerHeaders(encrypt.key) : {});

  return {
    async beginParts({ bucket, key }, { signal, ...options }) {
      refuseName(key);
      const headers = { ...encryptHeaders(options.encrypt), ...descriptionHeaders(options), 'x-amz-checksum-algorithm': algorithms.part };
      const work = sender.demand({ method: 'POST', bucket, key, query: { uploads: '' }, headers, signal });
      return readLeaves(readXml((await work).text, host), begun, host).UploadId;
    },

    async putPart({ bucket, key }, uploadId, number, body, { encrypt, signal, onSent }) {
      const sum = partChecksum(body);
      const { headers } = await sender.demand({
        method: 'PUT',
        bucket,
        key,
        query: { partNumber: String(number), uploadId },
        headers: { ...ofCustomer(encrypt), [checksumHeaders.part]: sum },
        payload: body,
        // The checksum is signed; TLS keeps the bytes as they are on the way.
        ...(sender.secure ? { payloadHash: 'UNSIGNED-PAYLOAD' } : {}),
        signal,
        onSent,
        // The same part again takes the place of the first.
        repeatable: true,
      });
      const checksum = confirmed('part', sum, headers, `${bucket}/${key}`);
      return { number, etag: bareTag(headers.etag ?? ''), size: body.length, ...(checksum ? { checksum: checksum.value } : {}) };
    },

    async listParts({ bucket, key }, uploadId) {
      const parts: Part[] = [];
      for (let marker = '0'; ; ) {
        const query = { uploadId, 'max-parts': '1000', 'part-number-marker': marker };
        const page = readXml((await sender.demand({ method: 'GET', bucket, key, query })).text, host);
        for (const node of childrenOf(page, 'Part')) {
          const { PartNumber, ETag, Size, ChecksumCRC32C } = readLeaves(node, listedPart, host);
          parts.push({ number: PartNumber, etag: bareTag(ETag), size: Size, ...(ChecksumCRC32C ? { checksum: ChecksumCRC32C } : {}) });
        }
        const { IsTruncated, NextPartNumberMarker: next = '' } = readLeaves(page, pageOfParts, host);
        if (IsTruncated !== 'true') return parts.sort((a, b) => a.number - b.number);
        if (!(Number(next) > Number(marker))) throw goesNowhere('parts');
        marker = next;
      }
    },

    async completeParts({ bucket, key }, uploadId, parts, { encrypt, signal, onlyNew }): Promise<Written> {
      const lines = parts.map(
        ({ number, etag, checksum }) =>
          `<Part><PartNumber>${number}</PartNumber><ETag>"${escapeXml(etag)}"</ETag>${checksum === undefined ? '' : `<ChecksumCRC32C>${escapeXml(checksum)}</ChecksumCRC32C>`}</Part>`,
      );
      const work = sender.demand({
        method: 'POST',
        bucket,
        key,
        query: { uploadId },
        headers: { ...ofCustomer(encrypt), ...(onlyNew ? { 'if-none-match': '*' } : {}) },
        payload: Buffer.from(`<CompleteMultipartUpload>${lines.join('')}</CompleteMultipartUpload>`),
        signal,
        firstByteMs: completeMs,
      });
      const { headers, text } = await meaning(work, 412, 'objectExists');
      const { ETag, ChecksumCRC32C: value } = readLeaves(readXml(text, host), completed, host);
      const wanted = compositeOf(parts);
      if (value !== undefined && wanted !== undefined && value !== wanted)
        throw new AppError('uploadChecksumDiffers', { where: `${bucket}/${key}`, sent: wanted, got: value });
      const versionId = headers['x-amz-version-id'];
      return {
        etag: bareTag(ETag),
        ...(versionId === undefined ? {} : { versionId }),
        ...(value === undefined ? {} : { checksum: { algorithm: algorithms.part, value, composite: true } }),
      };
    },

    async abortParts({ bucket, key }, uploadId) {
      try {
        await sender.demand({ method: 'DELETE', bucket, key, query: { uploadId }, repeatable: true });
      } catch (error) {
        if (!isAppError(error, 'uploadUnknown')) throw error;
      }
    },

    async listUploads(bucket, prefix) {
      // MinIO takes a prefix for a whole name, and names all uploads (of which a node knows) only without one.
      const found = [...(await uploadsBelow(bucket, prefix)), ...(prefix === '' ? [] : await uploadsBelow(bucket, ''))];
      const matching = found.filter(({ key }) => key.startsWith(prefix));
      return [...new Map(matching.map((upload) => [upload.uploadId, upload])).values()];
    },
  };

  async function uploadsBelow(bucket: string, prefix: string): Promise<Awaited<ReturnType<ObjectClient['listUploads']>>> {
    const uploads: Awaited<ReturnType<ObjectClient['listUploads']>> = [];
    const markers: Record<string, string> = {};
    for (;;) {
      const query = { uploads: '', prefix, 'max-uploads': '1000', 'encoding-type': 'url', ...markers };
      const page = readXml((await sender.demand({ method: 'GET', bucket, query })).text, host);
      const { IsTruncated, NextKeyMarker, NextUploadIdMarker, EncodingType } = readLeaves(page, pageOfUploads, host);
      const plain = (text: string): string => {
        try {
          return EncodingType === 'url' ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
        } catch (cause) {
          throw new AppError('answerNotUnderstood', { host, reason: 'a name in its list of uploads is not encoded as it says' }, { cause });
        }
      };
      for (const node of childrenOf(page, 'Upload')) {
        const { Key, UploadId, Initiated } = readLeaves(node, listedUpload, host);
        uploads.push({ key: plain(Key), uploadId: UploadId, ...(Initiated === undefined ? {} : { startedAt: Initiated }) });
      }
      if (IsTruncated !== 'true') return uploads;
      if (!NextKeyMarker || (plain(NextKeyMarker) === markers['key-marker'] && NextUploadIdMarker === markers['upload-id-marker']))
        throw goesNowhere('uploads');
      markers['key-marker'] = plain(NextKeyMarker);
      if (NextUploadIdMarker) markers['upload-id-marker'] = NextUploadIdMarker;
    }
  }

  function goesNowhere(what: string): AppError {
    return new AppError('answerNotUnderstood', { host, reason: `the list of ${what} goes on, and does not say where` });
  }
}
