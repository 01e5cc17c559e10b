import type { ObjectSnippet } from '../../../../shared/objects.ts';
import { say } from '../../../../shared/text.ts';
import { canonicalUrl } from '../../../clients/s3/sigv4.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { contextHeader, customerNotes, localName, type SnippetOrder } from './order.ts';

const sse = 'x-amz-server-side-encryption';

/** curl from 7.87 on signs by itself, headers of which one begins as another from 8.10 on (curl#14370). Credential and customer's key reach it through its standard input, never as arguments. */
export function curlSnippets(order: SnippetOrder): ObjectSnippet[] {
  const { endpoint, caFile, bucket, key, versionId, encrypt } = order;
  const customer = encrypt.kind === 'sse-c';
  const trust = caFile === undefined ? '' : ` --cacert ${shellWord(caFile)}`;
  const url = (query: Record<string, string>): string => shellWord(canonicalUrl(endpoint, [bucket, key], query).href);
  const config = [
    'user = "%s:%s"\\n',
    ...(customer
      ? [
          `header = "${sse}-customer-algorithm: AES256"\\n`,
          `header = "${sse}-customer-key: %s"\\n`,
          `header = "${sse}-customer-key-MD5: %s"\\n`,
        ]
      : []),
  ].join('');
  const values = ['$AWS_ACCESS_KEY_ID', '$AWS_SECRET_ACCESS_KEY', ...(customer ? ['$SSE_C_KEY', '$SSE_C_KEY_MD5'] : [])];
  const begin = [
    ...(customer ? ['SSE_C_KEY_MD5=$(printf %s "$SSE_C_KEY" | openssl base64 -d -A | openssl md5 -binary | openssl base64)'] : []),
    `printf '${config}' ${values.map((name) => `"${name}"`).join(' ')} |`,
  ];
  const curl = `  curl -sS --fail-with-body -K - --aws-sigv4 aws:amz:us-east-1:s3${trust} --path-as-is`;
  const version: Record<string, string> = versionId === undefined ? {} : { versionId };
  const headers = headersOf(encrypt).map((header) => ` -H ${shellWord(header)}`);
  const notes = customer ? [...customerNotes(encrypt), say('snippetCurlOld')] : [];
  return [
    {
      tool: 'curl',
      what: 'upload',
      lines: [...begin, `${curl} -D - -T ./${localName(key)}${headers.join('')} ${url({})}`],
      run: [],
      notes: encrypt.kind === 'sse-kms' ? [say('snippetCurlOld')] : notes,
    },
    {
      tool: 'curl',
      what: 'head',
      lines: [...begin, `${curl} -I ${url(version)}`],
      run: [],
      notes,
    },
    {
      tool: 'curl',
      what: 'download',
      lines: [...begin, `${curl} -D - -o ./${localName(key)} ${url(version)}`],
      run: [],
      notes,
    },
  ];
}

function headersOf(encrypt: SnippetOrder['encrypt']): string[] {
  if (encrypt.kind === 'sse-s3') return [`${sse}: AES256`];
  if (encrypt.kind !== 'sse-kms') return [];
  return [
    `${sse}: aws:kms`,
    `${sse}-aws-kms-key-id: ${encrypt.key}`,
    ...(encrypt.context ? [`${sse}-context: ${contextHeader(encrypt.context)}`] : []),
  ];
}
