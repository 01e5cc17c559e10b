import { z } from 'zod';
import { keyStoreKind } from './keyStores.ts';
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

/** What today's server does with a line: it ends at its start, ignores it, answers 403, takes another value, never compares it, or takes it. */
export const today = z.enum(['ends', 'ignores', 'refuses', 'differs', 'never', 'takes']);

export const finding = z.object({
  severity: z.enum(['outdated', 'ignored', 'dangerous', 'wrong']),
  today,
  text,
  /** Where in the meaning, as `policy.minio.allow`. */
  path: z.string(),
  /** From 1, in the text that was read. Absent: it is about something that is not there, or about the command line. */
  line: z.int().optional(),
  from: z.enum(['file', 'command']),
});
export type Finding = z.infer<typeof finding>;

export const kesConfigProcedures = {};
