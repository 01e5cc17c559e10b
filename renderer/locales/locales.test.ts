import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { firstEn } from './first.ts';
import { zhCN } from './zh-CN.ts';

type Tree = { readonly [key: string]: string | Tree };

function flat(tree: Tree, at = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(`${at}${key}`, value);
    else for (const [inner, text] of flat(value, `${at}${key}.`)) all.set(inner, text);
  }
  return all;
}

const root = resolve(import.meta.dirname, '..');
const sources = globSync('{app,components,features,jobs,rpc,wizard}/**/*.{ts,tsx}', { cwd: root })
  .filter((file) => !file.includes('.test.'))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');

/** All that stands in quotes and could be a key, found once: looking for each key in all sources took seconds. */
const named = new Set([...sources.matchAll(/'([\w.-]+)'|"([\w.-]+)"/g)].map(([, single, double]) => single ?? double));

/** Keys built by a template, `vault.state.${node.state}`: one word stands in each of its places, and names no further key below. */
const built = [...sources.matchAll(/`([a-z]\w*\.[^`\s]*\$\{[^`]*)`/gi)].map(
  ([, template = '']) => new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\$\{[^}]*\}/g, '[^.]+')}$`),
);

const places = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
const english = flat(en);
const chinese = flat(zhCN);

describe('the words of the window', () => {
  it('have the same keys in both languages, but for the English singular', () => {
    const wanted = [...english.keys()].filter((key) => !key.endsWith('_one'));
    expect([...chinese.keys()].sort()).toEqual(wanted.sort());
  });

  it('have a plural form for every singular', () => {
    const lonely = [...english.keys()].filter((key) => key.endsWith('_one') && !english.has(key.replace(/_one$/, '_other')));
    expect(lonely).toEqual([]);
  });

  it('name the same places in both languages', () => {
    const different = [...chinese].filter(([key, text]) => places(text).join() !== places(english.get(key) ?? '').join());
    expect(different).toEqual([]);
  });

  it('are all shown somewhere: a source names their key, or builds it by a template', () => {
    const unused = [...english.keys()]
      .map((key) => key.replace(/_(?:one|other)$/, ''))
      .filter((key) => !named.has(key) && !built.some((pattern) => pattern.test(key)));
    expect(unused).toEqual([]);
  });

  it('are never empty and never use the double-brace form', () => {
    const bad = [...english, ...chinese].filter(([, text]) => text.trim() === '' || text.includes('{{'));
    expect(bad).toEqual([]);
  });

  it('are all there when the first screen is drawn: it uses those of the frame, the components and Overview alone', () => {
    const later = ['app/Palette.tsx', 'app/routes.tsx'];
    const files = globSync('{app,jobs,features/overview}/**/*.tsx', { cwd: root }).filter((file) => !later.includes(file));
    expect(files.length).toBeGreaterThan(10);
    const foreign = files.flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/\bt\([^)]*?['`](\w+)\.\w/g)].flatMap(([, domain = '']) =>
        Object.hasOwn(firstEn, domain) || !Object.hasOwn(en, domain) ? [] : [`${file}: ${domain}`],
      ),
    );
    expect(foreign).toEqual([]);
  });
});
