import { describe, expect, it } from 'vitest';
import type { Upload } from '../../../../shared/uploads.ts';
import { dropGoesTo, uploadsHere } from './shownUpload.ts';

const upload = (id: string, phase: Upload['phase'], more: Partial<Upload> = {}): Upload =>
  ({ id, phase, bucket: 'b', prefix: 'p/', source: 'window', counts: {}, needsFiles: false, ...more }) as Upload;
const nothing = { own: new Set<string>(), hidden: new Set<string>(), chosen: new Map<string, string>() };
const shown = (uploads: Upload[], state: Partial<typeof nothing> = {}) => uploadsHere(uploads, 'b', { ...nothing, ...state });

describe('which tray is open', () => {
  it('is the one that needs a person first, and the newest of its kind', () => {
    expect(shown([upload('1', 'running'), upload('2', 'alarm'), upload('3', 'running')]).all.map(({ id }) => id)).toEqual(['2', '3', '1']);
    expect(shown([upload('1', 'staged'), upload('2', 'running')]).shown?.id).toBe('2');
  });

  it('is the chosen one, unless it was put aside', () => {
    const uploads = [upload('1', 'running'), upload('2', 'alarm')];
    const chosen = new Map([['b', '1']]);
    expect(shown(uploads, { chosen }).shown?.id).toBe('1');
    expect(shown(uploads, { chosen, hidden: new Set(['1']) }).shown?.id).toBe('2');
    expect(shown(uploads, { hidden: new Set(['1', '2']) }).shown).toBeUndefined();
  });

  it('is none for what ended well elsewhere; a fault is shown whoever had it', () => {
    expect(shown([upload('1', 'ended')]).all).toEqual([]);
    expect(shown([upload('1', 'ended')], { own: new Set(['1']) }).shown?.id).toBe('1');
    expect(shown([upload('1', 'ended', { counts: { failed: 1 } })]).shown?.id).toBe('1');
    expect(shown([upload('1', 'running', { bucket: 'other' })]).all).toEqual([]);
  });
});

describe('where a drop goes', () => {
  it('joins a tray that was not sent yet at the same place, and no other', () => {
    expect(dropGoesTo(upload('1', 'staged'), 'p/')?.id).toBe('1');
    expect(dropGoesTo(upload('1', 'staged'), 'q/')).toBeUndefined();
    expect(dropGoesTo(upload('1', 'running'), 'p/')).toBeUndefined();
    expect(dropGoesTo(upload('1', 'staged', { source: 'disk' }), 'p/')).toBeUndefined();
    expect(dropGoesTo(undefined, '')).toBeUndefined();
  });

  it('goes to an upload that waits for its files', () => {
    expect(dropGoesTo(upload('1', 'paused', { needsFiles: true }), 'q/')?.id).toBe('1');
  });
});
