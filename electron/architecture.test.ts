import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const folders = ['shared', 'electron', 'renderer', 'servers', 'e2e', 'bench'];
const maxLines = 400;

interface Source {
  path: string;
  lines: number;
  imports: string[];
  /** Without `import type`: what is really loaded. */
  loads: string[];
}

function sources(folder: string): Source[] {
  const found: Source[] = [];
  for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
    const file = join(root, folder, name);
    if (!/\.tsx?$/.test(name) || !statSync(file).isFile()) continue;
    const content = readFileSync(file, 'utf8');
    const loads = specifiers(content.replace(/import type [^;]+;/g, ''));
    found.push({ path: relative(root, file).split(sep).join('/'), lines: content.split('\n').length, imports: specifiers(content), loads });
  }
  return found;
}

function specifiers(content: string): string[] {
  return [...content.matchAll(/(?<![.'\w])(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

const all = folders.filter((folder) => statSync(join(root, folder), { throwIfNoEntry: false })).flatMap(sources);
const isTest = (path: string): boolean => /\.(test|testSupport)\.tsx?$/.test(path);

/** Where a relative import leads, from the root; packages stay as they are. */
function target(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return relative(root, resolve(root, dirname(from), specifier))
    .split(sep)
    .join('/');
}

/** Layers of the engine, lowest first; an import may only lead to the same layer or a lower one. */
function layer(path: string): number {
  if (path.startsWith('shared/')) return 0;
  if (/^electron\/(rpc|jobs|platform)\//.test(path) || path.startsWith('servers/')) return 1;
  if (path.startsWith('electron/clients/')) return 2;
  if (path.startsWith('electron/services/')) return 3;
  if (path === 'electron/app.ts') return 4;
  if (path.startsWith('electron/hosts/')) return 5;
  return 6;
}

/** Layers of the window, as renderer/README.md draws them; its entry, its build and the stand-in engine belong to none. */
const windowLayers = [['rpc', 'locales'], ['components'], ['jobs', 'wizard'], ['features'], ['app']] as const;
function windowLayer(path: string): number | undefined {
  const folder = /^renderer\/(\w+)\//.exec(path)?.[1];
  const at = windowLayers.findIndex((folders) => folders.some((name) => name === folder));
  return at === -1 ? undefined : at;
}

const production = all.filter((source) => !isTest(source.path));
const edges = production.flatMap((source) =>
  source.imports.map((specifier) => ({ from: source.path, to: target(source.path, specifier) })),
);
const text = (edge: { from: string; to: string }): string => `${edge.from} -> ${edge.to}`;

describe('architecture', () => {
  it('finds the sources it judges', () => expect(production.length).toBeGreaterThan(30));

  it('shared imports only shared and zod', () => {
    const wrong = edges.filter((edge) => edge.from.startsWith('shared/') && !edge.to.startsWith('shared/') && edge.to !== 'zod');
    expect(wrong.map(text)).toEqual([]);
  });

  it('the window imports only shared and itself, never the engine', () => {
    const wrong = edges.filter((edge) => edge.from.startsWith('renderer/') && /^(electron|servers|e2e)\//.test(edge.to));
    expect(wrong.map(text)).toEqual([]);
  });

  it('the engine never imports the window, and its layers only lower ones', () => {
    const wrong = edges.filter(
      (edge) =>
        /^(electron|servers)\//.test(edge.from) &&
        /^(shared|electron|servers|renderer)\//.test(edge.to) &&
        layer(edge.to) > layer(edge.from),
    );
    expect(wrong.map(text)).toEqual([]);
  });

  it('a service imports no sibling', () => {
    const domain = (path: string): string | undefined => /^electron\/services\/([^/]+)\//.exec(path)?.[1];
    const wrong = edges.filter((edge) => domain(edge.from) && domain(edge.to) && domain(edge.from) !== domain(edge.to));
    expect(wrong.map(text)).toEqual([]);
  });

  it('a window feature imports no sibling feature', () => {
    const feature = (path: string): string | undefined => /^renderer\/features\/([^/]+)\//.exec(path)?.[1];
    const wrong = edges.filter((edge) => feature(edge.from) && feature(edge.to) && feature(edge.from) !== feature(edge.to));
    expect(wrong.map(text)).toEqual([]);
  });

  it('a folder of the window imports only the same layer or a lower one', () => {
    const wrong = edges.filter(({ from, to }) => {
      const [above, below] = [windowLayer(from), windowLayer(to)];
      return above !== undefined && below !== undefined && below > above;
    });
    expect(wrong.map(text)).toEqual([]);
  });

  it("only the desktop host imports 'electron'", () => {
    const wrong = edges.filter((edge) => edge.to === 'electron' && !edge.from.startsWith('electron/hosts/desktop/'));
    expect(wrong.map(text)).toEqual([]);
  });

  it('has no import cycles', () => {
    const graph = new Map<string, string[]>();
    for (const source of production)
      graph.set(
        source.path,
        source.loads.map((specifier) => target(source.path, specifier)),
      );
    expect(cycle(graph)).toEqual([]);
  });

  it(`keeps every file of code at ${maxLines} lines or less`, () => {
    const long = all.filter((source) => source.lines > maxLines && !/messages\.|locales\//.test(source.path));
    expect(long.map((source) => `${source.path}: ${source.lines}`)).toEqual([]);
  });

  it('has no barrels and no folders for leftovers', () => {
    const wrong = all.filter(
      (source) => /\/index\.tsx?$/.test(source.path) || /\/(utils|helpers|common|types|constants)\//.test(source.path),
    );
    expect(wrong.map((source) => source.path)).toEqual([]);
  });
});

/** One cycle of imports, or nothing. */
function cycle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const walk = (node: string, trail: string[]): string[] => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    if (done.has(node)) return [];
    for (const next of graph.get(node) ?? []) {
      const found = walk(next, [...trail, node]);
      if (found.length > 0) return found;
    }
    done.add(node);
    return [];
  };
  for (const node of graph.keys()) {
    const found = walk(node, []);
    if (found.length > 0) return found;
  }
  return [];
}
