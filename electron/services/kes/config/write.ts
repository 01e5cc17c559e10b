import { Document, Scalar, YAMLMap } from 'yaml';
import { keyStoreShapes } from '../../../../shared/keyStores.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import { carryComments } from './comments.ts';
import type { Finding, KesConfig, KesPolicy } from './model.ts';
import { readKesConfig } from './read.ts';
import { referenceOf } from './reader.ts';

export interface WriteOptions {
  /** Written in their places instead of `${NAME}`: for the 0600 file of a server that reads no environment of ours. */
  secrets?: ReadonlyMap<string, Secret>;
  /** A text, of any dialect, whose comments are kept where their lines stay. It must hold no secret (`KesReading.shown`). */
  commentsOf?: string;
  /** A comment at the top. */
  heading?: string;
}

/**
 * Today's form (dialect F), always the same for the same meaning: order and quoting of kes.md 4.7, every value written whose
 * default is a bug or a surprise. Throws `kesConfigRefused` for what
 * KES would refuse, or take and never act on, `kesConfigPublic` and `kesConfigOpenDoor` for what would let everybody in.
 */
export function writeKesConfig(config: KesConfig, options: WriteOptions = {}): string {
  const tidy = { ...config, policies: config.policies.map(tidied) };
  refuseTwins(tidy);
  const plain = render(tidy, options);
  refuseBroken(plain, tidy);
  return options.secrets === undefined ? plain : render(tidy, options, options.secrets);
}

/** What stands between a configuration and a KES that works with it, and only for those that it names. */
export function blockers(findings: readonly Finding[]): Finding[] {
  return findings.filter(
    ({ severity, today, text }) =>
      (severity === 'wrong' && (today === 'ends' || today === 'never')) ||
      (severity === 'dangerous' && today === 'never') ||
      text.code === 'kesFindSkipAuth' ||
      isPublic(text.code),
  );
}

/** Everybody has the private key: what such an identity may, everybody may. */
function isPublic(code: string): boolean {
  return code === 'kesFindPublicPlay' || code === 'kesFindPublicKey';
}

/** Why a configuration is not written, as an error of normal use. */
export function isRefusal(error: unknown): error is AppError {
  return (['kesConfigRefused', 'kesConfigPublic', 'kesConfigOpenDoor'] as const).some((code) => isAppError(error, code));
}

/** The text is read again: what is lost or broken on the way is found before a server sees it. */
function refuseBroken(text: string, config: KesConfig): void {
  const { config: again, findings } = readKesConfig(text, { matching: 'prefix' });
  const [first] = blockers(findings);
  if (first) {
    const { code, params = {} } = first.text;
    if (isPublic(code)) throw new AppError('kesConfigPublic', { identity: params.identity ?? '-', where: params.where ?? '-' });
    if (code === 'kesFindSkipAuth') throw new AppError('kesConfigOpenDoor', { route: params.route ?? '-' });
    const value = text.split('\n')[(first.line ?? 0) - 1]?.trim() ?? '-';
    throw new AppError('kesConfigRefused', { path: first.path, line: first.line ?? 0, value: value.slice(0, 200) });
  }
  const names = config.policies.map(({ name }) => name).join(', ');
  if (JSON.stringify(again.policies) !== JSON.stringify(config.policies))
    throw new AppError('kesConfigRefused', { path: 'policy', line: 0, value: names.slice(0, 200) });
}

/** Two of one name would be one: the second would take the place of the first without a word. */
function refuseTwins({ policies }: KesConfig): void {
  const twin = policies.find(({ name }, at) => policies.findIndex((one) => one.name === name) !== at);
  if (twin) throw new AppError('kesConfigRefused', { path: `policy.${twin.name}`, line: 0, value: twin.name });
}

