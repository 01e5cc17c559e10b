import { afterAll, beforeAll, expect, it } from 'vitest';
import { minioEndpoint } from '../../../clients/s3/forStack.ts';
import { createListingClient } from '../../../clients/s3/listingClient.ts';
import { createSignedClient } from '../../../clients/s3/signedClient.ts';
import { startElsewhere } from '../../connect/elsewhere.testSupport.ts';
import { createTrouble } from './trouble.ts';

let elsewhere: Awaited<ReturnType<typeof startElsewhere>>;
beforeAll(async () => {
  elsewhere = await startElsewhere();
}, 90_000);
afterAll(async () => {
  await elsewhere?.stop();
});

it('tells a key store that is sealed from a KES that is away, and goes on when it is unsealed', async () => {
  const { chain } = elsewhere;
  const endpoint = await minioEndpoint(chain.context);
  const raw = createSignedClient(endpoint);
  await raw.demand({ method: 'PUT', path: ['sealed'] });
  for (let at = 0; at < 5; at++)
    await raw.demand({ method: 'PUT', path: ['sealed', `k${at}`], headers: { 'x-amz-server-side-encryption': 'AES256' }, body: 'text' });
  await raw.close();
  const { signal } = new AbortController();
  const { accessKey, secretKey } = endpoint.credentials;
  const client = createListingClient({ url: endpoint.url, ca: endpoint.ca, accessKey, secretKey: secretKey.reveal() });
  const waits: (string | undefined)[] = [];
  const trouble = createTrouble({
    client,
    signal,
    onWait(waitsFor) {
      waits.push(waitsFor?.code);
      if (waitsFor) setTimeout(() => void chain.unseal(), 500);
    },
  });
  await chain.vault.seal();
  // KES keeps a key for a second.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const place = { bucket: 'sealed', prefix: '', versions: false, after: '' };
  const error: unknown = await client.page({ bucket: 'sealed', versions: false, prefix: '' }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'kmsUnavailable' });
  const around = await trouble.around(place, error);
  expect(waits).toEqual(['auditKeyStoreAway', undefined]);
  expect(around).toEqual({ entries: [], gaps: [], after: '', done: false });
  expect((await client.page({ bucket: 'sealed', versions: false, prefix: '' })).entries.map(({ state }) => state)).toEqual(
    Array(5).fill('sse-s3'),
  );
  await client.close();
}, 60_000);
