import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { entriesOf } from './generate.ts';
import { samplePlaces } from './places.ts';

// Pictures and words about the sample name these numbers. One pass over all of it, which takes some seconds on a busy machine.
test('the sample is the same everywhere, its keys come in order and once, and none was written after the audit', {
  timeout: 60_000,
}, () => {
  const states = [0, 0, 0, 0, 0, 0];
  const wrong: string[] = [];
  const hash = createHash('sha256');
  for (const [bucket, place] of samplePlaces.entries()) {
    let last = '';
    for (const { keys, sizes, modified, states: found } of entriesOf(bucket, place, {})) {
      for (const [at, key] of keys.entries()) {
        if (!(last < key) || (modified[at] ?? 0) > Date.parse('2026-11-20T14:31:08Z')) wrong.push(key);
        last = key;
      }
      for (const state of found) states[state] = (states[state] ?? 0) + 1;
      hash.update(keys.join('\n')).update(new Uint8Array(sizes.buffer)).update(new Uint8Array(modified.buffer));
    }
  }
  expect(wrong).toEqual([]);
  expect(states).toEqual([12_031, 0, 1_388, 6_918, 373_838, 889_937]);
  expect(hash.digest('hex')).toBe('f4c7104d6a6dfaac67a602dc10b7da8ce14c79eb134f8f839a3a7b81085cee24');
});

test('a bucket that began to encrypt at a time has its plaintext from before it', () => {
  const wrong = samplePlaces.flatMap(({ facts, folders }) => {
    const since = facts.ruleSince ? Date.parse(facts.ruleSince.at) : Number.POSITIVE_INFINITY;
    return folders.filter(({ state, to }) => state === 'plaintext' && to > since);
  });
  expect(wrong).toEqual([]);
});
