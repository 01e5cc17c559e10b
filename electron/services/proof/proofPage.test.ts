import { describe, expect, it } from 'vitest';
import type { Proof } from '../../../shared/proof.ts';
import { say } from '../../../shared/text.ts';
import { cacheMs } from '../../clients/kes/duration.ts';
import { proofFingerprint } from './proofFiles.ts';
import { proofPage } from './proofPage.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 14, 15, second)).toISOString();
const proof: Proof = {
  version: 1,
  id: '20260101T141507-7c1e0a2b',
  stackId: 'lab',
  stackName: '<img src=x onerror=alert(1)>',
  level: 'chain',
  result: 'proven',
  protected: false,
  startedAt: at(7),
  endedAt: at(14),
  bucket: 'first-bucket',
  object: '.sealdeck/canary-7c1e0a2b',
  scratchKey: 'minio-proof-7c1e0a2b',
  withheld: { from: at(8), to: at(13) },
  cacheSeconds: 5.2,
  events: [
    {
      at: at(7),
      what: say('proofWritten'),
      detail: say('proofWrittenDetail', { key: '"><script>x</script>' }),
      answer: '200',
      lane: 'read',
      outcome: 'ok',
    },
    {
      at: at(8),
      what: say('proofWithheld'),
      detail: say('proofWithheldDetail', { place: 'kv/minio/x' }),
      answer: '204',
      lane: 'key',
      outcome: 'ok',
    },
    {
      at: at(13),
      what: say('proofFailedAsItMust'),
      detail: say('proofFailedAsItMustDetail', { seconds: 5.2 }),
      answer: '404 kms:KeyNotFound',
      lane: 'read',
      outcome: 'expectedFailure',
    },
  ],
};

describe('the printable proof', () => {
  it('escapes everything that came from outside', () => {
    const page = proofPage(proof, 'en');
    expect(page).not.toMatch(/<script|<img/);
    expect(page).toContain('&#60;script&#62;');
  });

  it('loads nothing and runs nothing', () => {
    const page = proofPage(proof, 'en');
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/\b(?:src|href|on\w+)="/);
  });

  it.each(['en', 'zh-CN'] as const)('says result, practice and every answer in %s, and leaves no place unfilled', (language) => {
    const page = proofPage(proof, language);
    expect(page).toContain(`lang="${language}"`);
    expect(page).toContain('404 kms:KeyNotFound');
    expect(page).toContain(language === 'en' ? 'Practice: not protected' : '练习模式：未受保护');
    expect(page.replace(/<style>.*<\/style>/s, '')).not.toMatch(/\{\w+\}/);
  });

  it('says why when nothing was proven', () => {
    const page = proofPage({ ...proof, result: 'notProven', error: { code: 'proofOutlived', details: { seconds: 20 } } }, 'en');
    expect(page).toContain('The object stayed readable without its key');
  });
});

describe('the fingerprint of a proof', () => {
  it('does not depend on the order of fields, and changes with any answer', () => {
    const { events, ...rest } = proof;
    expect(proofFingerprint({ events, ...rest })).toBe(proofFingerprint(proof));
    expect(proofFingerprint({ ...proof, sha256: 'x' })).toBe(proofFingerprint(proof));
    expect(proofFingerprint({ ...proof, events: events.slice(1) })).not.toBe(proofFingerprint(proof));
  });
});

it.each([
  ['5s', 5000],
  ['5m0s', 300_000],
  ['1h2m3s', 3_723_000],
  ['', 300_000],
  ['soon', 300_000],
])('reads the duration %j as %i ms', (duration, ms) => {
  expect(cacheMs(duration)).toBe(ms);
});
