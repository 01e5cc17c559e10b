import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import {
  caPath,
  fieldsOf,
  type KeyStoreChoice,
  keyStoreChoice,
  keyStoreShapes,
  type OtherKeyStoreKind,
} from '../../../shared/keyStores.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { reasonOf } from '../../platform/atomicFile.ts';

/** What `--key-store` takes besides the two of the Vault family; the words of KES's own file, and the product's name today. */
export const otherKeyStores: Readonly<Record<string, OtherKeyStoreKind>> = {
  aws: 'aws',
  gcp: 'gcp',
  azure: 'azure',
  ciphertrust: 'gemalto',
  gemalto: 'gemalto',
  entrust: 'entrust',
  fortanix: 'fortanix',
  fs: 'fs',
};

export interface KeyStoreWish {
  choice: Exclude<KeyStoreChoice, { kind: 'vault' }>;
  /** By the path of the field. */
  secrets: Record<string, string>;
}

/**
 * The lines of a key store as YAML or JSON, from a file or standard input (`-`): those below its own map of KES's file, or
 * KES's whole file. `tls.ca` is a path, from the file's folder; `proxy`, which KES's file does not know, the way there.
 * Throws `usage`, which names fields and never repeats a value.
 */
export function readKeyStoreFile(kind: OtherKeyStoreKind, file: string | undefined): KeyStoreWish {
  const refuse = (reason: string, cause?: unknown): AppError => new AppError('usage', { reason: `--key-store-file ${reason}` }, { cause });
  if (file === undefined && kind !== 'fs') throw refuse('is needed: the lines of the key store, in a file or on standard input (-)');
  const found = flat(inner(kind, file === undefined ? {} : read(file, refuse)), refuse);
  const values: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  let ca: string | undefined;
  let proxy: string | undefined;
  const fields = fieldsOf(kind);
  for (const [path, value] of Object.entries(found)) {
    if (/^\$\{.*\}$/.test(value)) throw refuse(`names a variable for ${path}: write the value itself`);
    const field = fields.find((one) => one.path === path);
    if (path === caPath && kind !== 'fs') ca = certificates(file, value, refuse);
    else if (path === 'proxy') proxy = value;
    else if (field?.secret) secrets[path] = value;
    else values[path] = value;
  }
  const choice = { kind, values, ...(ca === undefined ? {} : { ca }), ...(proxy === undefined ? {} : { proxy }) };
  const parsed = keyStoreChoice.safeParse(choice);
  const wrong = parsed.error?.issues[0]?.path.filter((part) => part !== 'values').join('.');
  if (wrong !== undefined) throw refuse(`: ${wrong} is missing, unknown or not what this key store takes`);
  return { choice, secrets };
}

type Refuse = (reason: string, cause?: unknown) => AppError;

function read(file: string, refuse: Refuse): unknown {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw refuse(`cannot be read: ${reasonOf(error)}`, error);
  }
  try {
    return parse(text, { schema: 'failsafe' });
  } catch {
    // What is wrong with it may be said in its own words, and those may be secrets.
    throw refuse('is no YAML or JSON');
  }
}

/** Out of KES's whole file the map of this key store. */
function inner(kind: OtherKeyStoreKind, content: unknown): unknown {
  const start = isMap(content) && isMap(content.keystore) ? content.keystore : content;
  return keyStoreShapes[kind].yaml.reduce<unknown>((at, name) => (isMap(at) && isMap(at[name]) ? at[name] : at), start);
}

function flat(content: unknown, refuse: Refuse, before = ''): Record<string, string> {
  if (content === null || content === undefined) return {};
  if (!isMap(content)) throw refuse('holds no lines of a key store');
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(content)) {
    const path = `${before}${name}`;
    if (isMap(value)) Object.assign(found, flat(value, refuse, `${path}.`));
    else if (Array.isArray(value)) found[path] = value.map(String).join(',');
    else if (value !== null && String(value) !== '') found[path] = String(value);
  }
  return found;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function certificates(file: string | undefined, path: string, refuse: Refuse): string {
  try {
    return readFileSync(resolve(file === undefined || file === '-' ? '.' : dirname(file), path), 'utf8');
  } catch (error) {
    throw refuse(`: ${caPath} cannot be read: ${reasonOf(error)}`, error);
  }
}
