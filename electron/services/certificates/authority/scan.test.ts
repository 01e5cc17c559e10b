import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestAuthority, type TestAuthority } from './authority.testSupport.ts';

describe('the files of a stack', () => {
  let authority: TestAuthority;
  beforeAll(async () => {
    authority = await createTestAuthority();
    await mkdir(authority.path('certs/given'), { recursive: true });
  });
  afterAll(() => authority.remove());

  it('are told although one has a broken certificate behind a locked key', async () => {
    const locked = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n';
    await writeFile(authority.path('certs/given/odd.pem'), `${locked}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`);
    const { files } = await authority.list();
    expect(files.find(({ file }) => file === 'certs/given/odd.pem')).toMatchObject({ certificates: [], format: 'pem' });
  });

  it('are told although one is too large, or cannot be read', async () => {
    await writeFile(authority.path('certs/given/large.pem'), Buffer.alloc(1_000_001));
    await writeFile(authority.path('certs/given/shut.pem'), 'x', { mode: 0 });
    // Root reads everything, so the test looks with another one's eyes.
    const asOther = process.getuid?.() === 0;
    await chmod(dirname(authority.path('.')), 0o755);
    for (const folder of ['.', 'certs', 'certs/given']) await chmod(authority.path(folder), 0o755);
    if (asOther) process.seteuid?.(65_534);
    try {
      const { unread } = await authority.list();
      expect(unread).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ file: 'certs/given/large.pem' }),
          { file: 'certs/given/shut.pem', reason: 'EACCES' },
        ]),
      );
    } finally {
      if (asOther) process.seteuid?.(0);
    }
  });
});
