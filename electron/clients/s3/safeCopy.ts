import type { Secret } from '../../../shared/secret.ts';
import type { At, Encrypt, ObjectClient, ObjectFacts } from './objectTypes.ts';

/** An object, or one version of it, that is to be written again under its own name with another encryption. */
export interface SafeCopyWish {
  at: At;
  /** As a HEAD said just now; absent: it is asked here. What was overwritten since throws `objectChanged`. */
  facts?: ObjectFacts | undefined;
  /** Always said in full: a copy that says nothing decrypts (minio.md 3.6). */
  encrypt: Exclude<Encrypt, { kind: 'rule' }>;
  /** Opens the source where it is SSE-C. */
  customerKey?: Secret | undefined;
  /** Of the bucket. */
  versioning: 'off' | 'on' | 'suspended';
  /** The bucket has object lock: retention and hold are asked for on their own, as HEAD hides them from who may not read them. */
  locks?: boolean | undefined;
  /** How the new version is tried: read whole and its SHA-256 compared (default), or one byte of it. */
  check?: 'whole' | 'byte' | undefined;
  signal?: AbortSignal | undefined;
}

export interface SafeCopied {
  etag: string;
  versionId?: string;
  /** Of what landed. */
  facts: ObjectFacts;
  /** `nothing`: it is empty. */
  read: 'whole' | 'byte' | 'nothing';
  /** Bytes that were read of source and result. */
  bytesRead: number;
  /** A version in between that could not be removed (SSE-C to SSE-C where versions are kept). */
  leftOver?: string;
}

/**
 * Copies an object onto itself in the way that loses nothing on MinIO: its encryption context sent again, SSE-C to SSE-C
 * through another storage class where versions are kept, retention and hold sent again, and only while it is what was looked
 * at. The source is tried before, the result after. Throws before anything is overwritten: `objectChanged`, what stops it from
 * being read, `copyContextUnknown`; afterwards `copyLandedDifferently`.
 */
export async function copyEncrypted(_client: ObjectClient, _wish: SafeCopyWish): Promise<SafeCopied> {
  throw new Error('not yet');
}
