import { describe, expect, it } from 'vitest';
import { startFailure } from './startFailure.ts';

const startFailureHere = (lines: string[]) => startFailure(lines, { minio: 9000, minioConsole: 9001 });

const fatal = 'FATAL Failed to connect to KMS: failed to generate data key with KMS key: Post "https://127.0.0.1:7373": ';

describe('the last lines of a MinIO that ended at its start', () => {
  it.each([
    ['minioStartKes', `${fatal}dial tcp 127.0.0.1:7373: connect: connection refused`],
    ['minioStartTrust', `${fatal}tls: failed to verify certificate: x509: certificate signed by unknown authority`],
    ['minioStartIdentity', `${fatal}remote error: tls: bad certificate`],
    [
      'minioStartIdentity',
      'FATAL Unable to load KES client certificate as specified by the shell environment: open client.crt: no such file or directory',
    ],
    [
      'minioStartSettings',
      'FATAL Invalid KMS configuration specified: incomplete configuration for MinIO KES: missing MINIO_KMS_KES_KEY_NAME',
    ],
    ['minioStartSettings', 'FATAL Invalid KMS configuration specified: configuration for MinIO KES and static KMS key is present'],
    ['minioStartFiles', 'FATAL Unable to load the TLS configuration: too many open files'],
    ['minioStartFailed', 'FATAL Unable to initialize backend: Disk is full'],
  ])('mean %s where they hold "%s"', (code, line) => {
    const failure = startFailureHere(['INFO starting', line, '']);
    expect(failure.code).toBe(code);
    expect(failure.details.reason).toBe(line);
  });

  it.each([
    ['Unable to start the server: Specified port is already in use', 9000],
    ['Unable to initialize console server: Specified port is already in use', 9001],
  ])('name the port that is taken: %s', (line, port) => {
    expect(startFailureHere([`FATAL ${line}`])).toMatchObject({ code: 'portInUse', details: { port } });
  });

  it('come without colours and without secrets', () => {
    const esc = String.fromCharCode(27);
    const failure = startFailureHere([`${esc}[31;1mFATAL${esc}[0m Unable to go on, password=topsecret`]);
    expect(failure.details.reason).toBe('FATAL Unable to go on, password=[secret]');
  });
});
