import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../shared/secret.ts';
import { readSealed } from './sealedJson.ts';

const schema = z.object({ user: z.string(), password: z.string().min(8) });

test('gives back what was sealed, and nothing for nothing', () => {
  const value = { user: 'root', password: 'a long password' };
  expect(readSealed(new Secret(JSON.stringify(value)), 'minio.root', schema)).toEqual(value);
  expect(readSealed(undefined, 'minio.root', schema)).toBeUndefined();
});

test.each(['tracer-secret', '{"user":"root","password":"tracer-secret', '{"user":"tracer-secret"}'])(
  'says that a record is damaged without a word of it: %s',
  (text) => {
    let thrown: unknown;
    try {
      readSealed(new Secret(text), 'minio.root', schema);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'storeDamaged', details: { file: 'minio.root' } });
    expect(inspect(thrown, { depth: 10 })).not.toContain('tracer');
  },
);
