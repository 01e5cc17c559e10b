import type { ObjectSnippet } from '../../../../shared/objects.ts';
import { contextHeader, customerNotes, localName, quotedText as q, type SnippetOrder } from './order.ts';

/** AWS SDK for JavaScript, version 3: the credential comes from the environment, and the MD5 of a customer's key it makes itself. */
export function javascriptSnippets(order: SnippetOrder): ObjectSnippet[] {
  const { endpoint, caFile, bucket, key, versionId, encrypt } = order;
  const customer = encrypt.kind === 'sse-c' ? ['    SSECustomerAlgorithm: "AES256",', '    SSECustomerKey: process.env.SSE_C_KEY,'] : [];
  const client = [
    'const s3 = new S3Client({',
    `  endpoint: ${q(endpoint)},`,
    '  region: "us-east-1",',
    '  forcePathStyle: true,',
    ...(caFile === undefined ? [] : [`  requestHandler: { httpsAgent: { ca: readFileSync(${q(caFile)}) } },`]),
    '});',
  ];
  const place = [`    Bucket: ${q(bucket)},`, `    Key: ${q(key)},`];
  const upload = [
    ...(encrypt.kind === 'sse-s3' ? ['    ServerSideEncryption: "AES256",'] : []),
    ...(encrypt.kind === 'sse-kms' ? ['    ServerSideEncryption: "aws:kms",', `    SSEKMSKeyId: ${q(encrypt.key)},`] : []),
    ...(encrypt.kind === 'sse-kms' && encrypt.context ? [`    SSEKMSEncryptionContext: ${q(contextHeader(encrypt.context))},`] : []),
    ...customer,
  ];
  /** What HEAD and GET ask for. */
  const asked = [
    ...place,
    ...(versionId === undefined ? [] : [`    VersionId: ${q(versionId)},`]),
    '    ChecksumMode: "ENABLED",',
    ...customer,
  ];
  const notes = customerNotes(encrypt);
  const install = 'npm install @aws-sdk/client-s3';
  const readsFile = 'import { readFileSync } from "node:fs";';
  return [
    {
      tool: 'javascript',
      what: 'upload',
      file: 'upload.mjs',
      lines: [
        readsFile,
        'import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";',
        '',
        ...client,
        'const answer = await s3.send(',
        '  new PutObjectCommand({',
        ...place,
        `    Body: readFileSync(${q(localName(key))}),`,
        ...upload,
        '  }),',
        ');',
        'console.log(answer);',
      ],
      run: [install, 'node upload.mjs'],
      notes,
    },
    {
      tool: 'javascript',
      what: 'head',
      file: 'head.mjs',
      lines: [
        ...(caFile === undefined ? [] : [readsFile]),
        'import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";',
        '',
        ...client,
        'const answer = await s3.send(',
        '  new HeadObjectCommand({',
        ...asked,
        '  }),',
        ');',
        'console.log(answer);',
      ],
      run: [install, 'node head.mjs'],
      notes,
    },
    {
      tool: 'javascript',
      what: 'download',
      file: 'download.mjs',
      lines: [
        `import { createWriteStream${caFile === undefined ? '' : ', readFileSync'} } from "node:fs";`,
        'import { pipeline } from "node:stream/promises";',
        'import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";',
        '',
        ...client,
        'const { Body, ...answer } = await s3.send(',
        '  new GetObjectCommand({',
        ...asked,
        '  }),',
        ');',
        `await pipeline(Body, createWriteStream(${q(localName(key))}));`,
        'console.log(answer);',
      ],
      run: [install, 'node download.mjs'],
      notes,
    },
  ];
}
