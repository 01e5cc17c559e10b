import { keyName } from '../../../../shared/kes.ts';
import { namedRoutes, plainRoutes } from '../../../../shared/kesRules.ts';
import { say } from '../../../../shared/text.ts';
import { isGoDuration } from '../../../clients/kes/duration.ts';
import { type KesCommand, readCommand } from './commandLine.ts';
import type { Dialect, Finding, KesConfig, KesReading, Matching } from './model.ts';
import { createReader, type Reader, referenceOf } from './reader.ts';
import { brief, identityIn, judgePublic, readPolicies } from './readPolicies.ts';
import { readStore } from './readStore.ts';
import { type Entry, parseYaml, wordOf } from './yamlText.ts';

export interface ReadOptions {
  /** The old start command: the administrator and `auth` were flags up to v0.17. */
  commandLine?: string;
  /** Names of the variables that the server's environment has. Absent: not known. */
  environment?: readonly string[];
  /** How the server that the file comes from matched rules, where that is known. */
  matching?: Matching;
  /** The file of a server that Sealdeck runs holds its secrets on purpose. */
  secretsBelong?: true;
}

const topLevel = ['version', 'address', 'root', 'admin', 'tls', 'policy', 'cache', 'log', 'api', 'keys', 'keystore'];
export const harmlessWithoutLogin: readonly string[] = ['/v1/ready', '/v1/status', '/v1/metrics', '/v1/api'];

/**
 * Reads a configuration of any dialect, with the command line it was started with, into what it means today. Throws the
 * `kesYaml…` errors of `parseYaml`; everything else is a finding.
 */
export function readKesConfig(text: string, options: ReadOptions = {}): KesReading {
  const yaml = parseYaml(text);
  const reader = createReader(yaml, options.environment);
  const command = options.commandLine === undefined ? undefined : readCommand(options.commandLine);
  const top = yaml.root ? reader.entries({ key: '', path: '', line: 1, value: yaml.root }) : [];
  reader.unknown(top, topLevel);
  const at = (key: string): Entry | undefined => top.find((entry) => entry.key === key);
  const within = (parent: Entry | undefined, known: readonly string[]): ((key: string) => Entry | undefined) => {
    const entries = reader.entries(parent);
    reader.unknown(entries, known);
    return (key) => entries.find((entry) => entry.key === key);
  };
  const version = reader.word(at('version'));
  if (version !== undefined && version !== 'v1') reader.note('wrong', 'ends', say('kesFindVersion'), at('version') ?? { path: 'version' });
  const dialect = dialectOf(at, (entry) => reader.keysOf(entry));
  const legacy = options.matching === 'glob' || isLegacy(dialect, command, text);
  const matching = options.matching ?? (legacy ? 'glob' : 'prefix');
  const { policies, rules } = readPolicies(reader, at('policy'), matching);
  const config: KesConfig = {
    address: readAddress(reader, at('address'), command),
    ...optional('admin', readAdmin(reader, at('root'), within(at('admin'), ['identity'])('identity'), command)),
    tls: readTls(reader, at('tls'), within(at('tls'), ['key', 'cert', 'password', 'auth', 'ca', 'proxy']), command, dialect, legacy),
    policies,
    cache: readCache(reader, at('cache'), within(within(at('cache'), ['expiry'])('expiry'), ['any', 'unused', 'offline'])),
    log: readLog(reader, within(at('log'), ['error', 'audit']), legacy),
    api: readApi(reader, at('api')),
    keys: readKeys(reader, at('keys')),
    ...optional('keyStore', readKeyStore(reader, at('keys'), at('keystore'))),
  };
  judgeAdmin(reader, config, at('admin') ?? at('root'));
  const findings = reader.findings.filter(({ text: { code } }) => !(options.secretsBelong && code === 'kesFindSecretPlain'));
  return {
    dialect,
    matching,
    config,
    rules,
    findings: [...findings, ...(command ? commandFindings(command) : [])].toSorted(byLine),
    secrets: reader.secrets,
    shown: reader.shown(),
  };
}

function byLine(a: Finding, b: Finding): number {
  return (a.line ?? 1e9) - (b.line ?? 1e9);
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}

/** Generations by what only they have (kes.md 1.2). A file that all servers since v0.17.2 read alike counts as D. */
function dialectOf(at: (key: string) => Entry | undefined, keysOf: (entry: Entry | undefined) => string[] | undefined): Dialect {
  if (keysOf(at('keys')) !== undefined) return 'A';
  const policies = keysOf(at('policy')) ?? [];
  if (policies.includes('*.paths')) return 'B';
  if (at('root')) return 'C';
  const tls = keysOf(at('tls')) ?? [];
  if (tls.includes('auth')) return 'F';
  return at('version') || at('api') || tls.includes('ca') ? 'E' : 'D';
}

