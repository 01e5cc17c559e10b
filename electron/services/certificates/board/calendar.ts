import { createHash } from 'node:crypto';
import type { BoardSettings, Expiry } from '../../../../shared/certificateBoard.ts';
import { sentence } from '../../../../shared/messages.ts';
import { type Language, say } from '../../../../shared/text.ts';

interface Made {
  stack: { id: string; name: string };
  expiries: readonly Expiry[];
  settings: BoardSettings;
  language: Language;
}

/**
 * A calendar (RFC 5545) with one event for each end of a certificate, and an alarm before it. The UID belongs to the place of
 * the certificate, so a renewed one moves its event when the file is taken in again.
 */
export function calendarOf({ stack, expiries, settings, language }: Made, now = new Date()): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Sealdeck//Certificates//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${escaped(sentence(language, say('boardCalendarName', { stack: stack.name })))}`,
  ];
  for (const { id, what, certificate } of expiries) {
    const place = sentence(language, what);
    const end = new Date(certificate.notAfter);
    const summary = say('boardCalendarSummary', { what: place, stack: stack.name });
    const details = say('boardCalendarDetails', {
      subject: certificate.subject || '-',
      issuer: certificate.issuer || '-',
      fingerprint: certificate.fingerprint,
    });
    lines.push(
      'BEGIN:VEVENT',
      `UID:${createHash('sha256').update(`${stack.id}\n${id}`).digest('hex').slice(0, 40)}@sealdeck`,
      `DTSTAMP:${utc(now)}`,
      // A later certificate of the same place is a later revision of its event.
      `SEQUENCE:${Math.max(0, Math.floor(Date.parse(certificate.notBefore) / 60_000))}`,
      `DTSTART:${utc(end)}`,
      'DURATION:PT0S',
      'TRANSP:TRANSPARENT',
      `SUMMARY:${escaped(sentence(language, summary))}`,
      `DESCRIPTION:${escaped(sentence(language, details))}`,
      ...alarm(settings.soonDays, place),
      ...(settings.urgentDays < settings.soonDays ? alarm(settings.urgentDays, place) : []),
      'END:VEVENT',
    );
  }
  lines.push('END:VCALENDAR');
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function alarm(days: number, text: string): string[] {
  return ['BEGIN:VALARM', 'ACTION:DISPLAY', `TRIGGER:-P${days}D`, `DESCRIPTION:${escaped(text)}`, 'END:VALARM'];
}

function utc(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/** RFC 5545 3.3.11: backslash, comma and semicolon are escaped, a line break is `\n`, other control characters cannot be written. */
function escaped(text: string): string {
  return (
    text
      .replace(/[\\;,]/g, '\\$&')
      .replace(/\r\n|\r|\n/g, '\\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
  );
}

/** RFC 5545 3.1: no line is longer than 75 bytes, and no character is cut in two. */
function folded(line: string): string {
  const rows: string[] = [];
  let row = '';
  let size = 0;
  for (const character of line) {
    const bytes = Buffer.byteLength(character);
    // A continued line begins with a blank, which counts.
    if (size + bytes > 75) {
      rows.push(row);
      row = ' ';
      size = 1;
    }
    row += character;
    size += bytes;
  }
  return [...rows, row].join('\r\n');
}
