import { describe, expect, it } from 'vitest';
import { addressOf, encryptSelected, nameBelow, placeIn, stepsOf } from './place.ts';

describe('the place of the Objects page', () => {
  it('survives names that look like parts of an address', () => {
    for (const prefix of ['2026/11/', '合同/', 'a%2Fb/', 'what?/and#/', '%/', ' /', '//', '../']) {
      expect(placeIn(`#${addressOf('first-bucket', prefix)}`)).toEqual({ bucket: 'first-bucket', prefix });
    }
  });

  it('is all buckets without one, and the whole bucket without a prefix', () => {
    expect(placeIn('#/objects')).toEqual({ bucket: undefined, prefix: '' });
    expect(placeIn('#/objects/')).toEqual({ bucket: undefined, prefix: '' });
    expect(placeIn('#/objects/one')).toEqual({ bucket: 'one', prefix: '' });
  });

  it('does not break on a fragment that is no encoding', () => {
    expect(placeIn('#/objects/one/%E0%A4%A')).toEqual({ bucket: 'one', prefix: '%E0%A4%A' });
  });

  it('leads from a selection to its objects, its folder, or to all that is here', () => {
    const here = { bucket: 'b', prefix: 'a/' };
    const many = Array.from({ length: 1001 }, (_, at) => ({ key: `a/${at}` }));
    expect(encryptSelected(here, undefined, [{ key: 'a/x' }])).toEqual({ href: '#/in-place/new?bucket=b&key=a%2Fx', all: false });
    expect(encryptSelected(here, 'a/c/', [])).toEqual({ href: '#/in-place/new?bucket=b&prefix=a%2Fc%2F', all: false });
    expect(encryptSelected(here, undefined, many)).toEqual({ href: '#/in-place/new?bucket=b&prefix=a%2F', all: true });
    expect(encryptSelected(here, undefined, [{ key: 'a/x', deleteMarker: true }])).toBeUndefined();
  });

  it('leads back up, folder by folder', () => {
    expect(stepsOf('a/b/c/')).toEqual(['a/', 'a/b/', 'a/b/c/']);
    expect(stepsOf('')).toEqual([]);
  });

  it('names the folder itself when it is an object', () => {
    expect(nameBelow('a/b/c.pdf', 'a/b/')).toBe('c.pdf');
    expect(nameBelow('a/b/', 'a/b/')).toBe('./');
  });
});
