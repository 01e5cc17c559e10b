import { expect, it } from 'vitest';
import { addressFor, auditAddress, placeIn, ruleAddress, scopeIn, targetIn } from './place.ts';

const scope = (query: string) => scopeIn(new URLSearchParams(query));

it('finds the page and the run in an address', () => {
  expect(placeIn('#/in-place')).toMatchObject({ page: 'list' });
  expect(placeIn('#/in-place/new?bucket=b&key=a%2Fb')).toMatchObject({ page: 'new' });
  expect(placeIn('#/in-place/20261122T020000-1a2b3c4d')).toMatchObject({ page: 'run', id: '20261122T020000-1a2b3c4d' });
  expect(placeIn('#/in-place/else')).toMatchObject({ page: 'list' });
});

it('reads what is to be encrypted, and nothing from what it does not understand', () => {
  expect(scope('bucket=letters')).toEqual({ from: 'prefix', bucket: 'letters', prefix: '' });
  expect(scope('bucket=letters&prefix=a%2F')).toEqual({ from: 'prefix', bucket: 'letters', prefix: 'a/' });
  expect(scope('bucket=letters&key=a%2Fb&key=c')).toEqual({ from: 'objects', bucket: 'letters', objects: [{ key: 'a/b' }, { key: 'c' }] });
  expect(scope('bucket=letters&key=a&version=v1')).toEqual({
    from: 'objects',
    bucket: 'letters',
    objects: [{ key: 'a', versionId: 'v1' }],
  });
  expect(scope('audit=20261122T020000-1a2b3c4d&bucket=letters')).toEqual({
    from: 'audit',
    auditId: '20261122T020000-1a2b3c4d',
    filter: { states: ['plaintext'], bucket: 'letters' },
  });
  expect(scope('audit=no')).toBeUndefined();
  expect(scope('bucket=NO')).toBeUndefined();
  expect(scope('')).toBeUndefined();
});

it('asks for the same again', () => {
  for (const query of [
    'bucket=letters',
    'bucket=letters&prefix=a%2F',
    'bucket=letters&key=a%2Fb&key=c',
    'bucket=letters&key=a&version=v1',
    'audit=20261122T020000-1a2b3c4d&bucket=letters&prefix=%E5%90%88&states=sse-s3&minSize=5&opens=yes',
  ]) {
    const wanted = scope(query);
    const address = wanted ? addressFor(wanted) : undefined;
    expect(scopeIn(placeIn(address ?? '').query)).toEqual(wanted);
  }
});

it('reads what is proposed to encrypt with', () => {
  const target = (query: string) => targetIn(new URLSearchParams(query));
  expect(target('to=sse-s3')).toEqual({ kind: 'sse-s3' });
  expect(target('to=sse-kms%3Akey%3A1')).toEqual({ kind: 'sse-kms', key: 'key:1' });
  expect([target('to=sse-kms'), target('to=sse-c%3Ax'), target('')]).toEqual([undefined, undefined, undefined]);
});

it('leads from a run to an audit of the same place, and to the rule of its bucket', () => {
  const audit = (query: string, mode: 'current' | 'history' = 'current') => {
    const asked = scope(query);
    return asked && auditAddress({ scope: asked, mode });
  };
  expect(audit('bucket=letters&prefix=a%2F')).toBe('#/audit/new?bucket=letters&prefix=a%2F');
  expect(audit('bucket=letters&key=a', 'history')).toBe('#/audit/new?bucket=letters&versions=1');
  expect(audit('audit=20261122T020000-1a2b3c4d&bucket=letters')).toBe('#/audit/new?bucket=letters');
  expect(audit('audit=20261122T020000-1a2b3c4d')).toBe('#/audit/new');
  expect([ruleAddress(['letters']), ruleAddress(['letters', 'else'])]).toEqual(['#/minio/rule/letters', '#/minio']);
});
