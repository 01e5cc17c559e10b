import { describe, expect, it } from 'vitest';
import { formatAge, formatAgo, formatBytes, formatClock, formatDay, formatSeconds, formatWhen, shorten, shortVersion } from './format.ts';

const now = new Date(2026, 10, 21, 14, 30, 0).getTime();
const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1024, '1 KiB'],
    [402 * 1024, '402 KiB'],
    [1_261_604, '1.2 MiB'],
    [1024 * 1024 - 1, '1 MiB'],
    [4_080_218_931, '3.8 GiB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes, 'en')).toBe(text));
});

describe('ages', () => {
  it.each([
    [0, '0 s'],
    [20, '20 s'],
    [60, '1 min'],
    [3599, '59 min'],
    [3600, '13:30'],
    [15 * 3600, 'Yesterday'],
    [5 * 86_400, '16 Nov 2026'],
  ])('%d seconds ago reads %s', (seconds, text) => expect(formatAge(ago(seconds), now, 'en', 'Yesterday')).toBe(text));

  it('a clock that runs ahead gives no negative age', () => expect(formatAge(ago(-5), now, 'en', 'Yesterday')).toBe('0 s'));

  it('reads in Chinese with half-width spaces', () => {
    expect(formatAge(ago(20), now, 'zh-CN', '昨天')).toBe('20 秒');
    expect(formatAgo(ago(14 * 60), now, 'zh-CN')).toBe('14 分钟前');
    expect(formatDay(ago(0), 'zh-CN')).toBe('2026-11-21');
  });

  it('says the day of a time that is not of today', () => {
    expect(formatWhen(ago(20), 'en', false, now)).toBe(formatClock(ago(20), 'en'));
    expect(formatWhen(ago(3 * 86_400), 'en', false, now)).toBe(`18 Nov 2026, ${formatClock(ago(3 * 86_400), 'en')}`);
    expect(formatWhen(ago(3 * 86_400), 'zh-CN', true, now)).toBe(`2026-11-18 ${formatClock(ago(3 * 86_400), 'zh-CN', true)}`);
  });

  it('reads in a sentence', () => expect(formatAgo(ago(14 * 60), now, 'en')).toBe('14 minutes ago'));
});

describe('durations', () => {
  it.each([
    [22, '22 s'],
    [240, '4 min'],
    [4800, '1 h 20 min'],
    [7200, '2 h'],
    [7199, '2 h'],
  ])('%d seconds are %s', (seconds, text) => expect(formatSeconds(seconds, 'en')).toBe(text));
});

describe('shortening', () => {
  it('keeps both ends and the wanted length', () => {
    expect(shorten('customer-documents-eu-central-production', 23)).toBe('customer-do…-production');
    expect([...shorten('合同-2026-1121-补充协议-最终版.pdf', 12)]).toHaveLength(12);
  });

  it('leaves what fits', () => expect(shorten('minio-default', 13)).toBe('minio-default'));
});

describe('versions', () => {
  it.each([
    ['RELEASE.2025-10-15T17-29-55Z', '2025-10-15'],
    ['2026-04-10T09-11-37Z', '2026-04-10'],
    ['1.21.0', '1.21.0'],
    ['v2.7.2', '2.7.2'],
    ['DEVELOPMENT.GOGET', undefined],
    ['<unknown>', undefined],
  ])('%s is shown as %s', (version, text) => expect(shortVersion(version)).toBe(text));
});
