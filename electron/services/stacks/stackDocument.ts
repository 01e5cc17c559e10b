import { type Stack, stack } from '../../../shared/stacks.ts';

type Document = Record<string, unknown>;
/** `upgrades[n]` makes a document of version n into one of version n + 1. */
export type Upgrades = Readonly<Record<number, (document: Document) => Document>>;

const current = 2;
const upgrades: Upgrades = {
  // Drafts and read-only stacks came with stacks of servers that run elsewhere.
  1: (document) => ({ ...document, draft: false, readOnly: false }),
};

/** Why a document is refused, in words for `fileDamaged`. */
export class DocumentRefused extends Error {}

/** A stack of today's version from what lies on disk. Throws `DocumentRefused`. */
export function readStackDocument(raw: unknown): Stack {
  const parsed = stack.safeParse(upgrade(raw, upgrades, current));
  if (parsed.success) return parsed.data;
  throw new DocumentRefused(`${parsed.error.issues[0]?.path.join('.') || 'its content'} does not fit`);
}

/** Walks a document up to `target`, one version at a time. A newer one is refused: writing it back would lose what it has more. */
export function upgrade(raw: unknown, steps: Upgrades, target: number): Document {
  let document = asDocument(raw);
  for (;;) {
    const version = document.version;
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) throw new DocumentRefused('it names no version');
    if (version === target) return document;
    if (version > target) throw new DocumentRefused(`version ${version} was written by a newer Sealdeck`);
    const step = steps[version];
    if (step === undefined) throw new DocumentRefused(`version ${version} cannot be upgraded`);
    document = { ...step(document), version: version + 1 };
  }
}

function asDocument(raw: unknown): Document {
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return raw as Document;
  throw new DocumentRefused('it is not a JSON object');
}
