import { AppError } from '../../../../shared/rpc/errors.ts';
import { type Entry, type Place, variableName } from './places.ts';
import { readShell } from './shell.ts';
import { readUnit } from './unit.ts';
import { readYamlForms } from './yamlForms.ts';

const mostEntries = 2000;

/** Finds out what a text is, and what it gives to MinIO. Throws `minioVariablesNone` where it names none of its variables. */
export function readPlaces(content: string, name: string): Place[] {
  const places = formsOf(content.replace(/^\uFEFF/, ''), name).filter(({ entries }) => entries.some(isOurs));
  if (places.length === 0 || places.some(({ entries }) => entries.length > mostEntries)) throw new AppError('minioVariablesNone', { name });
  return places;
}

const isOurs = ({ name }: Entry): boolean => /^(?:MINIO|KES)_/.test(name);

function formsOf(content: string, name: string): Place[] {
  if (/^\s*\[(?:Unit|Service|Install)\]\s*$/m.test(content)) return [readUnit(content, name)];
  const lines = content.split(/\r?\n/).filter((line) => line.trim() !== '' && !/^\s*#/.test(line));
  // With `export` a shell reads it, and a `$` means something.
  if (lines.every((line) => /^[A-Za-z_]\w*=/.test(line.trim()))) return [readPlain(content, name)];
  const found = readYamlForms(content, name);
  if (found !== undefined) return found;
  return [readShell(content, name)];
}

/** The file of `MINIO_CONFIG_ENV_FILE` or of a package's `/etc/default/minio`, line by line as MinIO reads it (minio.md 2.7). */
function readPlain(content: string, name: string): Place {
  const entries = content.split('\n').flatMap((raw, at): Entry[] => {
    const entry = raw.trim();
    const cut = entry.indexOf('=');
    const variable = entry.slice(0, cut);
    if (cut < 1 || entry.startsWith('#') || !variableName.test(variable)) return [];
    const value = entry.slice(cut + 1);
    const quote = value[0];
    const quoted = value.length >= 2 && (quote === '"' || quote === "'") && value.endsWith(quote);
    return [{ name: variable, value: quoted ? value.slice(1, -1) : value, line: at + 1 }];
  });
  return { form: 'environment', name, entries, elsewhere: [] };
}
