import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runTool } from '../../../../servers/tools.ts';
import type { SnippetTool } from '../../../../shared/objects.ts';
import { Secret } from '../../../../shared/secret.ts';
import { startMinio, startTestStack, type TestStack } from '../../../clients/s3/minio.testSupport.ts';
import { createObjectClient } from '../../../clients/s3/objectClient.ts';
import type { ObjectClient } from '../../../clients/s3/objectTypes.ts';
import { createS3 } from '../../../clients/s3/s3Client.ts';
import { snippetsFor } from '../commands.ts';
import { localName, type SnippetEncrypt, type SnippetOrder } from './order.ts';
import { openTool, runtimeOf } from './run.testSupport.ts';

const bucket = 'snippets';
const context = { department: 'hr', project: 'p "1" 合同' };
const customerKey = randomBytes(32);
const content = Buffer.from('what a snippet sends\n');
const kinds: readonly SnippetEncrypt[] = [
  { kind: 'rule' },
  { kind: 'sse-s3' },
  { kind: 'sse-kms', key: 'minio-docs', context },
  { kind: 'sse-c' },
];
const tools: readonly SnippetTool[] = ['mc', 'curl', 'boto3', 'javascript', 'go', 'java'];
const secretKey = 'test-password';

describe('commands for an object, run with the real tools', () => {
  let stack: TestStack;
  let client: ObjectClient;
  let place: Pick<SnippetOrder, 'endpoint' | 'caFile' | 'bucket'>;

  beforeAll(async () => {
    stack = await startTestStack();
    for (const key of ['minio-default', 'minio-docs']) await stack.operator.createKey(key);
    const endpoint = await startMinio(stack);
    client = createObjectClient(endpoint);
    const s3 = createS3(endpoint);
    await s3.createBucket(bucket);
    await s3.close();
    place = { endpoint: endpoint.url, caFile: stack.context.folder.path('certs/ca.crt'), bucket };
  });
  afterAll(async () => {
    await client?.close();
    await stack?.stop();
  });

  test.for(tools)('%s uploads, asks for and downloads each kind of encryption, and no secret is an argument', async (tool, { skip }) => {
    const found = await runtimeOf(tool);
    if ('missing' in found) return skip(found.missing);
    const variables = {
      AWS_ACCESS_KEY_ID: 'test-root',
      AWS_SECRET_ACCESS_KEY: secretKey,
      SSE_C_KEY: customerKey.toString('base64'),
    };
    const oldCurl = tool === 'curl' && (await curlSortsWrongly(found.programs.curl ?? ''));
    const opened = await openTool(found, variables);
    try {
      // Java takes seconds for each: those with the most to say.
      for (const encrypt of tool === 'java' ? kinds.slice(2) : kinds) {
        const key = `${tool}/2023/${encrypt.kind} 1 + it's $HOME "合同".txt`;
        const order = { ...place, key, encrypt };
        const [upload, head, download] = snippetsFor(order).filter((snippet) => snippet.tool === tool);
        if (!upload || !head || !download) throw new Error(`no snippets for ${tool}`);
        await writeFile(join(opened.home, localName(key)), content);

        const sent = await opened.run(upload);
        if (oldCurl && upload.notes.some(({ code }) => code === 'snippetCurlOld')) {
          expect(sent.output).toContain('SignatureDoesNotMatch');
          continue;
        }
        expect(sent, sent.output).toMatchObject({ code: 0 });
        const customer = encrypt.kind === 'sse-c' ? { customerKey: new Secret(variables.SSE_C_KEY) } : {};
        const facts = await client.head({ bucket, key }, customer);
        expect(facts.size).toBe(content.length);
        expect(facts.encryption.state).toBe(encrypt.kind === 'rule' ? 'plaintext' : encrypt.kind);
        if (encrypt.kind === 'sse-kms') {
          expect(facts.encryption.key).toBe('minio-docs');
          // mc cannot send one, and says so.
          expect(facts.context).toEqual(tool === 'mc' ? undefined : context);
        }

        const asked = await opened.run(head);
        expect(asked, asked.output).toMatchObject({ code: 0 });
        expect(asked.output).toContain(facts.etag);

        await rm(join(opened.home, localName(key)));
        const back = await opened.run(download);
        expect(back, back.output).toMatchObject({ code: 0 });
        expect(await readFile(join(opened.home, localName(key)))).toEqual(content);

        for (const { args, output } of [sent, asked, back]) {
          expect(args).not.toBe('');
          expect(`${args}${output}`).not.toContain(secretKey);
          expect(output).not.toContain(variables.SSE_C_KEY);
          const shown = args.includes(variables.SSE_C_KEY.replace('=', '')) || args.includes(customerKey.toString('hex'));
          const told = [upload, head, download].every(({ notes }) => notes.some(({ code }) => code === 'snippetMcArgument'));
          expect(shown, 'a customer’s key among the arguments').toBe(told);
        }
      }
    } finally {
      await opened.close();
    }
  });
});

/** Before 8.10 the snippets' own note comes true (curl#14370). */
async function curlSortsWrongly(curl: string): Promise<boolean> {
  const [, major = '0', minor = '0'] = /^curl (\d+)\.(\d+)/.exec((await runTool(curl, ['--version'])).lines[0] ?? '') ?? [];
  return Number(major) < 8 || (Number(major) === 8 && Number(minor) < 10);
}
