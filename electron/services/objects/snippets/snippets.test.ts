import { expect, test } from 'vitest';
import { snippetTool } from '../../../../shared/objects.ts';
import { say } from '../../../../shared/text.ts';
import { snippetsFor } from '../commands.ts';
import { localName, quotedText, type SnippetOrder } from './order.ts';

const order: SnippetOrder = {
  endpoint: 'https://minio.test:9000',
  caFile: '/ca/it.crt',
  bucket: 'docs',
  key: '2023/a.pdf',
  encrypt: { kind: 'rule' },
};
const text = (of: SnippetOrder): string[] => snippetsFor(of).map(({ lines }) => lines.join('\n'));

test('every tool has an upload, a HEAD and a download that name endpoint, CA, bucket and object', () => {
  const snippets = snippetsFor(order);
  expect(snippets.map(({ tool, what }) => `${tool} ${what}`)).toEqual(
    snippetTool.options.flatMap((tool) => [`${tool} upload`, `${tool} head`, `${tool} download`]),
  );
  for (const lines of text(order))
    for (const part of ['https://minio.test:9000', '/ca/it.crt', 'docs', '2023/a.pdf']) expect(lines).toContain(part);
});

test('where the roots of the system do no file is trusted', () => {
  for (const lines of text({ ...order, caFile: undefined })) expect(lines).not.toMatch(/\bca\b|cacert|CAs|verify=/i);
});

test('HEAD and download ask for a version, an upload never does', () => {
  for (const { what, lines } of snippetsFor({ ...order, versionId: 'b6a5' }))
    expect(lines.join('\n').includes('b6a5')).toBe(what !== 'upload');
});

test('a customer’s key is a variable, and what that holds is said', () => {
  for (const { lines, notes } of snippetsFor({ ...order, encrypt: { kind: 'sse-c' } })) {
    expect(lines.join('\n')).toContain('SSE_C_KEY');
    expect(notes.map(({ code }) => code)).toContain('snippetCustomerKey');
  }
});

test('a customer’s key that is kept here is named, and never written out', () => {
  for (const { lines, notes } of snippetsFor({ ...order, encrypt: { kind: 'sse-c', name: 'archive' } })) {
    expect(notes).toContainEqual(say('snippetCustomerKeyNamed', { name: 'archive' }));
    expect(lines.join('\n')).not.toContain('archive');
  }
});

test('credentials come from the environment: the shell’s lines name them as variables, programs do not name them at all', () => {
  for (const { tool, lines } of snippetsFor(order)) {
    const shell = tool === 'mc' || tool === 'curl';
    expect(lines.join('\n').includes('"$AWS_SECRET_ACCESS_KEY"')).toBe(shell);
  }
});

test('a file is named as the object only where every shell and system takes that name', () => {
  expect(localName('2023/contract_1.pdf')).toBe('contract_1.pdf');
  for (const key of ['a b.pdf', '-rf', '..', '2023/', '合同.pdf', '$HOME', 'x'.repeat(200)]) expect(localName(key)).toBe('file');
});

test('letters that turn a line around or end it are written as numbers', () => {
  expect(quotedText('a"b\\c\n\u202e\u2028\u0085')).toBe('"a\\"b\\\\c\\n\\u202e\\u2028\\u0085"');
});
