import type { Readable } from 'node:stream';
import type { ObjectState } from '../../../shared/objects.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { Sink } from './bulkAnswer.ts';

/** How to write. `rule`: no header. An SSE-C key is base64 of 32 bytes. */
export type Encrypt =
  | { kind: 'rule' }
  | { kind: 'sse-s3' }
  | { kind: 'sse-kms'; key: string; context?: Readonly<Record<string, string>> | undefined }
  | { kind: 'sse-c'; key: Secret };

/** One object, or one version of it. */
export interface At {
  bucket: string;
  key: string;
  versionId?: string | undefined;
}

/** What the server keeps of the content. `composite`: a checksum of the parts' checksums. */
export interface Checksum {
  algorithm: string;
  /** Base64, for a composite one with `-<parts>` behind it. */
  value: string;
  composite: boolean;
}

export interface Lock {
  mode?: 'GOVERNANCE' | 'COMPLIANCE' | undefined;
  /** ISO. */
  until?: string | undefined;
  hold?: boolean | undefined;
}

export interface WriteOptions {
  encrypt: Encrypt;
  contentType?: string | undefined;
  /** Without the `x-amz-meta-`. */
  metadata?: Readonly<Record<string, string>> | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
  lock?: Lock | undefined;
  /** Refused with 412 (`objectExists`) when the name is taken. */
  onlyNew?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

export interface Written {
  etag: string;
  versionId?: string;
  /** As the server confirmed it; absent: it keeps none. */
  checksum?: Checksum;
  /** Only where the answer says it (minio.md 3.3): PUT of one piece does, completing does not. */
  encryption?: ObjectState;
}

export interface Part {
  number: number;
  etag: string;
  size: number;
  /** Base64 of its CRC32C, as the server confirmed it; absent: it keeps none. */
  checksum?: string;
}

/** What HEAD or GET say. */
export interface ObjectFacts {
  size: number;
  modifiedAt?: string;
  etag: string;
  versionId?: string;
  contentType?: string;
  encryption: ObjectState;
  context?: Record<string, string>;
  customerKeyMd5?: string;
  checksums: Checksum[];
  parts?: number;
  storageClass?: string;
  metadata: Record<string, string>;
  lock?: Lock;
  tagCount?: number;
  /** Headers that a copy with REPLACE would have to send again: cache-control, content-encoding … */
  headers: Record<string, string>;
}

export interface CopyOptions {
  from: At & { customerKey?: Secret | undefined };
  to: { bucket: string; key: string };
  encrypt: Encrypt;
  /** The source's ETag as HEAD shows it: 412 (`objectChanged`) when it was overwritten since (`x-amz-copy-source-if-match`). */
  ifMatch?: string | undefined;
  /** Absent: kept. Else all of it is sent again. */
  replace?: { metadata: Readonly<Record<string, string>>; headers: Readonly<Record<string, string>> } | undefined;
  lock?: Lock | undefined;
  storageClass?: string | undefined;
  /** Bytes of the source, where known: the larger, the more patience. */
  size?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface Got {
  facts: ObjectFacts;
  status: number;
  /** Must be read to its end or destroyed. */
  body: Readable;
}

export interface ContentSink extends Sink {
  /** Before the first byte; what it throws ends the answer. */
  begin(facts: ObjectFacts): void;
}

/**
 * Everything about single objects on kept connections: writing in one piece or in parts, reading, copying, removing. Raw
 * HTTP/1.1 and own signature, for uploads and mass work. Refusals throw the code of `failures.ts`.
 */
export interface ObjectClient {
  readonly host: string;
  /** One piece out of memory. Its SHA-256 is checked by the server, and kept. */
  put(at: At, body: Uint8Array, options: WriteOptions): Promise<Written>;
  beginParts(at: At, options: WriteOptions): Promise<string>;
  /** `onSent`: bytes of this part that went out so far. */
  putPart(
    at: At,
    uploadId: string,
    number: number,
    body: Uint8Array,
    options: { encrypt: Encrypt; signal?: AbortSignal | undefined; onSent?: ((bytes: number) => void) | undefined },
  ): Promise<Part>;
  /** All of them, in order. Throws `uploadUnknown` when the server forgot the upload. */
  listParts(at: At, uploadId: string): Promise<Part[]>;
  completeParts(
    at: At,
    uploadId: string,
    parts: readonly Part[],
    options: Pick<WriteOptions, 'encrypt' | 'signal' | 'onlyNew'>,
  ): Promise<Written>;
  /** Also when it is gone already. */
  abortParts(at: At, uploadId: string): Promise<void>;
  listUploads(bucket: string, prefix: string): Promise<{ key: string; uploadId: string; startedAt?: string }[]>;
  /** Asks for checksums, too. Throws `objectMissing`, `customerKeyNeeded`, `customerKeyWrong`, … */
  head(at: At, options?: { customerKey?: Secret | undefined; signal?: AbortSignal | undefined }): Promise<ObjectFacts>;
  get(at: At, options?: { customerKey?: Secret | undefined; range?: string | undefined; signal?: AbortSignal | undefined }): Promise<Got>;
  /**
   * So many bytes, of a range that begins at `from` or of all of it, written right into the sink. An answer in another length
   * throws, or gives the sink more or fewer.
   */
  getInto(
    at: At,
    options: { bytes: number; from?: number | undefined; customerKey?: Secret | undefined; signal?: AbortSignal | undefined },
    sink: ContentSink,
  ): Promise<void>;
  /** One byte: throws why it does not open. An empty object has none, and says `false`: that proves nothing. */
  readByte(at: At, size: number, options?: { customerKey?: Secret | undefined; signal?: AbortSignal | undefined }): Promise<boolean>;
  /** Bytes of each part in order, where the server keeps them: with checksums of parts it does. MinIO's are those on the disk. */
  partSizes(at: At, options?: { customerKey?: Secret | undefined; signal?: AbortSignal | undefined }): Promise<number[] | undefined>;
  copy(options: CopyOptions): Promise<Written>;
  /** `deleteMarker`: a plain delete in a bucket with versions. Throws `objectLocked`. */
  remove(at: At, options?: { bypassGovernance?: boolean }): Promise<{ deleteMarker: boolean; versionId?: string }>;
  tags(at: At): Promise<Record<string, string>>;
  /** Absent: none. */
  retention(at: At): Promise<{ mode: 'GOVERNANCE' | 'COMPLIANCE'; until: string } | undefined>;
  legalHold(at: At): Promise<boolean>;
  /** Versions and delete markers of exactly this key, newest first. `few`: so many of the newest, without their encryption. */
  versions(bucket: string, key: string, few?: number): Promise<ListedVersion[]>;
  close(): Promise<void>;
}

export interface ListedVersion {
  versionId: string;
  latest: boolean;
  deleteMarker: boolean;
  size: number;
  modifiedAt: string;
  etag: string;
  encryption?: ObjectState;
}
