import { isMap, isSeq, type Node } from 'yaml';
import { Secret } from '../../../../shared/secret.ts';
import { say, type Text } from '../../../../shared/text.ts';
import { editDistance } from '../../../platform/editDistance.ts';
import type { Finding } from './model.ts';
import { type Entry, entriesOf, wordOf, type YamlText } from './yamlText.ts';

/** Where a finding is about: an entry, or a path of something that is not there. */
type Place = { path: string; line?: number };

export interface Item {
  word: string;
  line: number;
}

/**
 * One pass over a configuration: hands out what stands below a key and notes what is wrong with it. Whoever takes a secret
 * gets the `${NAME}` that stands for it from then on.
 */
export function createReader(yaml: YamlText, environment: readonly string[] | undefined) {
  const findings: Finding[] = [];
  const secrets = new Map<string, Secret>();
  const hidden: { from: number; to: number; by: string }[] = [];

  function note(severity: Finding['severity'], today: Finding['today'], text: Text, place: Place): void {
    const { path, line } = place;
    findings.push({ severity, today, text, path, from: 'file', ...(line === undefined ? {} : { line }) });
  }

  /** A `${NAME}` is replaced only where it is the whole value, and only if the server's environment has it. */
  function checkReference(word: string, place: Place): void {
    const name = referenceOf(word);
    if (name === undefined) {
      if (/\$\{[^}]*\}/.test(word)) note('dangerous', 'takes', say('kesFindPartReference'), place);
    } else if (environment !== undefined && !environment.includes(name)) note('wrong', 'ends', say('kesFindNoVariable', { name }), place);
  }

  function word(entry: Entry | undefined, isSecret = false): string | undefined {
    if (entry === undefined) return undefined;
    const found = wordOf(entry.value);
    if (found === undefined) {
      note('wrong', 'ends', say('kesFindNotValue', { key: entry.key }), entry);
      hide(entry.value, '');
      return undefined;
    }
    // Where a path belongs; what stands for it is hidden with all texts of that form.
    if (!isSecret && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(found)) {
      note('wrong', 'ends', say('kesFindNotValue', { key: entry.key }), entry);
      return undefined;
    }
    checkReference(found, entry);
    return found === '' ? undefined : found.trim();
  }

  function hide(node: Node | null, by: string): void {
    const [from, to] = node?.range ?? [];
    if (from === undefined || to === undefined || from === to) return;
    const lost = yaml.text.slice(from, to).split('\n').length - 1;
    hidden.push({ from, to, by: by + '\n'.repeat(lost) });
  }

  return {
    findings,
    secrets,
    note,
    word: (entry: Entry | undefined): string | undefined => word(entry),
    hide,
    /** The value without a finding. */
    peek: (entry: Entry): string | undefined => wordOf(entry.value),
    entries(entry: Entry | undefined): Entry[] {
      if (entry === undefined || wordOf(entry.value) === '') return [];
      if (isMap(entry.value)) return entriesOf(yaml, entry.value, entry.path);
      note('wrong', 'ends', say('kesFindNotMap', { key: entry.key }), entry);
      hide(entry.value, '');
      return [];
    },
    /** Names of what stands below a map, with `*.name` for what stands below those. Undefined: it is no map. */
    keysOf(entry: Entry | undefined): string[] | undefined {
      if (entry === undefined || !isMap(entry.value)) return undefined;
      const below = entriesOf(yaml, entry.value, entry.path);
      return below.flatMap((one) => [one.key, ...(isMap(one.value) ? entriesOf(yaml, one.value, '').map(({ key }) => `*.${key}`) : [])]);
    },
    /** The maps of a list. */
    maps(entry: Entry): Entry[][] {
      if (!isSeq(entry.value)) {
        note('wrong', 'ends', say('kesFindNotList', { key: entry.key }), entry);
        return [];
      }
      return entry.value.items.flatMap((node) => {
        if (isMap(node)) return [entriesOf(yaml, node, entry.path)];
        note('wrong', 'ends', say('kesFindNotMap', { key: entry.key }), { path: entry.path, line: yaml.lineOf(node as Node) });
        return [];
      });
    },
    list(entry: Entry | undefined, substituted: boolean): Item[] {
      if (entry === undefined || wordOf(entry.value) === '') return [];
      if (!isSeq(entry.value)) {
        note('wrong', 'ends', say('kesFindNotList', { key: entry.key }), entry);
        hide(entry.value, '"…"');
        return [];
      }
      return entry.value.items.flatMap((node) => {
        const line = yaml.lineOf(node as Node);
        const found = wordOf(node as Node);
        if (found === undefined) {
          note('wrong', 'ends', say('kesFindNotValue', { key: entry.key }), { path: entry.path, line });
          hide(node as Node, '"…"');
        }
        if (found !== undefined && substituted) checkReference(found, { path: entry.path, line });
        return found === undefined ? [] : [{ word: found, line }];
      });
    },
    /** Takes a secret out of the text. */
    secret(entry: Entry | undefined, name: string): string | undefined {
      const found = word(entry, true);
      if (entry === undefined || found === undefined || referenceOf(found) !== undefined) return found;
      let free = name;
      for (let count = 2; secrets.has(free); count += 1) free = `${name}_${count}`;
      // Not trimmed: a key in PEM ends with a line break.
      secrets.set(free, new Secret(wordOf(entry.value) ?? ''));
      hide(entry.value, `"\${${free}}"`);
      note('dangerous', 'takes', say('kesFindSecretPlain', { name: free }), entry);
      return `\${${free}}`;
    },
    /** What no server since knows at this place. Its values are not shown: a misplaced secret may be among them. */
    unknown(entries: readonly Entry[], known: readonly string[]): void {
      for (const entry of entries) {
        if (known.includes(entry.key)) continue;
        // A key may be as long as its file.
        const near = known.find((key) => editDistance(key, entry.key.slice(0, 60)) <= (key.length > 4 ? 2 : 1));
        const text =
          near === undefined ? say('kesFindUnknown', { key: short(entry.key) }) : say('kesFindMeant', { key: short(entry.key), near });
        note(near === undefined ? 'ignored' : 'wrong', 'ignores', text, entry);
        hide(entry.value, '"…"');
      }
    },
    /** The text, line for line, without its secrets. */
    shown(): string {
      let out = '';
      let at = 0;
      // What is hidden twice, or within something that is, is hidden once.
      for (const { from, to, by } of hidden.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
        if (from < at) continue;
        out += yaml.text.slice(at, from) + by;
        at = to;
      }
      out += yaml.text.slice(at);
      return hideInComments(out, [...secrets.values()]);
    },
  };
}
export type Reader = ReturnType<typeof createReader>;

