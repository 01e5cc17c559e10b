import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BoardSettings, Expiry } from '../../../../shared/certificateBoard.ts';
import { makeAuthority } from '../../../platform/tls.testSupport.ts';
import { makeCertificate, makeKey } from '../build.ts';
import { calendarOf } from './calendar.ts';
import { chainVerdict } from './chain.ts';
import { levelOf } from './expiry.ts';

const x509 = (pem: string): X509Certificate => new X509Certificate(pem);

describe('a chain', () => {
  let root: X509Certificate;
  let between: X509Certificate;
  let leaf: X509Certificate;
  let own: X509Certificate;
  beforeAll(async () => {
    const [a, b, c] = [await makeKey('P-256'), await makeKey('P-256'), await makeKey('P-256')];
    root = x509(makeCertificate({ use: 'ca', subject: { commonName: 'root' }, days: 90, hosts: [], key: a, pathLength: 1 }));
    const issuer = { certificate: root, key: a };
    between = x509(makeCertificate({ use: 'ca', subject: { commonName: 'between' }, days: 60, hosts: [], key: b, issuer }));
    leaf = x509(
      makeCertificate({
        use: 'server',
        subject: { commonName: 'leaf' },
        days: 30,
        hosts: ['a.example.com'],
        key: c,
        issuer: { certificate: between, key: b },
      }),
    );
    own = x509(makeCertificate({ use: 'server', subject: { commonName: 'own' }, days: 30, hosts: ['a.example.com'], key: c }));
  });

  it('is trusted by its root only with the intermediate, and by the intermediate or the leaf themselves', () => {
    expect(chainVerdict([leaf, between], [root])).toMatchObject({ kind: 'trusted', anchor: root });
    expect(chainVerdict([leaf], [root])).toMatchObject({ kind: 'unknown', at: leaf });
    expect(chainVerdict([leaf], [between])).toMatchObject({ kind: 'trusted', anchor: between });
    expect(chainVerdict([leaf], [leaf])).toMatchObject({ kind: 'trusted' });
    expect(chainVerdict([leaf, between], [])).toMatchObject({ kind: 'nobody' });
  });

  it('that signs itself is trusted by nobody but those who hold it', () => {
    expect(chainVerdict([own], [root])).toMatchObject({ kind: 'selfSigned' });
    expect(chainVerdict([own], [own])).toMatchObject({ kind: 'trusted' });
  });

  it('ends where a CA in it has ended, or is none', async () => {
    const later = Date.now() + 70 * 86_400_000;
    expect(chainVerdict([leaf, between], [root], later)).toMatchObject({ kind: 'ended', at: between });
    const key = await makeKey('P-256');
    const notCa = x509(makeCertificate({ use: 'server', subject: { commonName: 'no CA' }, days: 9, hosts: ['x'], key }));
    const below = x509(
      makeCertificate({ use: 'server', subject: { commonName: 'below' }, days: 9, hosts: ['x'], key, issuer: { certificate: notCa, key } }),
    );
    expect(['notCa', 'unknown']).toContain(chainVerdict([below], [notCa]).kind);
  });

  it('with more CAs than one of them allows is refused, as openssl refuses it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sealdeck-chain-'));
    try {
      const [a, b, c] = [await makeKey('P-256'), await makeKey('P-256'), await makeKey('P-256')];
      for (const pathLength of [0, 1]) {
        const top = makeCertificate({ use: 'ca', subject: { commonName: 'top' }, days: 90, hosts: [], key: a, pathLength });
        const middle = makeCertificate({
          use: 'ca',
          subject: { commonName: 'middle' },
          days: 60,
          hosts: [],
          key: b,
          issuer: { certificate: x509(top), key: a },
        });
        const end = makeCertificate({
          use: 'server',
          subject: { commonName: 'end' },
          days: 9,
          hosts: ['x'],
          key: c,
          issuer: { certificate: x509(middle), key: b },
        });
        for (const [name, pem] of Object.entries({ top, middle, end })) await writeFile(join(folder, name), pem);
        const { status } = spawnSync('openssl', ['verify', '-CAfile', 'top', '-untrusted', 'middle', 'end'], { cwd: folder });
        expect(chainVerdict([x509(end), x509(middle)], [x509(top)]).kind).toBe(pathLength === 0 ? 'tooLong' : 'trusted');
        expect(status === 0).toBe(pathLength === 1);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('of a CA that has the name and another key is told from one that is unknown', async () => {
    const [one, two] = [await makeAuthority('same name'), await makeAuthority('same name')];
    const { cert } = await one.issue('server');
    expect(chainVerdict([x509(cert)], [x509(one.ca)]).kind).toBe('trusted');
    expect(chainVerdict([x509(cert)], [x509(two.ca)]).kind).not.toBe('trusted');
  });
});

const settings: BoardSettings = { soonDays: 30, urgentDays: 7, lifePercent: 66 };
const day = 86_400_000;

it('levels follow the limits, and a long-lived certificate is due by its share of life', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const level = (fromDays: number, toDays: number, changed: Partial<BoardSettings> = {}) =>
    levelOf(
      { notBefore: new Date(now - fromDays * day).toISOString(), notAfter: new Date(now + toDays * day).toISOString() },
      { ...settings, ...changed },
      now,
    );
  expect(level(10, -1)).toMatchObject({ level: 'expired', days: -1, life: 100 });
  expect(level(300, 6)).toMatchObject({ level: 'urgent', days: 6 });
  expect(level(300, 7)).toMatchObject({ level: 'soon', days: 7 });
  expect(level(300, 29)).toMatchObject({ level: 'soon' });
  expect(level(70, 30)).toMatchObject({ level: 'due', life: 70 });
  expect(level(60, 40)).toMatchObject({ level: 'fine', life: 60 });
  expect(level(60, 40, { soonDays: 45 })).toMatchObject({ level: 'soon' });
  expect(level(60, 40, { lifePercent: 50 })).toMatchObject({ level: 'due' });
});

