import { isAlias, isMap, isNode, isScalar, type Node, type Scalar, visit, type YAMLMap } from 'yaml';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { readYaml } from '../../../platform/yamlDocument.ts';

/** A file of many hundred policies has 200 kB. */
const mostCharacters = 1_000_000;

export interface YamlText {
  readonly text: string;
  /** Absent: the document is empty. */
  readonly root: YAMLMap | undefined;
  /** From 1. */
  lineOf(node: Node | number): number;
}

export interface Entry {
  readonly key: string;
  readonly path: string;
  readonly line: number;
  readonly value: Node | null;
}

/**
 * One YAML document whose scalars all stay as they are written, as KES takes them. Throws, with the line: `kesYamlTab`,
 * `kesYamlTwice`, `kesYamlReference` (anchors), `kesYamlMany`, `kesYamlLarge`, `kesYamlNotMap`, `kesYamlBroken`. No error quotes the text.
 */
export function parseYaml(text: string): YamlText {
  if (text.length > mostCharacters) throw new AppError('kesYamlLarge', { size: text.length, most: mostCharacters });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/.exec(text);
  if (control) throw new AppError('kesYamlBroken', { line: lineAt(text, control.index), reason: 'control character' });
  const { documents, lineOf, error } = readYaml(text, { failsafe: true, one: true });
  if (error) throw brokenAt(error.code, error.line);
  const [document] = documents;
  const contents = document?.contents ?? null;
  if (document)
    visit(document, (_key, node) => {
      const referred = isAlias(node) || (isNode(node) && 'anchor' in node && node.anchor !== undefined);
      if (referred) throw new AppError('kesYamlReference', { line: lineOf(node.range?.[0] ?? 0) });
    });
  if (contents !== null && !isMap(contents) && !(isScalar(contents) && contents.value === ''))
    throw new AppError('kesYamlNotMap', { line: lineOf(contents.range?.[0] ?? 0) });
  return {
    text,
    root: isMap(contents) ? contents : undefined,
    lineOf: (at) => lineOf(typeof at === 'number' ? at : (at.range?.[0] ?? 0)),
  };
}

function brokenAt(code: string, line: number): AppError {
  if (code === 'TAB_AS_INDENT') return new AppError('kesYamlTab', { line });
  if (code === 'DUPLICATE_KEY') return new AppError('kesYamlTwice', { line });
  if (code === 'MULTIPLE_DOCS') return new AppError('kesYamlMany', { line });
  return new AppError('kesYamlBroken', {
    line,
    reason: code === 'RESOURCE_EXHAUSTION' ? 'nested too deeply' : code.toLowerCase().replaceAll('_', ' '),
  });
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** The pairs of a map. A key that is no plain word is passed over: KES ignores it. */
export function entriesOf(yaml: YamlText, map: YAMLMap, path: string): Entry[] {
  return map.items.flatMap(({ key, value }) => {
    if (!isScalar(key) || typeof key.value !== 'string') return [];
    const name = key.value;
    return [
      { key: name, path: path === '' ? name : `${path}.${name}`, line: yaml.lineOf(key as Scalar), value: (value ?? null) as Node | null },
    ];
  });
}

/** A scalar as KES reads it: nothing for an empty or null one. Undefined: it is a map or a list. */
export function wordOf(node: Node | null): string | undefined {
  if (node === null) return '';
  if (!isScalar(node)) return undefined;
  const word = String(node.value ?? '');
  return node.type === 'PLAIN' && /^(?:~|null|Null|NULL)$/.test(word) ? '' : word;
}
