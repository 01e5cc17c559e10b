import type { ObjectSnippet } from '../../../shared/objects.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { caFileOf } from '../../../shared/servers.ts';
import { customerKeysOf } from '../../clients/s3/customerKeys.ts';
import { withObjectClient } from '../../clients/s3/forStack.ts';
import type { At } from '../../clients/s3/objectTypes.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { boto3Snippets } from './snippets/boto3.ts';
import { curlSnippets } from './snippets/curl.ts';
import { goSnippets } from './snippets/go.ts';
import { javaSnippets } from './snippets/java.ts';
import { javascriptSnippets } from './snippets/javascript.ts';
import { mcSnippets } from './snippets/mc.ts';
import type { SnippetEncrypt, SnippetOrder } from './snippets/order.ts';

/** How to send and to ask for an object like this one with other tools. Throws `minioAbsent`. */
export async function commandsFor(access: StackAccess, at: At): Promise<ObjectSnippet[]> {
  const { stack, folder } = access;
  const [cluster] = stack.minioClusters;
  const endpoint = cluster?.nodes[0]?.url;
  if (cluster === undefined || endpoint === undefined) throw new AppError('minioAbsent');
  const caFile = caFileOf(stack, cluster.ca);
  const encrypt = await encryptionOf(access, at);
  return snippetsFor({ ...at, endpoint, caFile: caFile === undefined ? undefined : folder.path(caFile), encrypt });
}

/** Every tool's upload, HEAD and download. Pure. */
export function snippetsFor(order: SnippetOrder): ObjectSnippet[] {
  return [mcSnippets, curlSnippets, boto3Snippets, javascriptSnippets, goSnippets, javaSnippets].flatMap((make) => make(order));
}

/** As the object is stored; where that is not told, or it is plain, the bucket's rule decides. */
async function encryptionOf(access: StackAccess, at: At): Promise<SnippetEncrypt> {
  try {
    const { encryption, context } = await withObjectClient(access, (client) => client.head(at));
    if (encryption.state === 'sse-kms' && encryption.key !== undefined) return { kind: 'sse-kms', key: encryption.key, context };
    return { kind: encryption.state === 'sse-s3' || encryption.state === 'sse-c' ? encryption.state : 'rule' };
  } catch (error) {
    if (isAppError(error, 'customerKeyNeeded')) return { kind: 'sse-c', name: await nameOfKey(access, at) };
    // What a server refuses is no reason to say nothing of how to ask it.
    if (isAppError(error) && error.details.code !== undefined) return { kind: 'rule' };
    throw error;
  }
}

/** The key of ours that opens it, by name. */
async function nameOfKey(access: StackAccess, at: At): Promise<string | undefined> {
  const keys = customerKeysOf(access);
  const found = await withObjectClient(access, (client) => keys.find(client, at));
  return keys.list().find(({ id }) => id === found?.id)?.name;
}
