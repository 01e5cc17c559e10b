import type { ErrorCode } from '../../../shared/messages.ts';
import { redact } from '../../../shared/redact.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { PlaceInput } from '../../../shared/setup.ts';

/** Fragments of MinIO's log at a failed start, most telling first (minio.md 2.5). */
const causes: readonly (readonly [RegExp, Extract<ErrorCode, `minioStart${string}`>])[] = [
  [/too many open files/, 'minioStartFiles'],
  [
    /certificate signed by unknown authority|certificate is not trusted|does not contain a valid X\.509|certificate is valid for|cannot validate certificate/,
    'minioStartTrust',
  ],
  [
    /Unable to load KES client certificate|private key contains additional data|Unable to decrypt KES client private key|tls: bad certificate|certificate required/,
    'minioStartIdentity',
  ],
  [
    /configuration for .* is present|incomplete configuration for|missing authentication method|client certificate is present|requires a valid KMS configuration|first path segment in URL|no KES server endpoint|invalid configuration for/,
    'minioStartSettings',
  ],
  [/Failed to connect to KMS|Unable to initialize a connection to KES/, 'minioStartKes'],
];

/** What the last lines of a MinIO that ended at its start mean: one of `minioStart…`, with the line as `reason`. */
export function startFailure(lines: readonly string[], ports?: Pick<PlaceInput['ports'], 'minio' | 'minioConsole'>): AppError {
  const plain = lines.map((line) => plainText(line).trim()).filter((line) => line !== '');
  const fatal = plain.findLast((line) => /FATAL|ERROR|Error:/.test(line));
  // MinIO names the server and not the port.
  if (ports && fatal !== undefined && /Specified port is already in use/.test(fatal))
    return new AppError('portInUse', { kind: 'minio', port: /console/.test(fatal) ? ports.minioConsole : ports.minio });
  for (const [pattern, code] of causes) {
    const line = plain.findLast((candidate) => pattern.test(candidate));
    if (line !== undefined) return new AppError(code, { reason: shorten(line) });
  }
  return new AppError('minioStartFailed', { reason: shorten(fatal ?? plain.at(-1) ?? '-') });
}

function shorten(line: string): string {
  return redact(line).slice(0, 400);
}

/** Without the terminal's colours, which MinIO writes into files, too. */
function plainText(line: string): string {
  const esc = String.fromCharCode(27);
  return line
    .split(esc)
    .map((part, index) => (index === 0 ? part : part.replace(/^\[[0-9;]*[A-Za-z]/, '')))
    .join('');
}