/** Up to 2023-10-03 rules were globs. Only such a server took these flags, and had these routes. */
function isLegacy(dialect: Dialect, command: KesCommand | undefined, text: string): boolean {
  if (dialect === 'A' || dialect === 'B' || dialect === 'C') return true;
  // `tls.auth` came after rules had become prefixes.
  if (dialect === 'F') return false;
  const flags = command && (command.root !== undefined || command.mlock || command.quiet || command.auth !== undefined);
  return (
    flags === true ||
    /^[^#\n]*\/v1\/(?:log\/(?:audit|error)\/trace|policy\/(?:write|assign)|identity\/(?:assign|forget)|key\/bulk)/m.test(text)
  );
}

function readAddress(reader: Reader, entry: Entry | undefined, command: KesCommand | undefined): string {
  const word = command?.address ?? reader.word(entry) ?? '0.0.0.0:7373';
  const listens = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\])?:\d{1,5}$/.test(word) || referenceOf(word) !== undefined;
  if (!listens) reader.note('wrong', 'ends', say('kesFindAddress', { address: word }), entry ?? { path: 'address' });
  return word;
}

function readAdmin(reader: Reader, root: Entry | undefined, admin: Entry | undefined, command: KesCommand | undefined): string | undefined {
  if (root) reader.note('outdated', 'ends', say('kesFindRoot'), root);
  const named = reader.word(admin) ?? command?.root ?? reader.word(root);
  return named && identityIn(reader, named, admin ?? root ?? { path: 'admin.identity' });
}

function judgeAdmin(reader: Reader, { admin, policies }: KesConfig, entry: Entry | undefined): void {
  const place = { path: 'admin.identity', ...(entry === undefined ? {} : { line: entry.line }) };
  if (admin === undefined) {
    reader.note('wrong', 'ends', say('kesFindNoAdmin'), place);
    return;
  }
  const owner = policies.find(({ identities }) => identities.includes(admin));
  if (owner) reader.note('wrong', 'ends', say('kesFindAdminPolicy', { policy: owner.name }), place);
  if (!/^[0-9a-fA-F]{64}$/.test(admin)) return;
  if (admin !== admin.toLowerCase()) reader.note('wrong', 'never', say('kesFindIdentityCase', { identity: brief(admin) }), place);
  reader.note('dangerous', 'takes', say('kesFindAdmin'), place);
  judgePublic(reader, admin, place);
}

function readTls(
  reader: Reader,
  section: Entry | undefined,
  at: (key: string) => Entry | undefined,
  command: KesCommand | undefined,
  dialect: Dialect,
  legacy: boolean,
): KesConfig['tls'] {
  const place = section ?? { path: 'tls' };
  const key = command?.key ?? reader.word(at('key'));
  const cert = command?.cert ?? reader.word(at('cert'));
  if (key === undefined) reader.note('wrong', 'ends', say('kesFindTls', { key: 'key' }), place);
  if (cert === undefined) reader.note('wrong', 'ends', say('kesFindTls', { key: 'cert' }), place);
  const proxy = at('proxy');
  const identities = reader.entries(proxy).find((entry) => entry.key === 'identities');
  if (proxy && reader.list(identities, true).length > 0) reader.note('dangerous', 'ignores', say('kesFindProxy'), proxy);
  else if (proxy) reader.note('ignored', 'ignores', say('kesFindProxyEmpty'), proxy);
  const auth = at('auth');
  const word = reader.word(auth)?.toLowerCase();
  if (auth && word !== undefined && word !== 'on' && word !== 'off') reader.note('wrong', 'ends', say('kesFindAuthWord'), auth);
  // Up to 2023-10-03 it was a flag, on unless said otherwise.
  const flagged = legacy && dialect !== 'F' ? (command?.auth ?? (command ? 'on' : undefined)) : undefined;
  if (legacy && word === undefined && command === undefined)
    reader.note('dangerous', 'differs', say('kesFindAuthUnknown'), { path: 'tls.auth' });
  const ca = reader.word(at('ca'));
  if (!legacy && word === 'on' && ca === undefined) reader.note('dangerous', 'takes', say('kesFindAuthSystem'), auth ?? place);
  return {
    key: key ?? '',
    cert: cert ?? '',
    ...optional('password', reader.secret(at('password'), 'KES_TLS_PASSWORD')),
    auth: word === 'on' || word === 'off' ? word : (flagged ?? 'off'),
    ...optional('ca', ca),
  };
}

function readCache(reader: Reader, section: Entry | undefined, at: (key: string) => Entry | undefined): KesConfig['cache'] {
  const duration = (key: string): string | undefined => {
    const entry = at(key);
    const word = reader.word(entry);
    if (entry && word !== undefined && (!isGoDuration(word) || word.startsWith('-')))
      reader.note('wrong', 'ends', say('kesFindDuration', { key }), entry);
    return word;
  };
  const any = duration('any');
  const unused = duration('unused');
  // Without this line KES keeps keys for 30 s, whatever `any` says.
  if (unused === undefined) reader.note('dangerous', 'differs', say('kesFindCacheUnused'), section ?? { path: 'cache.expiry.unused' });
  return { any: any ?? '5m0s', unused: unused ?? '30s', ...optional('offline', duration('offline')) };
}

