import { z } from 'zod';
import { keyType, subject } from './certificates.ts';
import { procedure } from './rpc/define.ts';
import { Secret, secretInput } from './secret.ts';
import { commandLine, evidence } from './setup.ts';
import { stackId } from './stacks.ts';
import { text } from './text.ts';

export const certificateFormat = z.enum(['pem', 'der', 'pkcs12', 'pkcs7']);
export type CertificateFormat = z.infer<typeof certificateFormat>;
/** How a private key lies in its file. */
export const keyProtection = z.enum(['none', 'pkcs8', 'rfc1423']);
export type KeyProtection = z.infer<typeof keyProtection>;

/** Which server opens a private key that is protected so (kes.md 3.3, seen in tests): by which setting, or not at all. */
export const keyReaders = {
  rfc1423: { kes: 'tls.password', minio: 'MINIO_CERT_PASSWD', minioIdentity: 'MINIO_KMS_KES_KEY_PASSWORD', vault: undefined },
  pkcs8: { kes: undefined, minio: undefined, minioIdentity: undefined, vault: undefined },
} as const;

export const certificateFacts = z.object({
  subject: z.string(),
  issuer: z.string(),
  selfSigned: z.boolean(),
  names: z.array(z.string()),
  serial: z.string(),
  fingerprint: z.string(),
  /** KES identity: lower-case hex SHA-256 of the public key, whatever the purpose. */
  identity: z.string(),
  keyType: z.string(),
  notBefore: z.string(),
  notAfter: z.string(),
  daysLeft: z.int(),
  isCa: z.boolean(),
  pathLength: z.int().optional(),
  usages: z.array(z.string()),
  keyUsages: z.array(z.string()),
});
export type CertificateFacts = z.infer<typeof certificateFacts>;

/** Where a private key is. `encrypted` and `mode` of a file only. */
export const keyPlace = z.object({
  place: z.enum(['file', 'store']),
  name: z.string(),
  protection: keyProtection,
  mode: z.string().optional(),
});
export type KeyPlace = z.infer<typeof keyPlace>;

export const finding = z.object({ mark: z.enum(['warn', 'fail', 'info']), text });
export type CertificateFinding = z.infer<typeof finding>;

/** One file of the stack's folder that holds certificates or private keys. Paths are relative to the folder. */
export const certificateFile = z.object({
  file: z.string(),
  format: certificateFormat,
  bytes: z.int(),
  mode: z.string().optional(),
  modifiedAt: z.string(),
  /** What it is for the stack's servers, as the guided step made it. */
  role: z.enum(['ca', 'vault', 'kes', 'minio', 'minio-client', 'operator', 'trust']).optional(),
  /** In the order of the file; empty for a file of a key alone, and for PKCS#12, which opens with its password only. */
  certificates: z.array(certificateFacts),
  /** Where the private key of its first certificate lies; empty: not here. Of a key's own file: that file. */
  keys: z.array(keyPlace),
  findings: z.array(finding),
});
export type CertificateFile = z.infer<typeof certificateFile>;

/** What can sign: a CA certificate whose key is at hand. */
export const signer = z.object({ file: z.string(), subject: z.string(), pathLength: z.int().optional(), notAfter: z.string() });
export type Signer = z.infer<typeof signer>;

const fileName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,60}$/);
const stackFile = z.string().min(1).max(400);
const hosts = z.array(z.string().min(1).max(253)).max(100);
const days = z.int().min(1).max(7300);

/** A server certificate or identity of the stack that a company's certificate may take the place of. */
export const requestTarget = z.enum(['vault', 'kes', 'minio', 'minio-client', 'other']);
export type RequestTarget = z.infer<typeof requestTarget>;
export const askedExtension = z.enum(['names', 'usage']);

export const pendingRequest = z.object({
  id: z.string(),
  name: z.string(),
  target: requestTarget,
  use: z.enum(['server', 'client']),
  hosts: z.array(z.string()),
  identity: z.string(),
  keyType: z.string(),
  createdAt: z.string(),
  file: z.string(),
});
export type PendingRequest = z.infer<typeof pendingRequest>;

