import { z } from 'zod';
import { jobStarted } from './jobs.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { commandLine, evidence } from './setup.ts';
import { serverKind, stackId } from './stacks.ts';
import { text } from './text.ts';

/** What a certificate says of itself, whole enough to be compared with another one. */
export const boardCertificate = z.object({
  subject: z.string(),
  issuer: z.string(),
  /** DNS names and addresses, as the SAN has them. */
  names: z.array(z.string()),
  serial: z.string(),
  /** Lower-case SHA-256 with colons. */
  fingerprint: z.string(),
  /** KES identity: lower-case hex SHA-256 of its SPKI. */
  identity: z.string(),
  keyType: z.string(),
  /** OpenSSL's name, as `ecdsa-with-SHA256`. */
  signature: z.string(),
  notBefore: z.string(),
  notAfter: z.string(),
  isCa: z.boolean(),
  /** Extended key usages; none: for everything. */
  usages: z.array(z.string()),
});
export type BoardCertificate = z.infer<typeof boardCertificate>;

export const cellIds = ['name', 'chain', 'purpose', 'ca', 'days', 'key', 'file'] as const;
export type CellId = (typeof cellIds)[number];

/** What mends a cell. `target`: a certificate's id, or a server. */
export const boardFix = z.object({
  kind: z.enum(['renew', 'install', 'reload', 'swap', 'wizard', 'trust', 'command']),
  target: z.string().optional(),
  command: commandLine.optional(),
});
export type BoardFix = z.infer<typeof boardFix>;

/** `ok` only of a live answer, or of a file as it was just read where the cell speaks of a file. */
export const boardCell = z.object({
  id: z.enum(cellIds),
  state: z.enum(['ok', 'info', 'warn', 'fail', 'unknown']),
  /** A few words for the cell. */
  says: text,
  /** A sentence for whoever asks. */
  more: text.optional(),
  fix: boardFix.optional(),
});
export type BoardCell = z.infer<typeof boardCell>;

/** Whom the clients of one hop believe. `unknown`: its file lies on another host, or cannot be read. */
export const hopTrust = z.object({
  kind: z.enum(['system', 'file', 'fileAndSystem', 'pin', 'unknown']),
  file: z.string().optional(),
  subjects: z.array(z.string()),
});
export type HopTrust = z.infer<typeof hopTrust>;

export const urlUser = z.object({ who: text, file: z.string().optional(), line: z.int().optional() });

/** One URL in use, as the clients of one trust see it. */
export const servedRow = z.object({
  id: z.string(),
  server: serverKind,
  node: z.string(),
  url: z.string(),
  /** The name or address that its certificate must hold. */
  host: z.string(),
  users: z.array(urlUser),
  trust: hopTrust,
  /** The certificate was shown to us at `at`. Otherwise it is an older one, and nothing about it is known now. */
  live: z.boolean(),
  at: z.string(),
  error: errorFrame.optional(),
  certificate: boardCertificate.optional(),
  chain: z.array(boardCertificate),
  file: z.object({ path: z.string(), certificate: boardCertificate.optional() }).optional(),
  cells: z.array(boardCell),
});
export type ServedRow = z.infer<typeof servedRow>;

/** Where KES names an identity. `live`: KES itself said so, with the operator's rights. */
export const identityPolicy = z.object({ name: z.string(), file: z.string().optional(), line: z.int().optional(), live: z.boolean() });

export const identityRow = z.object({
  id: z.string(),
  file: z.string(),
  /** Absent: the file is not there or cannot be read. */
  certificate: boardCertificate.optional(),
  policies: z.array(identityPolicy),
  /** Nobody here can tell which policy names it. */
  policyUnknown: z.boolean(),
  cells: z.array(boardCell),
  at: z.string(),
});
export type IdentityRow = z.infer<typeof identityRow>;

export const boardSettings = z.strictObject({
  soonDays: z.int().min(1).max(365).default(30),
  urgentDays: z.int().min(1).max(365).default(7),
  /** Share of the lifetime after which renewal is due, per cent. */
  lifePercent: z.int().min(10).max(99).default(66),
});
export type BoardSettings = z.infer<typeof boardSettings>;

export const expiryLevels = ['expired', 'urgent', 'soon', 'due', 'fine', 'unknown'] as const;
export const expiry = z.object({
  id: z.string(),
  kind: z.enum(['served', 'file', 'identity', 'ca', 'source']),
  what: text,
  certificate: boardCertificate,
  level: z.enum(expiryLevels),
  /** Whole days left; negative once it has ended. */
  days: z.int(),
  /** Per cent of its lifetime that is over. */
  life: z.int(),
  /** When this was seen. */
  at: z.string(),
});
export type Expiry = z.infer<typeof expiry>;

