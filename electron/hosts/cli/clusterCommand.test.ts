import { expect, it } from 'vitest';
import { clusterCommand } from './clusterCommand.ts';
import { modelEngine } from './model.testSupport.ts';

const ports = { kes: 7383, kesSecond: 7384, minio: 9010, minioConsole: 9011 };
const names = { id: 'minio-2', prefix: 'minio-2', role: 'kes-minio-2', policy: 'minio-2-key-policy', keyPrefix: 'minio-2-' };
const input = { ...names, ports, key: 'minio-2-default', cacheAny: '5s', cacheUnused: '5s' };
const engine = () => modelEngine({ 'clusters.propose': { input }, 'clusters.picture': { clusters: [], unfinished: [] } });

it('says that there is nothing to go on with, where no name was given either', async () => {
  const { client, terminal } = engine();
  const resumed = clusterCommand(client, terminal('en'), {}, ['resume']);
  await expect(resumed).rejects.toMatchObject({ code: 'clusterNoRecord', details: { cluster: '@clusters.any' } });
});

it.each([
  [{ name: 'Bad_Name' }, '--name is 1 to 31 of a to z, 0 to 9 and -, and no - at either end'],
  [{ prefix: 'a//b' }, '--prefix is folders of letters, digits, _ and - with / between them'],
])('says what a name has to be like: %o', async (flags, reason) => {
  const { client, terminal } = engine();
  await expect(clusterCommand(client, terminal('en'), flags, ['add'])).rejects.toMatchObject({ code: 'usage', details: { reason } });
});