export const makeInput = z.discriminatedUnion('what', [
  z.strictObject({
    what: z.literal('authority'),
    name: fileName,
    subject,
    keyType: keyType.default('P-256'),
    days: days.default(3650),
    /** How many CAs may stand below it: a root with an intermediate needs 1. */
    pathLength: z.int().min(0).max(3).default(0),
    /** File of the CA that signs it; absent: a root, signed by itself. */
    issuer: stackFile.optional(),
  }),
  z.strictObject({
    what: z.literal('leaf'),
    name: fileName,
    use: z.enum(['server', 'client']),
    subject,
    keyType: keyType.default('P-256'),
    days: days.default(365),
    hosts: hosts.default([]),
    /** Absent: it signs itself, as in the guide, but with CA:FALSE. */
    issuer: stackFile.optional(),
    /** `store`: the key is in no file, for an identity that Sealdeck alone uses. */
    keyIn: z.enum(['file', 'store']).default('file'),
    protection: keyProtection.default('none'),
    passphrase: secretInput.optional(),
  }),
  z.strictObject({
    what: z.literal('request'),
    name: fileName,
    target: requestTarget.default('other'),
    use: z.enum(['server', 'client']),
    subject,
    keyType: keyType.default('P-256'),
    hosts: hosts.default([]),
    ask: z.array(askedExtension).default(['names', 'usage']),
  }),
]);
export type MakeInput = z.output<typeof makeInput>;

export const makePlan = z.object({
  changes: z.array(text),
  warnings: z.array(text),
  commands: z.array(commandLine),
  files: z.array(z.object({ path: z.string(), mode: z.string(), why: text })),
});
export type MakePlan = z.infer<typeof makePlan>;
const made = z.object({ file: z.string(), evidence: z.array(evidence) });

/** A file as the window reads it: its text, or base64 where it is no text. It may hold a private key. */
const fileContent = z
  .string()
  .min(1)
  .max(1_400_000)
  .meta({ secret: true })
  .transform((value) => new Secret(value));

export const replyVerdict = z.object({
  /** What would be put in place, leaf first. */
  chain: z.array(certificateFacts),
  /** What was looked at; one that failed blocks. */
  checks: z.array(evidence),
  blocked: z.boolean(),
  changes: z.array(text),
  warnings: z.array(text),
});
export type ReplyVerdict = z.infer<typeof replyVerdict>;
const reply = z.strictObject({ stackId, id: z.string(), content: fileContent, root: fileContent.optional() });

export const apiKeyEntry = z.object({
  id: z.string(),
  name: z.string(),
  /** What a policy of KES names. */
  identity: z.string(),
  createdAt: z.string(),
  /** Sealdeck itself speaks to KES with it. */
  used: z.boolean(),
  /** Printed in documents for everybody: protects nothing. */
  known: z.boolean(),
});
export type ApiKeyEntry = z.infer<typeof apiKeyEntry>;

/** A path on the engine's machine. */
const target = z.string().min(1).max(4096);
const oneKey = z.strictObject({ stackId, id: z.string() });
const keyLabel = z.string().trim().min(1).max(60);

