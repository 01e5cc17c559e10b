import { secretNameOf } from '../../../../shared/kesConfig.ts';
import { type KeyStoreField, type KeyStoreKind, keyStoreKind, keyStoreShapes } from '../../../../shared/keyStores.ts';
import { say } from '../../../../shared/text.ts';
import { isGoDuration } from '../../../clients/kes/duration.ts';
import type { KesConfig } from './model.ts';
import type { Reader } from './reader.ts';
import type { Entry } from './yamlText.ts';

type Found = NonNullable<KesConfig['keyStore']>;

/** The key store below `keystore`, or below the `keys` of old files. */
export function readStore(reader: Reader, section: Entry | undefined): Found | undefined {
  const stores = reader.entries(section);
  reader.unknown(stores, keyStoreKind.options);
  const found = stores.flatMap((entry) => {
    const kind = keyStoreKind.safeParse(entry.key);
    return kind.success ? [{ entry, store: readOne(reader, kind.data, entry) }] : [];
  });
  const [first, second] = found;
  if (first === undefined) reader.note('wrong', 'ends', say('kesFindNoStore'), section ?? { path: 'keystore' });
  if (second !== undefined)
    reader.note('wrong', 'ends', say('kesFindTwoStores', { first: first?.store.kind ?? '', second: second.store.kind }), second.entry);
  return first?.store;
}

function readOne(reader: Reader, kind: KeyStoreKind, entry: Entry): Found {
  const shape = keyStoreShapes[kind];
  let map: Entry = entry;
  for (const word of shape.yaml.slice(1)) {
    const below = reader.entries(map);
    reader.unknown(below, [word]);
    const next = below.find(({ key }) => key === word);
    if (next === undefined) {
      reader.note('wrong', 'ends', say('kesFindNoStore'), map);
      return { kind, values: {} };
    }
    map = next;
  }
  const values: Record<string, string> = {};
  readFields(reader, kind, map, '', values);
  judgeStore(reader, kind, values, map);
  return { kind, values };
}

function readFields(reader: Reader, kind: KeyStoreKind, map: Entry, below: string, values: Record<string, string>): void {
  const { fields } = keyStoreShapes[kind];
  const here = fields.filter(({ path }) => path.startsWith(below)).map(({ path }) => path.slice(below.length).split('.')[0] ?? '');
  const entries = reader.entries(map);
  reader.unknown(entries, here);
  for (const entry of entries) {
    const path = below + entry.key;
    const field = fields.find((one) => one.path === path);
    if (field === undefined) {
      if (here.includes(entry.key)) readFields(reader, kind, entry, `${path}.`, values);
      continue;
    }
    if (field.legacy) {
      reader.note('outdated', 'ignores', say('kesFindRetry', { key: entry.key }), entry);
      continue;
    }
    const value = fieldValue(reader, kind, field, entry);
    if (value !== undefined) values[path] = value;
  }
}

function fieldValue(reader: Reader, kind: KeyStoreKind, field: KeyStoreField, entry: Entry): string | undefined {
  if (field.type === 'list')
    return (
      reader
        .list(entry, true)
        .map(({ word }) => word)
        .join(',') || undefined
    );
  if (field.secret) {
    // A service account's token is often given as the path of a file.
    const word = reader.peek(entry);
    return word !== undefined && field.path === 'kubernetes.jwt' && word.includes('/')
      ? reader.word(entry)
      : reader.secret(entry, secretNameOf(kind, field.path));
  }
  const word = reader.word(entry);
  if (word !== undefined && field.type === 'duration' && !isGoDuration(word))
    reader.note('wrong', 'ends', say('kesFindDuration', { key: entry.key }), entry);
  return word;
}

/** What KES's reader, or the store itself, would stumble over. */
function judgeStore(reader: Reader, kind: KeyStoreKind, values: Record<string, string>, map: Entry): void {
  const shape = keyStoreShapes[kind];
  const { note } = reader;
  if (shape.gone) note('wrong', 'ends', say('kesFindStoreGone', { kind }), map);
  for (const { path, required } of shape.fields)
    if (required && values[path] === undefined) note('wrong', 'ends', say('kesFindStoreMissing', { key: path }), map);
  const groups = new Set(shape.fields.flatMap(({ group }) => group ?? []));
  for (const group of groups) {
    const members = shape.fields.filter((field) => field.group === group);
    const missing = members.filter(({ path }) => values[path] === undefined);
    if (missing.length > 0 && missing.length < members.length)
      for (const { path } of missing) note('wrong', 'ends', say('kesFindStoreGroup', { key: path, group }), map);
  }
  const place = (key: string): { path: string; line?: number } =>
    reader.entries(map).find((entry) => entry.key === key) ?? { path: `${map.path}.${key}`, line: map.line };
  const { endpoint } = values;
  if (kind === 'fs') note('dangerous', 'takes', say('kesFindFs'), map);
  if (kind === 'gcp' && endpoint !== undefined) note('wrong', 'ends', say('kesFindGcpEndpoint'), place('endpoint'));
  if (endpoint !== undefined && /^https?:\/\/[^/@]+:[^/@]+@/.test(endpoint))
    note('dangerous', 'takes', say('kesFindUrlLogin'), place('endpoint'));
  if (kind !== 'vault') return;
  if (endpoint?.startsWith('http:')) note('dangerous', 'takes', say('kesFindHttp'), place('endpoint'));
  const { version } = values;
  if (version === undefined) note('outdated', 'differs', say('kesFindVaultVersion'), { path: `${map.path}.version`, line: map.line });
  else if (!/^v[12]$|^\$\{/.test(version)) note('wrong', 'ends', say('kesFindVaultVersionWord'), place('version'));
  values.version ??= 'v1';
  const appRole = values['approle.id'] !== undefined || values['approle.secret'] !== undefined;
  const kubernetes = values['kubernetes.role'] !== undefined || values['kubernetes.jwt'] !== undefined;
  if (appRole === kubernetes) note('wrong', 'ends', say(appRole ? 'kesFindTwoLogins' : 'kesFindNoLogin'), map);
  const transit = Object.keys(values).some((path) => path.startsWith('transit.'));
  if (transit && values['transit.key'] === undefined) note('wrong', 'ends', say('kesFindStoreMissing', { key: 'transit.key' }), map);
}
