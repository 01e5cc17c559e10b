import { z } from 'zod';
import { jobStarted } from './jobs.ts';
import { rightsModel } from './kesRules.ts';
import { type KeyStoreKind, keyStoreKind } from './keyStores.ts';
import { diffLine } from './lineDiff.ts';
import { procedure } from './rpc/define.ts';
import { errorFrame } from './rpc/frames.ts';
import { Secret, secretInput } from './secret.ts';
import { commandLine, evidence } from './setup.ts';
import { inStack, way } from './stacks.ts';
import { text } from './text.ts';

/** Generations of the configuration file (kes.md 1.2). */
export const dialect = z.enum(['A', 'B', 'C', 'D', 'E', 'F']);
export type Dialect = z.infer<typeof dialect>;

/** `glob`: Go's path.Match, up to 2023-10-03. `prefix`: exact, or one star at the end, since 2023-10-24. */
export const matching = z.enum(['glob', 'prefix']);
export type Matching = z.infer<typeof matching>;

const line = z.string().max(2000);
const names = z.array(line).max(2000);

export const kesPolicy = z.object({ name: line, allow: names, deny: names, identities: names });
export type KesPolicy = z.infer<typeof kesPolicy>;

/**
 * What a KES configuration means, whatever its dialect: the form of today's servers (dialect F, kes.md 4.2), normalised.
 * Scalars stay as written, `${NAME}` too. Secrets are never values here: each is the `${NAME}` under which it is written,
 * and what the file held is handed over apart.
 */
export const kesConfig = z.object({
  address: line,
  /** A hash, a `${NAME}`, or the word that disables it. Absent: the file (and its command line) named none. */
  admin: line.optional(),
  tls: z.object({ key: line, cert: line, password: line.optional(), auth: z.enum(['on', 'off']), ca: line.optional() }),
  policies: z.array(kesPolicy).max(500),
  cache: z.object({ any: line, unused: line, offline: line.optional() }),
  log: z.object({ error: line, audit: line }),
  /** By route, as `/v1/ready`. */
  api: z.record(z.string(), z.object({ skipAuth: z.boolean().optional(), timeout: line.optional() })),
  /** Keys to be made at the start. */
  keys: names,
  /** Values by the path of `keyStoreShapes`; a list is joined by commas. Absent: the file names none. */
  keyStore: z.object({ kind: keyStoreKind, values: z.record(z.string(), line) }).optional(),
});
export type KesConfig = z.infer<typeof kesConfig>;

/** The variable that stands for a secret of a key store, as `KES_APPROLE_SECRET`. */
export function secretNameOf(kind: KeyStoreKind, path: string): string {
  const parts = path.split('.');
  const words = kind === 'vault' ? parts : [kind, parts.at(-1) ?? ''];
  return `KES_${words.join('_').toUpperCase()}`;
}

/** What today's server does with a line: it ends at its start, ignores it, answers 403, takes another value, never compares it, or takes it. */
export const today = z.enum(['ends', 'ignores', 'refuses', 'differs', 'never', 'takes']);

export const severity = z.enum(['outdated', 'ignored', 'dangerous', 'wrong']);
export type Severity = z.infer<typeof severity>;

export const finding = z.object({
  severity,
  today,
  text,
  /** Where in the meaning, as `policy.minio.allow`. */
  path: z.string(),
  /** From 1, in the text that was read. Absent: it is about something that is not there, or about the command line. */
  line: z.int().optional(),
  from: z.enum(['file', 'command']),
});
export type Finding = z.infer<typeof finding>;

/** A whole file, with all that stands in it. Longer than other typed secrets: a service account's key is among them. */
const configText = z
  .string()
  .max(1_000_000)
  .meta({ secret: true })
  .transform((value) => new Secret(value));

const readOptions = {
  /** As it was started: the administrator and `auth` were flags of old servers. */
  commandLine: z
    .string()
    .max(4000)
    .meta({ secret: true })
    .transform((value) => new Secret(value))
    .optional(),
  matching: matching.optional(),
};
const source = z.discriminatedUnion('kind', [
  /** The file of the stack's KES: the running one here, or the one that was laid out for its host. */
  z.strictObject({ kind: z.literal('server') }),
  z.strictObject({ kind: z.literal('text'), text: configText, ...readOptions }),
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1).max(4000), ...readOptions }),
  /** Typed over in the window: secrets that were taken out before are known by their `${NAME}`. */
  z.strictObject({ kind: z.literal('draft'), draft: z.string().max(40), text: configText }),
]);

/** A secret by the variable that stands for it. `held`: the engine has its value. */
const heldSecret = z.object({ name: z.string(), held: z.boolean() });
/** A hash and whose it is: a name of this stack, or where it is printed in public. */
export const knownIdentity = z.object({ hash: z.string(), name: z.string(), held: z.boolean(), public: z.boolean() });
export type KnownIdentity = z.infer<typeof knownIdentity>;

