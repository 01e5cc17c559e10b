/** Keys of the guides and of MinIO's own documentation: whoever reads them opens what they seal. Base64. */
const publicKeys: ReadonlySet<string> = new Set([
  Buffer.from('change this password to a secret').toString('base64'),
  'OSMM+vkKUTCvQs9YL/CVMIMt43HFhkUpqJxTmGl6rYw=',
]);

export interface StaticKey {
  readonly name: string;
  /** 32 bytes, base64. */
  readonly material: string;
  readonly isPublic: boolean;
}

/**
 * `name:base64` of MINIO_KMS_SECRET_KEY, or `name:hex` of MINIO_KMS_MASTER_KEY: the same 32 bytes under the same name are
 * the same key (minio.md 2.6). Undefined: it is neither.
 */
export function readStaticKey(value: string): StaticKey | undefined {
  const [, name, written] = /^([^:\s]{1,80}):(\S+)\s*$/.exec(value.trim()) ?? [];
  if (name === undefined || written === undefined) return undefined;
  const bytes = /^[0-9a-fA-F]{64}$/.test(written) ? Buffer.from(written, 'hex') : Buffer.from(written, 'base64');
  if (bytes.length !== 32) return undefined;
  const material = bytes.toString('base64');
  if (!/^[0-9a-fA-F]{64}$/.test(written) && material !== written) return undefined;
  return { name, material, isPublic: publicKeys.has(material) };
}