function readLog(reader: Reader, at: (key: string) => Entry | undefined, legacy: boolean): KesConfig['log'] {
  const level = (key: string): string | undefined => {
    const entry = at(key);
    const word = reader.word(entry);
    const known = word === undefined || /^(?:on|off|[+-]?\d+|(?:debug|info|warn|error)(?:[+-]\d+)?|\$\{.+\})$/i.test(word);
    if (entry && !known) reader.note('wrong', 'ends', say('kesFindLogWord', { key }), entry);
    return word;
  };
  const error = level('error');
  const audit = level('audit');
  if (audit === undefined) reader.note(legacy ? 'outdated' : 'ignored', 'differs', say('kesFindAudit'), { path: 'log.audit' });
  return { error: error ?? 'on', audit: audit ?? (legacy ? 'off' : 'on') };
}

function readApi(reader: Reader, section: Entry | undefined): KesConfig['api'] {
  const api: KesConfig['api'] = {};
  const routes = [...plainRoutes, ...namedRoutes];
  for (const entry of reader.entries(section)) {
    const below = reader.entries(entry);
    reader.unknown(below, ['skip_auth', 'timeout']);
    const skip = below.find(({ key }) => key === 'skip_auth');
    const timeout = below.find(({ key }) => key === 'timeout');
    const skipWord = reader.word(skip);
    const timeoutWord = reader.word(timeout);
    if (!routes.includes(entry.key)) {
      const slash = routes.includes(`${entry.key}/`);
      reader.note(
        'ignored',
        'ignores',
        slash ? say('kesFindApiSlash', { route: entry.key }) : say('kesFindApiRoute', { route: brief(entry.key) }),
        entry,
      );
      continue;
    }
    if (skip && skipWord !== undefined && !/^(?:true|false)$/i.test(skipWord)) reader.note('wrong', 'ends', say('kesFindSkipWord'), skip);
    const skipAuth = skipWord?.toLowerCase() === 'true';
    if (skip && skipAuth && !harmlessWithoutLogin.includes(entry.key))
      reader.note('dangerous', 'takes', say('kesFindSkipAuth', { route: entry.key }), skip);
    else if (skip && skipAuth) reader.note('dangerous', 'takes', say('kesFindSkipHarmless', { route: entry.key }), skip);
    if (timeout && timeoutWord !== undefined && (!isGoDuration(timeoutWord) || timeoutWord.startsWith('-')))
      reader.note('wrong', 'ends', say('kesFindDuration', { key: 'timeout' }), timeout);
    api[entry.key] = { ...(skip === undefined ? {} : { skipAuth }), ...optional('timeout', timeoutWord) };
  }
  return api;
}

/** `keys` is a list of names since v0.13.6; before, it was the key store. */
function readKeys(reader: Reader, section: Entry | undefined): string[] {
  if (section === undefined || reader.keysOf(section) !== undefined || wordOf(section.value) === '') return [];
  const names: string[] = [];
  for (const item of reader.maps(section)) {
    reader.unknown(item, ['name']);
    const entry = item.find(({ key }) => key === 'name');
    const name = reader.word(entry);
    if (entry === undefined || name === undefined) continue;
    if (names.includes(name)) reader.note('wrong', 'ends', say('kesFindKeyTwice', { name: brief(name) }), entry);
    else names.push(name);
    if (referenceOf(name) === undefined && !keyName.safeParse(name).success)
      reader.note('wrong', 'ignores', say('kesFindKeyName', { name: brief(name) }), entry);
  }
  if (names.length > 0) reader.note('ignored', 'ignores', say('kesFindKeys', { count: names.length }), section);
  return names;
}

function readKeyStore(reader: Reader, keys: Entry | undefined, keystore: Entry | undefined): KesConfig['keyStore'] {
  if (keys === undefined || reader.keysOf(keys) === undefined) return readStore(reader, keystore);
  reader.note('outdated', 'ends', say('kesFindKeysMap'), keys);
  if (keystore) reader.note('wrong', 'ends', say('kesFindTwoStores', { first: 'keys', second: 'keystore' }), keystore);
  // Both are read: secrets are taken out of either.
  const [old, fresh] = [readStore(reader, keys), keystore && readStore(reader, keystore)];
  return old ?? fresh;
}

function commandFindings(command: KesCommand): Finding[] {
  const findings: Finding[] = [];
  const note = (severity: Finding['severity'], today: Finding['today'], text: Finding['text'], path: string): void => {
    findings.push({ severity, today, text, path, from: 'command' });
  };
  if (command.root !== undefined) note('outdated', 'ends', say('kesFindFlagRoot'), '--root');
  if (command.mlock) note('outdated', 'ends', say('kesFindFlagMlock'), '--mlock');
  if (command.quiet) note('outdated', 'ends', say('kesFindFlagQuiet'), '--quiet');
  if (command.auth !== undefined) note('outdated', 'ignores', say('kesFindFlagAuth', { auth: command.auth }), '--auth');
  if (command.key !== undefined || command.cert !== undefined) note('outdated', 'ignores', say('kesFindFlagTls'), '--key');
  for (const flag of command.unknown) note('wrong', 'ends', say('kesFindFlagUnknown', { flag: brief(flag) }), brief(flag));
  return findings;
}