function render(config: KesConfig, options: WriteOptions, secrets?: ReadonlyMap<string, Secret>): string {
  const word = (value: string): string | Scalar => (value.startsWith('$' + '{') ? quoted(secretFor(value, secrets)) : value);
  const { tls, cache } = config;
  // Readers of YAML 1.1 and 1.2 must see the same: `off` and numbers are put in quotes.
  const document = new Document({}, { version: '1.1' });
  const policies = new YAMLMap(document.schema);
  for (const { name, allow, deny, identities } of config.policies)
    policies.add(
      document.createPair(name, {
        ...(allow.length === 0 ? {} : { allow }),
        ...(deny.length === 0 ? {} : { deny }),
        ...(identities.length === 0 ? {} : { identities: identities.map(quoted) }),
      }),
    );
  document.contents = document.createNode({
    version: 'v1',
    address: word(config.address),
    admin: { identity: hashOrWord(config.admin ?? 'disabled') },
    tls: {
      key: word(tls.key),
      cert: word(tls.cert),
      ...(tls.password === undefined ? {} : { password: word(tls.password) }),
      auth: tls.auth,
      ...(tls.ca === undefined ? {} : { ca: word(tls.ca) }),
    },
    ...(Object.keys(config.api).length === 0 ? {} : { api: apiOf(config) }),
    ...(config.policies.length === 0 ? {} : { policy: policies }),
    cache: {
      expiry: {
        any: word(cache.any),
        unused: word(cache.unused),
        ...(cache.offline === undefined ? {} : { offline: word(cache.offline) }),
      },
    },
    log: { error: word(config.log.error), audit: word(config.log.audit) },
    ...(config.keys.length === 0 ? {} : { keys: config.keys.map((name) => ({ name: word(name) })) }),
    ...(config.keyStore === undefined ? {} : { keystore: storeOf(config.keyStore, secrets) }),
  }) as typeof document.contents;
  if (options.commentsOf !== undefined) carryComments(options.commentsOf, document);
  if (options.heading !== undefined)
    document.commentBefore = ` ${options.heading}${document.commentBefore ? `\n${document.commentBefore}` : ''}`;
  return document.toString({ lineWidth: 0 });
}

/** Blanks around a word, empty lines of a form and repetitions say nothing. */
function tidied({ name, ...lists }: KesPolicy): KesPolicy {
  const words = (list: readonly string[]): string[] => [...new Set(list.map((word) => word.trim()).filter((word) => word !== ''))];
  return { name: name.trim(), allow: words(lists.allow), deny: words(lists.deny), identities: words(lists.identities) };
}

function apiOf({ api }: KesConfig): object {
  const routes = Object.entries(api).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    routes.map(([route, { skipAuth, timeout }]) => [
      route,
      { ...(skipAuth === undefined ? {} : { skip_auth: skipAuth }), ...(timeout === undefined ? {} : { timeout }) },
    ]),
  );
}

/** Nested by the dots of the paths, in the order of the shape. */
function storeOf({ kind, values }: NonNullable<KesConfig['keyStore']>, secrets?: ReadonlyMap<string, Secret>): object {
  const shape = keyStoreShapes[kind];
  const inner: Record<string, unknown> = {};
  for (const { path, type, secret } of shape.fields) {
    const value = values[path];
    if (value === undefined) continue;
    if (secret && referenceOf(value) === undefined && !(path === 'kubernetes.jwt' && value.includes('/')))
      throw new AppError('kesConfigRefused', { path: `keystore.${kind}.${path}`, line: 0, value: '$' + '{…}' });
    const parts = path.split('.');
    let map = inner;
    for (const part of parts.slice(0, -1)) {
      map[part] ??= {};
      map = map[part] as Record<string, unknown>;
    }
    const reference = value.startsWith('$' + '{');
    const written = reference || path === 'approle.id' ? quoted(secretFor(value, secrets)) : value;
    map[parts.at(-1) ?? ''] = type === 'list' ? value.split(',').map((one) => one.trim()) : written;
  }
  return shape.yaml.toReversed().reduce<object>((below, word) => ({ [word]: below }), inner);
}

function secretFor(value: string, secrets: ReadonlyMap<string, Secret> | undefined): string {
  return secrets?.get(referenceOf(value) ?? '')?.reveal() ?? value;
}

function hashOrWord(value: string): string | Scalar {
  return /^[0-9a-fA-F]{64}$|^\$\{/.test(value) ? quoted(value) : value;
}

function quoted(value: string): Scalar {
  const scalar = new Scalar(value);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}
