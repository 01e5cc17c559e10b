import { z } from 'zod';
import { fileToken } from './files.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { secretInput } from './secret.ts';
import { serverUrl } from './setup.ts';
import { serverKind, stackId } from './stacks.ts';
import { text } from './text.ts';

/** What a server showed, in the order of its chain: the leaf first. */
export const shownCertificate = z.object({
  subject: z.string(),
  issuer: z.string(),
  /** `DNS:…` and `IP:…`. */
  names: z.array(z.string()),
  notBefore: z.string(),
  notAfter: z.string(),
  /** Upper-case SHA-256 with colons, as openssl prints it. */
  fingerprint: z.string(),
  isCa: z.boolean(),
});
export type ShownCertificate = z.infer<typeof shownCertificate>;

/** Whom to believe. A pin is the fingerprint of the leaf that was shown and that a person confirmed. */
export const trustInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('system') }),
  z.strictObject({ kind: z.literal('file'), pem: z.string().min(1).max(500_000) }),
  z.strictObject({ kind: z.literal('pin'), fingerprint: z.string().regex(/^(?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}$/) }),
  /** The CA that Sealdeck made for this stack. */
  z.strictObject({ kind: z.literal('local') }),
]);
export type TrustInput = z.infer<typeof trustInput>;

/** `source` names secrets that the engine already holds: from an mc alias or an environment file, for ten minutes. */
export const credentialInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('vaultToken'), token: secretInput }),
  z.strictObject({ kind: z.literal('vaultUserpass'), mount: z.string().default('userpass'), name: z.string(), password: secretInput }),
  z.strictObject({ kind: z.literal('vaultAppRole'), mount: z.string().default('approle'), roleId: z.string(), secretId: secretInput }),
  z.strictObject({ kind: z.literal('kesCertificate'), cert: z.string().max(200_000), key: secretInput }),
  z.strictObject({ kind: z.literal('kesApiKey'), apiKey: secretInput }),
  z.strictObject({ kind: z.literal('minioKeys'), accessKey: z.string().min(3).max(128), secretKey: secretInput }),
  z.strictObject({ kind: z.literal('imported'), source: z.string(), alias: z.string().optional() }),
]);
export type CredentialInput = z.output<typeof credentialInput>;

export const light = z.enum(['name', 'tcp', 'tls', 'identity', 'policy', 'keyStore', 'key']);
export type Light = z.infer<typeof light>;

/** One of the seven lights of a server, in order. `notItsJob`: this kind of server has nothing to say there. */
export const lightResult = z.object({
  light,
  outcome: z.enum(['ok', 'warn', 'fail', 'notTried', 'notItsJob']),
  /** Three words at most: "10.20.4.11", "1 ms", "wrong name". */
  label: text,
  error: errorFrame.optional(),
});
export type LightResult = z.infer<typeof lightResult>;

export const serverTest = z.object({
  kind: serverKind,
  url: z.string(),
  lights: z.array(lightResult).length(7),
  certificate: shownCertificate.optional(),
  /** What the server itself said last, redacted; absent: nothing yet. */
  said: z.string().optional(),
  at: z.string(),
});
export type ServerTest = z.infer<typeof serverTest>;

/** One thing that MinIO and Sealdeck need of KES or Vault, asked of the server and not guessed. */
export const preflightTick = z.object({
  id: z.string(),
  what: text,
  outcome: z.enum(['ok', 'missing', 'unknown']),
  /** What the server answered. */
  answer: z.string().optional(),
  /** Why it could not be asked, where no server said anything. */
  why: text.optional(),
  error: errorFrame.optional(),
  /** The line that is missing, ready to copy, and in which file it belongs. */
  line: z.object({ file: text, content: z.string() }).optional(),
});
export type PreflightTick = z.infer<typeof preflightTick>;

const imported = z.object({
  source: z.string(),
  /** Name, address and user of each; never a secret. */
  aliases: z.array(z.object({ name: z.string(), url: z.string(), accessKey: z.string() })),
});

/** Connecting servers that already run. Nothing here changes anything on a server. */
export const connectProcedures = {
  /** Looks at the certificate that a server shows, whoever issued it. Sends no credential. */
  'connect.look': procedure({
    input: z.strictObject({ url: serverUrl }),
    output: z.object({ chain: z.array(shownCertificate), protocol: z.string().optional(), trustedBySystem: z.boolean() }),
  }),
  /** What a CA file holds, before it is believed. */
  'connect.readCa': procedure({
    input: z.strictObject({ pem: z.string().min(1).max(500_000) }),
    output: z.object({ certificates: z.array(shownCertificate) }),
  }),
  /** Saves address, trust and credential of one server of a stack. What is left out stays as it was. */
  'connect.save': procedure({
    input: z.strictObject({
      stackId,
      kind: serverKind,
      url: serverUrl.optional(),
      trust: trustInput.optional(),
      credential: credentialInput.optional(),
      /** Vault: where KES keeps its keys. */
      engine: z.strictObject({ mount: z.string(), version: z.union([z.literal(1), z.literal(2)]), prefix: z.string() }).optional(),
      /** MinIO: the key that it uses by default. */
      defaultKey: z.string().optional(),
    }),
    output: z.object({}),
  }),
  /** Takes a server out of a draft again, with its credential. */
  'connect.forget': procedure({ input: z.strictObject({ stackId, kind: serverKind }), output: z.object({}) }),
  /** The seven lights of one server with what was saved. */
  'connect.test': procedure({ input: z.strictObject({ stackId, kind: serverKind }), output: serverTest }),
  /** What the SSE-S3 page requires: KES's rights, and that both reach each other. */
  'connect.preflight': procedure({
    input: z.strictObject({ stackId }),
    output: z.object({ ticks: z.array(preflightTick), at: z.string() }),
  }),
  /** Ends the draft: servers that were given are taken as they are, the guided steps follow. */
  'connect.finish': procedure({ input: z.strictObject({ stackId }), output: z.object({}) }),
  /** A credential that was rotated: tried first, then put in the old one's place. Throws what the server says of the new one. */
  'connect.replace': procedure({
    input: z.strictObject({ stackId, kind: serverKind, credential: credentialInput }),
    output: z.object({}),
  }),
  /** Aliases of mc: of the engine's own user, or of a chosen file. */
  'connect.aliases': procedure({ input: z.strictObject({ file: fileToken.optional() }), output: imported }),
  /** A MinIO environment file: what it says of KES and of MinIO, without its secrets. */
  'connect.environment': procedure({
    input: z.strictObject({ file: fileToken }),
    output: z.object({
      source: z.string(),
      values: z.array(z.object({ name: z.string(), value: z.string().optional(), secret: z.boolean() })),
      /** Names of former times and mistakes. */
      warnings: z.array(text),
      kesUrl: z.string().optional(),
      defaultKey: z.string().optional(),
      user: z.string().optional(),
    }),
  }),
};
