import type { z } from 'zod';
import { AppError } from '../../shared/rpc/errors.ts';
import type { Secret } from '../../shared/secret.ts';

/**
 * A sealed record by its schema; `undefined` when there is none. Throws `storeDamaged` with the record's name and without
 * a cause: the text of a JSON error quotes what it could not read.
 */
export function readSealed<S extends z.ZodType>(secret: Secret | undefined, name: string, schema: S): z.output<S> | undefined {
  if (secret === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(secret.reveal()));
  if (!parsed.success) throw new AppError('storeDamaged', { file: name, reason: 'its content does not fit the schema' });
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
