import type { KesLogLine } from '../../../../shared/kesKeys.ts';

/**
 * A line of KES's own log. Since 2023-10-24 it is `time=… level=… msg="…" req.path=… res.code=…`; at DEBUG a dump of the whole request
 * follows in `req="…"`, which is not shown (kes.md 2.7). What has another form is a message as it stands. Pure.
 */
export function readLogLine(line: string): KesLogLine | undefined {
  const text = line.trim();
  if (text === '') return undefined;
  const fields = new Map(
    [...text.matchAll(/(?<![A-Za-z_.])([A-Za-z_.]+)=("(?:[^"\\]|\\.)*"|\S*)/g)].map(
      ([, name = '', value = '']) => [name, unquoted(value)] as const,
    ),
  );
  const message = fields.get('msg');
  if (message === undefined || !fields.has('level')) return { level: 'other', message: text.slice(0, 500) };
  const [path, identity, took] = [fields.get('req.path'), fields.get('req.identity'), fields.get('res.time')];
  const code = Number(fields.get('res.code'));
  const at = Date.parse(fields.get('time') ?? '');
  return {
    ...(Number.isNaN(at) ? {} : { at: new Date(at).toISOString() }),
    level: fields.has('res.code') ? 'audit' : levelOf(fields.get('level') ?? ''),
    message: message.slice(0, 500),
    ...(path === undefined ? {} : { path }),
    ...(identity === undefined ? {} : { identity }),
    ...(Number.isInteger(code) && code > 0 ? { code } : {}),
    ...(took === undefined ? {} : { took }),
  };
}

/** An event of a stream: an audit record, or an error's text in the form of a log line. Pure. */
export function readLogEvent(event: unknown): KesLogLine | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  const { message, time, request, response } = event as Record<string, unknown>;
  if (typeof message === 'string') {
    const line = readLogLine(message);
    return line && (line.level === 'other' ? { ...line, level: 'error' } : line);
  }
  if (typeof request !== 'object' || request === null || typeof response !== 'object' || response === null) return undefined;
  const { path, identity } = request as Record<string, unknown>;
  const { code } = response as Record<string, unknown>;
  const at = Date.parse(String(time));
  return {
    ...(Number.isNaN(at) ? {} : { at: new Date(at).toISOString() }),
    level: 'audit',
    message: String(path ?? ''),
    ...(typeof path === 'string' ? { path } : {}),
    ...(typeof identity === 'string' ? { identity } : {}),
    ...(typeof code === 'number' && Number.isInteger(code) ? { code } : {}),
  };
}

function unquoted(value: string): string {
  return value.startsWith('"')
    ? value
        .slice(1, -1)
        .replace(/\\(["\\])/g, '$1')
        .replace(/\\n/g, ' ')
    : value;
}

function levelOf(word: string): KesLogLine['level'] {
  if (/^error/i.test(word)) return 'error';
  return /^warn/i.test(word) ? 'warn' : 'info';
}
