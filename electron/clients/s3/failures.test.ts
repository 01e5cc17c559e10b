import { expect, it } from 'vitest';
import { sdkFailure } from './failures.ts';

it('an answer that the SDK takes for one and cannot read is no refusal of the server', () => {
  const said = 'Invalid RFC3339 timestamp format x\n  Deserialization error: to see the raw response, inspect the hidden field';
  const odd = Object.assign(new TypeError(said), { $metadata: { httpStatusCode: 200 } });
  expect(sdkFailure(odd, 'minio.test', 'buckets')).toMatchObject({
    code: 'answerNotUnderstood',
    details: { host: 'minio.test', reason: 'Invalid RFC3339 timestamp format x' },
  });
  const refusal = Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  expect(sdkFailure(refusal, 'minio.test', 'buckets')).toMatchObject({ code: 'minioAccessDenied' });
});
