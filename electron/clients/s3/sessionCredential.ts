import { AppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { readRefusal, refused } from './failures.ts';
import { createSignedClient, type S3Endpoint } from './signedClient.ts';

/** The shortest that MinIO gives. */
const seconds = 900;

/**
 * A temporary credential of this user that may only do what `policy` (IAM JSON) lets it (STS AssumeRole, minio/cmd/sts-handlers.go).
 * It ends by itself. Throws `minioAccessDenied` where the credential is itself a temporary one or a service account.
 */
export async function assumeRole(endpoint: S3Endpoint, policy: string): Promise<S3Endpoint> {
  const client = createSignedClient(endpoint);
  try {
    const body = new URLSearchParams({ Action: 'AssumeRole', Version: '2011-06-15', DurationSeconds: String(seconds), Policy: policy });
    const answer = await client.ask({
      method: 'POST',
      path: [''],
      service: 'sts',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: body.toString(),
    });
    const xml = answer.text();
    if (answer.status !== 200) throw refused(readRefusal(answer.status, answer.headers, xml, 'AssumeRole'));
    const value = (tag: string): string => new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(xml)?.[1] ?? '';
    const [accessKey, secret, token] = [value('AccessKeyId'), value('SecretAccessKey'), value('SessionToken')];
    if (!accessKey || !secret || !token)
      throw new AppError('answerNotUnderstood', { host: client.host, reason: 'no temporary credential in the answer of AssumeRole' });
    return { ...endpoint, credentials: { accessKey, secretKey: new Secret(secret), sessionToken: new Secret(token) } };
  } finally {
    await client.close();
  }
}
