import { say, type Text } from '../../../../shared/text.ts';

/** What a snippet is to do. Secrets are never in it: tools read them from variables. */
export interface SnippetOrder {
  /** Origin of the server, `https://host:port`. */
  endpoint: string;
  /** PEM file that the server's certificate comes from; absent: the system's roots. */
  caFile?: string | undefined;
  bucket: string;
  key: string;
  versionId?: string | undefined;
  /** `rule`: no header, the bucket's rule decides. */
  encrypt: SnippetEncrypt;
}

export type SnippetEncrypt =
  | { kind: 'rule' | 'sse-s3' }
  /** `name`: of the key, where it is kept here. */
  | { kind: 'sse-c'; name?: string | undefined }
  | { kind: 'sse-kms'; key: string; context?: Readonly<Record<string, string>> | undefined };

/** What the variable of a customer's key holds. Pure. */
export function customerNotes(encrypt: SnippetEncrypt): Text[] {
  if (encrypt.kind !== 'sse-c') return [];
  return [encrypt.name === undefined ? say('snippetCustomerKey') : say('snippetCustomerKeyNamed', { name: encrypt.name })];
}

/** A file to send, in the folder where the snippet runs: the object's own name where that is a plain one. Pure. */
export function localName(key: string): string {
  const name = key.split('/').at(-1) ?? '';
  return /^[A-Za-z0-9_][\w.-]{0,100}$/.test(name) ? name : 'file';
}

/** Base64 of the context, as the header wants it. Pure. */
export function contextHeader(context: Readonly<Record<string, string>>): string {
  return Buffer.from(JSON.stringify(context)).toString('base64');
}

/** A text as Python, JavaScript and Go read it between double quotes. Pure. */
export function quotedText(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
