import type { ObjectSnippet } from '../../../../shared/objects.ts';
import { say } from '../../../../shared/text.ts';
import { aliasLines, mcAlias } from '../../../clients/s3/mcCommands.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { customerNotes, localName, type SnippetOrder } from './order.ts';

/** Flags of mc since 2024-04 (minio.md 6). It has no variable for a customer's key, so that one becomes an argument. */
export function mcSnippets(order: SnippetOrder): ObjectSnippet[] {
  const { endpoint, caFile, bucket, key, versionId, encrypt } = order;
  const where = shellWord(`${mcAlias}/${bucket}/${key}`);
  const version = versionId === undefined ? '' : ` --version-id ${shellWord(versionId)}`;
  // `%=`: mc wants the base64 without its padding.
  const customer = encrypt.kind === 'sse-c' ? ` --enc-c "${mcAlias}/${bucket}=\${SSE_C_KEY%=}"` : '';
  const flag =
    encrypt.kind === 'sse-s3'
      ? ` --enc-s3 ${mcAlias}/${bucket}`
      : encrypt.kind === 'sse-kms'
        ? ` --enc-kms ${shellWord(`${mcAlias}/${bucket}=${encrypt.key}`)}`
        : customer;
  const alias = aliasLines(endpoint, caFile, ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']).map(({ line }) => line);
  const shown = encrypt.kind === 'sse-c' ? [...customerNotes(encrypt), say('snippetMcArgument')] : [];
  const lost = encrypt.kind === 'sse-kms' && encrypt.context ? [say('snippetMcContext')] : [];
  return [
    {
      tool: 'mc',
      what: 'upload',
      lines: [...alias, `mc cp${flag} ./${localName(key)} ${where}`],
      run: [],
      notes: [...shown, ...lost],
    },
    { tool: 'mc', what: 'head', lines: [...alias, `mc stat${customer}${version} ${where}`], run: [], notes: shown },
    { tool: 'mc', what: 'download', lines: [...alias, `mc cp${customer}${version} ${where} ./${localName(key)}`], run: [], notes: shown },
  ];
}
