import { describe, expect, it } from 'vitest';
import { readLogEvent, readLogLine } from './logLines.ts';
import { streamsOf } from './logs.ts';

describe('the log of a KES', () => {
  it('tells who made a key', () => {
    const line =
      'time=2026-11-22T14:00:01.5Z level=INFO msg="secret key \'minio-a\' created" req.method=PUT req.path=/v1/key/create/minio-a req.ip=127.0.0.1 req.identity=ab12 res.code=200 res.time=7.1ms';
    expect(readLogLine(line)).toEqual({
      at: '2026-11-22T14:00:01.500Z',
      level: 'audit',
      message: "secret key 'minio-a' created",
      path: '/v1/key/create/minio-a',
      identity: 'ab12',
      code: 200,
      took: '7.1ms',
    });
  });

  it('shows a refusal without the dump of the request behind it', () => {
    const line =
      'time=2026-11-22T14:00:01Z level=DEBUG msg="access denied: rejected by policy \'minio\'" req="&{Method:GET Header:map[Token:[x]]}"';
    const read = readLogLine(line);
    expect(read).toMatchObject({ level: 'info', message: "access denied: rejected by policy 'minio'" });
    expect(JSON.stringify(read)).not.toContain('Header');
  });

  it('keeps what has no such form as it stands, and leaves empty lines out', () => {
    expect(readLogLine('=> Server is up and running...')).toEqual({ level: 'other', message: '=> Server is up and running...' });
    expect(readLogLine('  ')).toBeUndefined();
  });

  it('reads the events of the streams of older releases', () => {
    expect(readLogEvent({ message: 'vault: key store is sealed' })).toEqual({ level: 'error', message: 'vault: key store is sealed' });
    const event = {
      time: '2021-01-01T00:00:00Z',
      request: { path: '/v1/key/generate/a', identity: 'ab' },
      response: { code: 403, time: 12 },
    };
    expect(readLogEvent(event)).toMatchObject({ level: 'audit', path: '/v1/key/generate/a', identity: 'ab', code: 403 });
    expect(readLogEvent('x')).toBeUndefined();
  });
});

describe('which streams a version delivers', () => {
  const kes = (version: string, routes: string[] | undefined = []) => ({
    version: async () => version,
    api: async () => routes.map((path) => ({ method: 'PUT', path })),
  });

  it.each([
    ['v0.14.0', 'traced'],
    ['v0.18.0', 'all'],
    ['v0.22.3', 'all'],
    ['2023-10-03T00-48-37Z', 'all'],
    ['2023-11-09T17-35-47Z', 'changes'],
    ['2024-02-29T08-12-28Z', 'none'],
    ['v0.24.0', 'none'],
    ['2025-03-12T09-35-18Z', 'none'],
  ])('%s: %s', async (version, streams) => expect(await streamsOf(kes(version))).toBe(streams));

  it('is told by its routes where it does not know its version', async () => {
    expect(await streamsOf(kes('<unknown>', ['/v1/key/hmac/']))).toBe('none');
    expect(await streamsOf(kes('<unknown>', ['/v1/key/generate/']))).toBe('unknown');
  });

  it('is a message where it is one very long word', () => {
    expect(readLogLine('a'.repeat(400_000))).toMatchObject({ level: 'other' });
  });
});