/** The variable that a whole value stands for. */
export function referenceOf(word: string): string | undefined {
  return /^\s*\$\{\s*([^{}]*?)\s*\}\s*$/.exec(word)?.[1];
}

const secretWords =
  /((?:secret\w{0,40}|\w{0,40}password|passphrase|\w{0,40}token|jwt|private_key|api_?key|secret_?id)["']?\s*[:=]\s*)(?!["']?\$\{)(\S.*)$/i;
const secretForms =
  /kes:v1:[A-Za-z0-9+/=]{20,}|\bhv[sbr]\.[\w-]{20,}|\b[sbr]\.[\w-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY.*$|(?<=:\/\/)[^\s/@:]{0,200}:[^\s/@]{1,500}(?=@)/g;

/** Of a private key in PEM, behind its first. */
const keyLine = /^(?:[A-Za-z0-9+/=]*|(?:Proc-Type|DEK-Info):.*|-----END [A-Z ]*PRIVATE KEY-----)$/;

/** Old secrets are left behind in comments; no line is told from a value there, so what looks like one goes. */
function hideInComments(text: string, secrets: readonly Secret[]): string {
  const plain = secrets.map((secret) => secret.reveal().trim()).filter((value) => value.length > 5);
  let inKey = false;
  return text
    .split('\n')
    .map((line) => {
      if (inKey && keyLine.test(line.replace(/^[\s#]+/, '').trimEnd())) return line.replace(/[^\s#].*$/, '…');
      inKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(line);
      let out = line.replace(secretForms, '…');
      const at = /(?:^|\s)#/.exec(out)?.index ?? -1;
      if (at < 0) return out;
      let comment = out.slice(at).replace(secretWords, '$1…');
      for (const value of plain) comment = comment.replaceAll(value, '…');
      out = out.slice(0, at) + comment;
      return out;
    })
    .join('\n');
}

function short(word: string): string {
  return word.length > 60 ? `${word.slice(0, 60)}…` : word;
}