/** RFC 5545 as far as it goes for such a file: line ends, folding, escapes, and what must be there. Throws what breaks it. */
function readCalendar(content: string): { name: string; value: string }[] {
  if (!content.endsWith('\r\n') || /[^\r]\n|\r[^\n]/.test(content)) throw new Error('a line does not end in CRLF');
  for (const line of content.split('\r\n')) if (Buffer.byteLength(line) > 75) throw new Error(`longer than 75 bytes: ${line}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(content)) throw new Error('a control character');
  const lines = content.replace(/\r\n /g, '').split('\r\n').slice(0, -1);
  const open: string[] = [];
  return lines.map((line) => {
    const [, name = '', value = ''] = /^([A-Z-]+)(?:;[^:]*)?:(.*)$/.exec(line) ?? [];
    if (name === '') throw new Error(`no content line: ${line}`);
    if (name === 'BEGIN') open.push(value);
    if (name === 'END' && open.pop() !== value) throw new Error(`${value} ends what did not begin`);
    if (/^(SUMMARY|DESCRIPTION|X-WR-CALNAME)$/.test(name)) {
      if (/[\\;,]/.test(value.replace(/\\[\\;,nN]/g, ''))) throw new Error(`not escaped, or wrongly: ${value}`);
      return { name, value: value.replace(/\\([\\;,nN])/g, (_, sign: string) => (/n/i.test(sign) ? '\n' : sign)) };
    }
    if (/^(DTSTAMP|DTSTART)$/.test(name) && !/^\d{8}T\d{6}Z$/.test(value)) throw new Error(`no time: ${value}`);
    return { name, value };
  });
}

const entry = (id: string, subject: string, notAfter: string, notBefore = '2026-01-01T00:00:00.000Z'): Expiry => ({
  id,
  kind: 'served',
  what: { code: 'boardWhatServed', params: { server: 'Vault' } },
  certificate: {
    subject,
    issuer: 'CN=Sealdeck local CA',
    names: [],
    serial: '01',
    fingerprint: `${'ab:'.repeat(31)}cd`,
    identity: 'ff',
    keyType: 'P-256',
    signature: 'ecdsa-with-SHA256',
    notBefore,
    notAfter,
    isCa: false,
    usages: [],
  },
  level: 'fine',
  days: 1,
  life: 1,
  at: notAfter,
});

describe('the calendar', () => {
  const nasty = 'CN=证书；名称, O=Semi;colon\\back, OU=line\nbreak, L=🔐🔐🔐🔐🔐🔐🔐🔐🔐🔐🔐🔐🔐🔐🔐🔐🔐🔐🔐🔐';
  const make = (
    language: 'en' | 'zh-CN' = 'en',
    expiries = [entry('a', nasty, '2027-03-04T05:06:07.000Z'), entry('b', 'CN=b', '2026-12-01T00:00:00.000Z')],
  ) => calendarOf({ stack: { id: 'lab', name: 'my, lab; here' }, expiries, settings, language }, new Date('2026-11-22T12:00:00Z'));

  it.each(['en', 'zh-CN'] as const)('in %s keeps to RFC 5545: CRLF, folding between characters, escapes, one event each', (language) => {
    const lines = readCalendar(make(language));
    const of = (name: string): string[] => lines.filter((line) => line.name === name).map(({ value }) => value);
    expect(lines[0]).toEqual({ name: 'BEGIN', value: 'VCALENDAR' });
    expect(of('VERSION')).toEqual(['2.0']);
    expect(of('PRODID')).toHaveLength(1);
    expect(of('DTSTART')).toEqual(['20270304T050607Z', '20261201T000000Z']);
    expect(new Set(of('UID')).size).toBe(2);
    expect(of('DTSTAMP')).toEqual(['20261122T120000Z', '20261122T120000Z']);
    expect(of('TRIGGER')).toEqual(['-P30D', '-P7D', '-P30D', '-P7D']);
    expect(of('DESCRIPTION').some((value) => value.includes('O=Semi;colon\\back') && value.includes('证书；名称, '))).toBe(true);
    expect(of('SUMMARY').every((value) => value.includes('my, lab; here'))).toBe(true);
  });

  it('keeps the UID of a place when its certificate is renewed, and counts it as a later revision', () => {
    const value = (content: string, name: string) => readCalendar(content).find((line) => line.name === name)?.value;
    const before = make('en', [entry('a', 'CN=a', '2027-01-01T00:00:00.000Z')]);
    const after = make('zh-CN', [entry('a', 'CN=a', '2028-01-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z')]);
    expect(value(after, 'UID')).toBe(value(before, 'UID'));
    expect(Number(value(after, 'SEQUENCE'))).toBeGreaterThan(Number(value(before, 'SEQUENCE')));
    expect(value(make('en', [entry('b', 'CN=a', '2027-01-01T00:00:00.000Z')]), 'UID')).not.toBe(value(before, 'UID'));
  });

  it('is a calendar when nothing ends, too', () => {
    expect(readCalendar(make('en', [])).map(({ name }) => name)).not.toContain('UID');
  });
});
