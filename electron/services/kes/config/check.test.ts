import { describe, expect, it } from 'vitest';
import type { KesClient } from '../../../clients/kes/client.ts';
import { kesRights } from '../../../clients/kes/rights.ts';
import { probesFor } from './check.ts';

/** What a server gets to see of it: the path without query and fragment, dots resolved. */
async function askedFor(key: string): Promise<string[]> {
  const asked: string[] = [];
  const kes: Pick<KesClient, 'probe'> = {
    probe: async (method, path) => {
      asked.push(`${method} ${decodeURIComponent(new URL(`https://kes.example:7373${path}`).pathname)}`);
      return { status: 400, message: '' };
    },
  };
  for (const { ask } of probesFor(key)) await ask(kes as KesClient);
  return asked;
}

describe('questions that change nothing', () => {
  it.each(['minio-default', 'minio-default?', 'minio-default#', 'x/../minio-default?', 'a%3F', '..', 'ü', '\ud800?', 'k'.repeat(80)])(
    'never create, import or delete under a legal name, whatever key is asked about: %s',
    async (key) => {
      const changing = (await askedFor(key)).filter((one) => /\/(?:create|import|delete)\//.test(one));
      expect(changing.length).toBeGreaterThan(0);
      expect(changing.filter((one) => !one.endsWith('.'))).toEqual([]);
    },
  );

  it('never do by the beginning of names that a policy gives, either', async () => {
    const asked: string[] = [];
    const kes: Pick<KesClient, 'probe' | 'version'> = {
      version: async () => '2024-01-01T00:00:00Z',
      probe: async (method, path) => {
        asked.push(`${method} ${new URL(`https://kes.example:7373${path}`).pathname}`);
        return { status: 400, message: '' };
      },
    };
    await kesRights(kes as KesClient, { key: 'minio-default', prefix: 'minio-default?', exact: false });
    expect(asked).toContain('DELETE /v1/key/delete/minio-default%3F.');
  });

  it('ask about the key that was meant', async () => {
    expect(await askedFor('a?b')).toContain('POST /v1/key/generate/a?b');
  });
});
