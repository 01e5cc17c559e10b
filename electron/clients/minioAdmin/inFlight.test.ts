import { expect, it } from 'vitest';
import { readInFlight } from './inFlight.ts';

it('adds up what all nodes work on, by operation', () => {
  const text = [
    '# TYPE minio_s3_requests_inflight_total gauge',
    'minio_s3_requests_inflight_total{api="putobject",server="a:9000"} 2',
    'minio_s3_requests_inflight_total{api="putobject",server="b:9000"} 1',
    'minio_s3_requests_inflight_total{api="getobject",server="a:9000"} 0',
    'minio_s3_requests_waiting_total{server="a:9000"} 5',
  ].join('\n');
  expect([...readInFlight(text)]).toEqual([['putobject', 3]]);
  expect([...readInFlight('')]).toEqual([]);
});
