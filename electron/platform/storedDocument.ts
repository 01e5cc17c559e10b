import type { z } from 'zod';
import { AppError } from '../../shared/rpc/errors.ts';
import { readRawJson, reasonOf } from './atomicFile.ts';

type Document = Record<string, unknown>;
/** `upgrades[n]` makes a document of version n into one of version n + 1. */
export type Upgrades = Readonly<Record<number, (document: Document) => Document>>;

/** How one kind of stored JSON looks today, and how older ones become that. */
export interface DocumentForm<S extends z.ZodType> {
  readonly version: number;
  readonly schema: S;
  readonly upgrades?: Upgrades;
}

/** Why a document is refused. `newer`: the version that a newer Sealdeck gave it. */
export class DocumentRefused extends Error {
  readonly newer: number | undefined;
  constructor(reason: string, newer?: number) {
    super(reason);
    this.newer = newer;
  }
}

/** Walks a document up to `target`, one version at a time. A newer one is refused: writing it back would lose what it has more. */
export function upgrade(raw: unknown, steps: Upgrades, target: number): Document {
  let document = asDocument(raw);
  for (;;) {
    const version = document.version;
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) throw new DocumentRefused('it names no version');
    if (version === target) return document;
    if (version > target) throw new DocumentRefused(`version ${version} was written by a newer Sealdeck`, version);
    const step = steps[version];
    if (step === undefined) throw new DocumentRefused(`version ${version} cannot be upgraded`);
    document = { ...step(document), version: version + 1 };
  }
}

/** A document of today's form from what was stored. Throws `DocumentRefused`, whose words quote no content. */
export function readDocument<S extends z.ZodType>(raw: unknown, form: DocumentForm<S>): z.output<S> {
  const parsed = form.schema.safeParse(upgrade(raw, form.upgrades ?? {}, form.version));
  if (parsed.success) return parsed.data;
  throw new DocumentRefused(`${parsed.error.issues[0]?.path.join('.') || 'its content'} does not fit`);
}

/**
 * The document of a file, upgraded; `undefined` when there is none. It is not written back: the next change does that.
 * Throws `fileNewer` for one that only a newer Sealdeck understands, `fileDamaged` for anything else that does not fit.
 */
export async function readDocumentFile<S extends z.ZodType>(path: string, form: DocumentForm<S>): Promise<z.output<S> | undefined> {
  const raw = await readRawJson(path);
  if (raw === undefined) return undefined;
  try {
    return readDocument(raw, form);
  } catch (error) {
    throw refusedFile(path, error);
  }
}

/** `fileNewer` or `fileDamaged` of a refused document. */
function refusedFile(path: string, error: unknown): AppError {
  if (error instanceof DocumentRefused && error.newer !== undefined)
    return new AppError('fileNewer', { path, version: error.newer }, { cause: error });
  return new AppError('fileDamaged', { path, reason: reasonOf(error) }, { cause: error });
}

function asDocument(raw: unknown): Document {
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return raw as Document;
  throw new DocumentRefused('it is not a JSON object');
}
