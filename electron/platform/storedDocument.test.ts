import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { readDocument, readDocumentFile, upgrade } from './storedDocument.ts';

const form = {
  version: 3,
  schema: z.object({ version: z.literal(3), name: z.string(), folder: z.string() }),
  upgrades: {
    1: ({ title, ...rest }: Record<string, unknown>) => ({ ...rest, name: title }),
    2: (document: Record<string, unknown>) => ({ ...document, folder: '/there' }),
  },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealdeck-document-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('an older document is walked up one version at a time', () => {
  expect(readDocument({ version: 1, title: 'x' }, form)).toEqual({ version: 3, name: 'x', folder: '/there' });
  expect(readDocument({ version: 2, name: 'y' }, form)).toEqual({ version: 3, name: 'y', folder: '/there' });
  expect(() => upgrade({ version: 1 }, {}, 2)).toThrow('version 1 cannot be upgraded');
});

test('what names no version, is no object or does not fit is refused without quoting it', () => {
  expect(() => readDocument([], form)).toThrow('it is not a JSON object');
  expect(() => readDocument({ name: 'tracer' }, form)).toThrow('it names no version');
  expect(() => readDocument({ version: 3, name: 7, folder: 'tracer' }, form)).toThrow(/^name does not fit$/);
});

test('a file of an older version is read and left as it is; a newer one is refused and left as it is', async () => {
  const path = join(folder, 'a.json');
  expect(await readDocumentFile(path, form)).toBeUndefined();
  const older = '{"version":1,"title":"x"}';
  await writeFile(path, older);
  expect(await readDocumentFile(path, form)).toMatchObject({ version: 3, name: 'x' });
  expect(await readFile(path, 'utf8')).toBe(older);
  const newer = '{"version":4,"name":"x","folder":"/","more":true}';
  await writeFile(path, newer);
  await expect(readDocumentFile(path, form)).rejects.toMatchObject({ code: 'fileNewer', details: { path, version: 4 } });
  expect(await readFile(path, 'utf8')).toBe(newer);
  await writeFile(path, '{"version":3');
  await expect(readDocumentFile(path, form)).rejects.toMatchObject({ code: 'fileDamaged', details: { reason: 'it is not JSON' } });
});
