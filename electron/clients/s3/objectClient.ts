import type { ObjectClient } from './objectTypes.ts';
import type { S3Endpoint } from './signedClient.ts';

/** `connections`: most requests at once; more wait here. */
export function createObjectClient(_endpoint: S3Endpoint, _options: { connections?: number } = {}): ObjectClient {
  throw new Error('not yet');
}