export const studioView = z.object({
  /** Its secrets stay with the engine under this name, until it ends. */
  draft: z.string(),
  way,
  /** The file that was read. Absent: it was pasted. */
  path: z.string().optional(),
  dialect,
  matching,
  config: kesConfig,
  findings: z.array(finding),
  /** The text, line for line, without its secrets. */
  shown: z.string(),
  secrets: z.array(heldSecret),
  identities: z.array(knownIdentity),
  /** A change of this file was begun and not finished, as by a kill. */
  unfinished: z.boolean(),
});
export type StudioView = z.infer<typeof studioView>;

export const configPlan = z.object({
  /** Today's form. Absent: `refused` says why there is none. */
  text: z.string().optional(),
  /** Why it cannot be put to work. */
  refused: errorFrame.optional(),
  /** About the new text. */
  findings: z.array(finding),
  /** From what the server has now, or from the text that was read, to the new one. No secret is in it. */
  diff: z.array(diffLine),
  /** `reload`: rules, cache and logs by SIGHUP. `restart`: address and key store. `handOver`: its keeper does it. */
  how: z.enum(['nothing', 'reload', 'restart', 'handOver']),
  changes: z.array(text),
  warnings: z.array(text),
  commands: z.array(commandLine),
  secrets: z.array(heldSecret),
});
export type ConfigPlan = z.infer<typeof configPlan>;

/** Of a change: it works and was checked, or what failed, with the old file back at work. */
export const kesConfigOutcome = z.discriminatedUnion('applied', [
  z.object({ applied: z.literal(true), how: z.enum(['nothing', 'reload', 'restart']), evidence: z.array(evidence) }),
  z.object({ applied: z.literal(false), error: errorFrame, evidence: z.array(evidence) }),
]);
export type KesConfigOutcome = z.infer<typeof kesConfigOutcome>;

/** One question to KES as an identity that Sealdeck holds, beside what the rules say. */
export const rightTried = z.object({
  identity: z.string(),
  path: z.string(),
  expected: z.boolean(),
  /** Absent: this server does not tell without doing it. */
  allowed: z.boolean().optional(),
  status: z.int(),
});
export type RightTried = z.infer<typeof rightTried>;

const withConfig = z.strictObject({ ...inStack, draft: z.string().max(40), config: kesConfig });

export const kesConfigProcedures = {
  'kes.readConfig': procedure({ input: z.strictObject({ ...inStack, from: source }), output: studioView }),
  /** What writing a configuration would change, and how. Changes nothing. */
  'kes.planConfig': procedure({ input: withConfig, output: configPlan }),
  /** Gives a value to a variable of a draft. */
  'kes.keepConfigSecret': procedure({
    input: z.strictObject({ ...inStack, draft: z.string().max(40), name: z.string().regex(/^KES_[A-Z0-9_]{1,60}$/), value: secretInput }),
    output: z.object({ secrets: z.array(heldSecret) }),
  }),
  /**
   * Tries the configuration on a second KES, writes it, reloads or restarts, and asks as each identity that is held. When
   * anything fails the old file is put back. The job's result is a `kesConfigOutcome`.
   */
  'kes.applyConfig': procedure({ input: withConfig, output: jobStarted, changesServers: true }),
  /** Lays the file out for its keeper, and tells how it gets there. */
  'kes.handOverConfig': procedure({ input: withConfig, output: z.object({ path: z.string(), commands: z.array(commandLine) }) }),
  /** Asks the running KES whether it does what the configuration says. */
  'kes.checkConfig': procedure({ input: withConfig, output: z.object({ evidence: z.array(evidence) }) }),
  /** Who may do what, from the server's file or from the server itself. */
  'kes.rights': procedure({
    input: z.strictObject(inStack),
    output: z.object({
      from: z.enum(['file', 'server']),
      path: z.string().optional(),
      model: rightsModel,
      identities: z.array(knownIdentity),
      /** Key that MinIO takes where none is named. */
      defaultKey: z.string().optional(),
    }),
  }),
  /** Asks KES as each identity that is held; nothing is changed by it. */
  'kes.tryRights': procedure({
    input: z.strictObject({ ...inStack, key: z.string().min(1).max(80) }),
    output: z.object({ tried: z.array(rightTried), at: z.string() }),
  }),
  /** The identity of a hash, a certificate or an API key that is pasted. */
  'kes.identityOf': procedure({
    input: z.strictObject({ ...inStack, given: secretInput }),
    output: z.object({ hash: z.string(), known: knownIdentity.optional() }),
  }),
};
