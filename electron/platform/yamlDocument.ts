import { type Document, isScalar, LineCounter, type ParseOptions, parseAllDocuments, parseDocument, visit } from 'yaml';

export interface ReadYaml {
  documents: readonly Document[];
  /** Line of an offset, from 1. */
  lineOf(at: number): number;
  /** The first thing that is wrong, by the parser's code: `RESOURCE_EXHAUSTION` where it is nested without end. */
  error?: { code: string; line: number };
}

/**
 * YAML of others, in a time that grows with its length: the parser's own search for a name that stands twice in a map compares
 * each with each, which takes minutes for a file of many names. `failsafe`: every scalar stays as it is written. `one`: several
 * documents are an error.
 */
export function readYaml(text: string, { failsafe = false, one = false } = {}): ReadYaml {
  const lines = new LineCounter();
  const options: ParseOptions & { schema: 'core' | 'failsafe'; logLevel: 'error' } = {
    schema: failsafe ? 'failsafe' : 'core',
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  };
  const lineOf = (at: number): number => lines.linePos(at).line;
  try {
    const found = one ? [parseDocument(text, options)] : parseAllDocuments(text, options);
    const documents: Document[] = Array.isArray(found) ? found : [];
    const [failed] = documents.flatMap(({ errors }) => errors);
    if (failed) return { documents, lineOf, error: { code: failed.code, line: lineOf(failed.pos[0]) } };
    for (const document of documents) {
      const twice = twiceIn(document);
      if (twice !== undefined) return { documents, lineOf, error: { code: 'DUPLICATE_KEY', line: lineOf(twice) } };
    }
    return { documents, lineOf };
  } catch (error) {
    // As the parser itself says of brackets nested without end; whoever walks through the rest has a stack, too.
    if (error instanceof RangeError) return { documents: [], lineOf, error: { code: 'RESOURCE_EXHAUSTION', line: 1 } };
    throw error;
  }
}

/** Where a name stands that its map has already. */
function twiceIn(document: Document): number | undefined {
  let found: number | undefined;
  visit(document, {
    Map(_key, map) {
      const names = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (names.has(key.value)) {
          found = key.range?.[0] ?? 0;
          return visit.BREAK;
        }
        names.add(key.value);
      }
      return undefined;
    },
  });
  return found;
}
