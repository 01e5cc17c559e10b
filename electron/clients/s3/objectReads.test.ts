import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ModelS3, startModelS3 } from './modelS3.testSupport.ts';
import { createObjectClient } from './objectClient.ts';
import type { ObjectClient } from './objectTypes.ts';

/** A model server: no real one answers with other bytes than it was asked for. */
let model: ModelS3;
let client: ObjectClient;
beforeAll(async () => {
  model = await startModelS3({ buckets: { data: { keys: ['k'] } } });
  client = createObjectClient(model.endpoint);
});
afterAll(async () => {
  await client.close();
  await model.close();
});

async function asked(range: string, told?: string): Promise<unknown> {
  model.state.fault = () => (told === undefined ? undefined : { headers: { 'content-range': told } });
  try {
    const { facts, body } = await client.get({ bucket: 'data', key: 'k' }, { range });
    body.destroy();
    return facts.size;
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

it('takes the range that was asked for, or the beginning of it', async () => {
  expect(await asked('bytes=0-0')).toBe(5);
  expect(await asked('bytes=0-99', 'bytes 0-4/5')).toBe(5);
});

it.each([['bytes 7-7/10'], ['bytes 0-4/5'], ['bytes 0-0/*'], ['bytes 0-0/-5'], ['bytes */5'], ['0-0/5']])(
  'refuses %s as an answer to the first byte',
  async (told) => {
    expect(await asked('bytes=0-0', told)).toBe('answerNotUnderstood');
  },
);
