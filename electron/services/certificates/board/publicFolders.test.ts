import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { boardSettings } from '../../../../shared/certificateBoard.ts';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import { makePublicCa } from './publicFolders.testSupport.ts';
import { describePublic, findPublic, readPublic } from './publicFolders.ts';

let ca: Awaited<ReturnType<typeof makePublicCa>>;
const settings = boardSettings.parse({});
beforeAll(async () => {
  ca = await makePublicCa();
});
afterAll(() => ca.remove());

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (isAppError(error) ? error.code : String(error)),
  );

it('reads what certbot keeps, through its links, from the folder itself and from above', async () => {
  const live = await ca.certbot('minio.example.com', ['minio.example.com']);
  for (const folder of [live, join(ca.root, 'letsencrypt'), join(ca.root, 'letsencrypt', 'live')]) {
    const [place, ...more] = await findPublic(folder);
    expect(more).toEqual([]);
    expect(place).toMatchObject({ tool: 'certbot', name: 'minio.example.com', folder: live });
  }
  const [place] = await findPublic(live);
  if (!place) throw new Error('nothing found');
  const found = await describePublic(place, settings);
  expect(found.leadsTo).toMatch(/archive\/minio\.example\.com\/fullchain1\.pem$/);
  expect(found.certificate?.names).toEqual(['minio.example.com']);
  expect(found.chain.map(({ subject }) => subject)).toEqual(['CN=Public R10']);
  const { key } = await readPublic(place);
  expect(JSON.stringify(found)).not.toContain(key.reveal().slice(40, 80));
});

it('reads what lego keeps, with the issuer beside the certificate or in its file', async () => {
  for (const bundle of [true, false]) {
    const folder = await ca.lego('_.example.com', ['www.example.com'], { bundle });
    const [place] = await findPublic(join(ca.root, '.lego'));
    expect(place).toMatchObject({ tool: 'lego', name: '_.example.com', folder });
    if (!place) throw new Error('nothing found');
    expect((await readPublic(place)).chain).toHaveLength(2);
  }
});

it('reads what acme.sh keeps', async () => {
  const folder = await ca.acmeSh('kes.example.com', ['kes.example.com']);
  const [place] = await findPublic(folder);
  expect(place).toMatchObject({ tool: 'acme.sh', name: 'kes.example.com', folder });
  if (!place) throw new Error('nothing found');
  expect((await readPublic(place)).chain).toHaveLength(2);
});

it('says that such a certificate has no clientAuth, and that a test CA is not public', async () => {
  const [place] = await findPublic(await ca.acmeSh('kes.example.com', ['kes.example.com']));
  if (!place) throw new Error('nothing found');
  const { cells } = await describePublic(place, settings);
  expect(cells.find(({ id }) => id === 'purpose')).toMatchObject({ state: 'ok', more: { code: 'boardPublicPurpose' } });
  expect(cells.find(({ id }) => id === 'chain')).toMatchObject({ state: 'warn', says: { code: 'boardPublicOther' } });
});

it('names a chain that is cut off, a key of somebody else, a folder that is not there and one without any', async () => {
  const folder = await ca.acmeSh('cut.example.com', ['cut.example.com']);
  const { cert } = await ca.issue(['cut.example.com']);
  const [place] = await findPublic(folder);
  if (!place) throw new Error('nothing found');
  await writeFile(place.certificateFile, cert);
  expect((await describePublic(place, settings)).error?.code).toBe('certificateMismatch');
  const own = await ca.issue(['cut.example.com']);
  await writeFile(place.certificateFile, own.cert);
  await writeFile(place.keyFile, own.key.reveal());
  expect((await describePublic(place, settings)).cells.find(({ id }) => id === 'chain')).toMatchObject({
    state: 'fail',
    says: { code: 'boardPublicCut' },
  });
  await writeFile(place.keyFile, 'not a key');
  expect((await describePublic(place, settings)).error?.code).toBe('boardFileUnreadable');
  await writeFile(place.certificateFile, 'not a certificate');
  expect((await describePublic(place, settings)).error?.code).toBe('certificateBroken');
  expect(await codeOf(findPublic(join(ca.root, 'nowhere')))).toBe('boardFolderMissing');
  await mkdir(join(ca.root, 'empty'));
  expect(await codeOf(findPublic(join(ca.root, 'empty')))).toBe('boardFolderEmpty');
});

it('names a key that cannot be read', async () => {
  const [place] = await findPublic(await ca.acmeSh('closed.example.com', ['closed.example.com']));
  if (!place) throw new Error('nothing found');
  await rm(place.keyFile);
  await mkdir(place.keyFile);
  expect((await describePublic(place, settings)).error).toMatchObject({ code: 'boardFileUnreadable', details: { reason: 'EISDIR' } });
});