export const certificateFilesProcedures = {
  /** Every certificate and private key in the stack's folder, read now. `hosts`: the names that its servers are called by. */
  'certificates.files': procedure({
    input: z.strictObject({ stackId }),
    output: z.object({
      at: z.string(),
      folder: z.string(),
      files: z.array(certificateFile),
      requests: z.array(pendingRequest),
      signers: z.array(signer),
      hosts: z.array(z.object({ host: z.string(), from: z.array(z.string()) })),
      /** What a company's certificate may take the place of: servers that Sealdeck sets up, and MinIO's identity. */
      targets: z.array(requestTarget),
      /** Files that could not be read, with the reason. */
      unread: z.array(z.object({ file: z.string(), reason: z.string() })),
    }),
  }),
  /** What would be made, with the equivalent openssl lines. Changes nothing. */
  'certificates.makePlan': procedure({ input: z.strictObject({ stackId, input: makeInput }), output: makePlan }),
  'certificates.make': procedure({ input: z.strictObject({ stackId, input: makeInput }), output: made }),
  'certificates.requestText': procedure({ input: oneKey, output: z.object({ name: z.string(), pem: z.string() }) }),
  'certificates.dropRequest': procedure({ input: oneKey, output: z.object({}) }),
  /** Judges the reply of a CA: PEM, DER or PKCS#7, chain in any order. Changes nothing. */
  'certificates.readReply': procedure({ input: reply, output: replyVerdict }),
  /** The same, and puts certificate and key in place. A reply that does not fit changes nothing. */
  'certificates.takeReply': procedure({ input: reply, output: made, changesServers: true }),
  /** What a file from elsewhere holds. */
  'certificates.inspect': procedure({
    input: z.strictObject({ name: z.string().max(255), content: fileContent, password: secretInput.optional() }),
    output: z.object({
      format: certificateFormat,
      certificates: z.array(certificateFacts),
      /** Identities of the private keys in it. */
      keys: z.array(z.string()),
      protection: keyProtection,
      findings: z.array(finding),
      /** What was read waits in the engine for ten minutes under this name, so that its secrets travel once. */
      source: z.string(),
    }),
  }),
  'certificates.importFile': procedure({
    input: z.strictObject({
      stackId,
      name: fileName,
      /** What `certificates.inspect` read, or else the file again. */
      source: z.string().optional(),
      content: fileContent.optional(),
      password: secretInput.optional(),
      keyIn: z.enum(['file', 'store']).default('file'),
      protection: keyProtection.default('none'),
      passphrase: secretInput.optional(),
    }),
    output: made,
  }),
  /** A file's certificates, without any key: nothing in it is secret. `content` is base64. */
  'certificates.exportPublic': procedure({
    input: z.strictObject({ stackId, file: stackFile, format: z.enum(['pem', 'der', 'pkcs7']) }),
    output: z.object({ name: z.string(), content: z.string() }),
  }),
  /** Certificate and key as one file on the engine's machine, mode 0600. `weak`: how old programs want it; always refused. */
  'certificates.exportWithKey': procedure({
    input: z.strictObject({
      stackId,
      file: stackFile,
      format: z.enum(['pem', 'pkcs12']),
      to: target,
      /** Opens the key's file where it is protected. */
      current: secretInput.optional(),
      protection: keyProtection.default('pkcs8'),
      passphrase: secretInput.optional(),
      weak: z.enum(['RC2', '3DES', 'SHA-1 MAC']).optional(),
    }),
    output: z.object({ path: z.string(), mode: z.string().optional(), evidence: z.array(evidence) }),
  }),
  /** Gives a key's file a passphrase, another one, or none. The key stays; its server must know before it starts again. */
  'certificates.protectKey': procedure({
    input: z.strictObject({
      stackId,
      file: stackFile,
      current: secretInput.optional(),
      protection: keyProtection,
      passphrase: secretInput.optional(),
    }),
    output: made,
    changesServers: true,
  }),
  /** Sets a key's file to 0600. */
  'certificates.closeKey': procedure({ input: z.strictObject({ stackId, file: stackFile }), output: z.object({ mode: z.string() }) }),

  'kes.apiKeys': procedure({ input: z.strictObject({ stackId }), output: z.object({ keys: z.array(apiKeyEntry) }) }),
  'kes.makeApiKey': procedure({ input: z.strictObject({ stackId, name: keyLabel }), output: apiKeyEntry }),
  'kes.importApiKey': procedure({ input: z.strictObject({ stackId, name: keyLabel, apiKey: secretInput }), output: apiKeyEntry }),
  /** Writes it to a file of the engine's machine, mode 0600: the one way out. */
  'kes.saveApiKey': procedure({
    input: z.strictObject({ stackId, id: z.string(), to: target }),
    output: z.object({ path: z.string(), mode: z.string().optional() }),
  }),
  'kes.dropApiKey': procedure({ input: z.strictObject({ stackId, id: z.string(), typed: z.string() }), output: z.object({}) }),
  /** Logs in to KES with it and says what it may do there. Changes nothing. */
  'kes.tryApiKey': procedure({ input: oneKey, output: z.object({ evidence: z.array(evidence) }) }),
  /** Makes it Sealdeck's own identity towards KES, after KES took it. */
  'kes.useApiKey': procedure({ input: oneKey, output: z.object({ evidence: z.array(evidence) }) }),
};
