import { z } from 'zod';
import { procedure } from './rpc/define.ts';
import { stackId } from './stacks.ts';

export const keyType = z.enum(['P-256', 'P-384', 'Ed25519', 'RSA-2048', 'RSA-4096']);
export type KeyType = z.infer<typeof keyType>;

/** X.509 subject parts; only the common name is needed. */
export const subject = z.strictObject({
  commonName: z.string().min(1).max(64),
  organisation: z.string().max(64).optional(),
  unit: z.string().max(64).optional(),
  locality: z.string().max(64).optional(),
  state: z.string().max(64).optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
});
export type Subject = z.infer<typeof subject>;

export const certificatesInput = z.strictObject({
  /** `ca`: one local CA signs all. `selfSigned`: each certificate signs itself, as in the guide of 2020. */
  kind: z.enum(['ca', 'selfSigned']).default('ca'),
  keyType: keyType.default('P-256'),
  /** Lifetime of servers' and clients' certificates, in days. */
  days: z.int().min(1).max(3650).default(365),
  caDays: z.int().min(1).max(7300).default(3650),
  subject: subject.default({ commonName: 'Sealdeck local CA' }),
  /** Whether MinIO gets an identity for KES where others run both. Everywhere else it always does. */
  minioIdentity: z.boolean().default(true),
});
export type CertificatesInput = z.infer<typeof certificatesInput>;

export const certificateInfo = z.object({
  id: z.enum(['ca', 'vault', 'kes', 'minio', 'minio-client', 'operator']),
  file: z.string(),
  subject: z.string(),
  issuer: z.string(),
  names: z.array(z.string()),
  serial: z.string(),
  fingerprint: z.string(),
  /** KES identity of a client certificate: lower-case hex SHA-256 of its SPKI. */
  identity: z.string().optional(),
  keyType: z.string(),
  notBefore: z.string(),
  notAfter: z.string(),
  isCa: z.boolean(),
  usages: z.array(z.string()),
});
export type CertificateInfo = z.infer<typeof certificateInfo>;

export const certificateProcedures = {
  'certificates.list': procedure({ input: z.strictObject({ stackId }), output: z.object({ certificates: z.array(certificateInfo) }) }),
};