export const publicTool = z.enum(['certbot', 'lego', 'acme.sh']);
/** A certificate of a public CA's client, as its folder has it. Never its key. */
export const publicCertificate = z.object({
  tool: publicTool,
  name: z.string(),
  folder: z.string(),
  certificateFile: z.string(),
  keyFile: z.string(),
  /** Where the certificate's link leads, for certbot. */
  leadsTo: z.string().optional(),
  certificate: boardCertificate.optional(),
  chain: z.array(boardCertificate),
  cells: z.array(boardCell),
  /** What keeps it from being installed. */
  error: errorFrame.optional(),
});
export type PublicCertificate = z.infer<typeof publicCertificate>;

/** Which folder a server's certificate came from. */
export const publicSource = z.object({
  server: serverKind,
  tool: publicTool,
  folder: z.string(),
  name: z.string(),
  installedAt: z.string(),
  /** Of the certificate that was installed. */
  fingerprint: z.string(),
  /** The folder holds a newer one. */
  renewed: z.boolean(),
  error: errorFrame.optional(),
});
export type PublicSource = z.infer<typeof publicSource>;

export const swapPhases = ['made', 'allowed', 'written', 'tested', 'removed'] as const;
/** An exchange of MinIO's identity that was begun: the last step that is done. */
export const swapState = z.object({ phase: z.enum(swapPhases), from: z.string(), to: z.string(), startedAt: z.string() });
export type SwapState = z.infer<typeof swapState>;

export const certificateBoard = z.object({
  rows: z.array(servedRow),
  identities: z.array(identityRow),
  expiries: z.array(expiry),
  sources: z.array(publicSource),
  settings: boardSettings,
  swap: swapState.optional(),
  /** Whether certificates can be issued here: the local CA's key is in the credential store. */
  localCa: z.boolean(),
  at: z.string(),
});
export type CertificateBoard = z.infer<typeof certificateBoard>;

const changedFile = z.object({ path: z.string(), mode: z.string(), why: text });
/** What would be done. `before` and `after` are shown side by side; of one that is not made yet serial and fingerprint are empty. */
export const boardPlan = z.object({
  changes: z.array(text),
  warnings: z.array(text),
  files: z.array(changedFile),
  commands: z.array(commandLine),
  before: boardCertificate.optional(),
  after: boardCertificate.optional(),
  /** Why it cannot be done here, with what to do instead. */
  blocked: errorFrame.optional(),
});
export type BoardPlan = z.infer<typeof boardPlan>;

export const renewable = z.enum(['vault', 'kes', 'minio', 'minio-client', 'operator']);
export type Renewable = z.infer<typeof renewable>;
const renewal = {
  stackId,
  id: renewable,
  /** Absent: as long as the one that is there. */
  days: z.int().min(1).max(3650).optional(),
};
/** A company CA's answer: PEM, leaf first. */
const reply = z.string().max(200_000).optional();
const installation = {
  stackId,
  server: serverKind,
  folder: z.string().min(1).max(4096),
  /** Which of several certificates that lie there. */
  name: z.string().max(300).optional(),
};

/** The result of every job here. */
export const boardDone = z.object({ evidence: z.array(evidence) });

export const certificateBoardProcedures = {
  /** Shakes hands with every server now and reads the files. Changes nothing. */
  'certificates.served': procedure({ input: z.strictObject({ stackId }), output: certificateBoard }),
  'certificates.setBoard': procedure({ input: z.strictObject({ stackId, settings: boardSettings }), output: z.object({}) }),
  /** Every end of a certificate as a calendar (RFC 5545), one event each with a stable UID. */
  'certificates.calendar': procedure({
    input: z.strictObject({ stackId }),
    output: z.object({ name: z.string(), content: z.string(), events: z.int() }),
  }),
  'certificates.renewPlan': procedure({ input: z.strictObject(renewal), output: boardPlan }),
  /** A signing request of the key that is there, for a company's CA. */
  'certificates.renewRequest': procedure({
    input: z.strictObject({ stackId, id: renewable }),
    output: z.object({ name: z.string(), pem: z.string() }),
  }),
  /** A new certificate of the same key, from the local CA or as `reply`; the server is told, and its handshake looked at. */
  'certificates.renew': procedure({ input: z.strictObject({ ...renewal, reply }), output: jobStarted, changesServers: true }),
  /** Lets a server read its certificate again: SIGHUP, and a look at what it serves then. */
  'certificates.reload': procedure({
    input: z.strictObject({ stackId, server: serverKind }),
    output: jobStarted,
    changesServers: true,
  }),
  'certificates.swapPlan': procedure({ input: z.strictObject({ stackId }), output: boardPlan }),
  /** A new key for MinIO's identity, in steps that leave MinIO working wherever it is cut off. Goes on where it stopped. */
  'certificates.swap': procedure({ input: z.strictObject({ stackId }), output: jobStarted, changesServers: true }),
  /** Reads a folder of certbot, lego or acme.sh on the engine's machine. */
  'certificates.publicFolder': procedure({
    input: z.strictObject({ stackId, folder: installation.folder }),
    output: z.object({ found: z.array(publicCertificate) }),
  }),
  'certificates.installPlan': procedure({ input: z.strictObject(installation), output: boardPlan }),
  'certificates.install': procedure({ input: z.strictObject(installation), output: jobStarted, changesServers: true }),
};
