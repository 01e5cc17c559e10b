import type { KeyStoreKind } from '../../../../shared/keyStores.ts';

/**
 * What a KES configuration means, whatever its dialect: the form of today's servers (dialect F, kes.md 4.2), normalised.
 * Scalars stay as written, `${NAME}` too. Secrets are never values here: each is the `${NAME}` under which it is written,
 * and what the file held is handed over apart (`secrets`).
 */
export interface KesConfig {
  address: string;
  /** A hash, a `${NAME}`, or the word that disables it. Undefined: the file (and its command line) named none. */
  admin: string | undefined;
  tls: { key: string; cert: string; password: string | undefined; auth: 'on' | 'off'; ca: string | undefined };
  policies: KesPolicy[];
  cache: { any: string; unused: string; offline: string | undefined };
  log: { error: string; audit: string };
  /** By route, as `/v1/ready`. */
  api: Record<string, { skipAuth?: boolean; timeout?: string }>;
  /** Keys to be made at the start. */
  keys: string[];
  keyStore: { kind: KeyStoreKind /** By the path of `keyStoreShapes`. A list is joined by commas. */; values: Record<string, string> };
}

export interface KesPolicy {
  name: string;
  allow: string[];
  deny: string[];
  identities: string[];
}
