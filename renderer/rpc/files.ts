import { AppError } from '../../shared/rpc/errors.ts';
import type { Client } from './client.ts';
import { storedBearer } from './session.ts';

/** Announces a file, so that a job can name it by its token before the bytes are sent. */
export async function announceFile(client: Client, file: File): Promise<{ token: string; uploadPath: string }> {
  return client.call('files.announce', { name: file.name, size: file.size, ...(file.type === '' ? {} : { type: file.type }) });
}

/** Streams the bytes to the host; resolves when whoever uses the token has taken all of them. */
export async function sendFile(uploadPath: string, file: Blob, signal?: AbortSignal): Promise<void> {
  const bearer = storedBearer();
  const answer = await fetch(uploadPath, {
    method: 'PUT',
    body: file,
    headers: { 'content-type': 'application/octet-stream', ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) },
    ...(signal === undefined ? {} : { signal }),
  });
  if (!answer.ok) throw new AppError('fileTokenUnknown');
}

/** Where these files lie, if the host can tell it of every one: the desktop. Undefined in a browser. */
export function hostPaths(files: readonly File[]): string[] | undefined {
  const bridge = window.sealdeckPipe;
  const paths = bridge ? files.map((file) => bridge.pathOf(file)) : [];
  return paths.length === 0 || paths.includes('') ? undefined : paths;
}

/** Saves a text as a file of this name through the browser's own download. */
export function saveText(name: string, content: string, type: string): void {
  saveBlob(name, new Blob([content], { type }));
}

/** The same with bytes that came as base64. */
export function saveBytes(name: string, base64: string): void {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  saveBlob(name, new Blob([bytes], { type: 'application/octet-stream' }));
}

function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  saveFrom(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Saves what a one-time download path holds, however big, through the browser's own download. */
export function saveFrom(path: string, name: string): void {
  const link = document.createElement('a');
  link.href = path;
  link.download = name;
  link.click();
}
