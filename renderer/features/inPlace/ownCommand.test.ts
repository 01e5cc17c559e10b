import { expect, it } from 'vitest';
import type { InPlace } from '../../../shared/inPlace.ts';
import { ownCommand } from './ownCommand.ts';

const auditId = '20261122T020000-1a2b3c4d';
const prefix: InPlace['scope'] = { from: 'prefix', bucket: 'letters', prefix: "it's/" };
const kms: InPlace['target'] = { kind: 'sse-kms', key: 'minio-docs' };
const line = (scope: InPlace['scope'], target: InPlace['target'] = kms, mode: InPlace['mode'] = 'current') =>
  ownCommand({ stackId: 'lab', scope, target, mode }, ' --data /d').map((command) => command.line);

it('says a plan in the words of the command line', () => {
  const begin = 'npx --no-install sealdeck encrypt --stack lab';
  expect(line(prefix)).toEqual([`${begin} --bucket letters --prefix 'it'\\''s/' --sse kms:minio-docs --data /d`]);
  const audit = { from: 'audit', auditId, filter: { states: ['plaintext'] } } as const;
  expect(line({ ...audit, filter: { states: ['plaintext'] } }, { kind: 'sse-s3' })).toEqual([
    `${begin} --audit ${auditId} --sse s3 --data /d`,
  ]);
  expect(line({ ...audit, filter: { states: ['plaintext'], bucket: 'letters' } }, { kind: 'rule' })).toEqual([
    `${begin} --audit ${auditId} --bucket letters --sse rule --data /d`,
  ]);
});

it('has none for what that has no words for, so that it never does more than was planned', () => {
  expect(line({ from: 'objects', bucket: 'letters', objects: [{ key: 'a' }] })).toEqual([]);
  expect(line({ from: 'audit', auditId, filter: { states: ['sse-s3'], bucket: 'letters' } })).toEqual([]);
  expect(line({ from: 'audit', auditId, filter: { states: ['plaintext'], bucket: 'letters', minSize: 5 } })).toEqual([]);
  expect(line({ from: 'audit', auditId, filter: { states: ['plaintext'], prefix: 'a/' } })).toEqual([]);
  expect(line(prefix, { kind: 'sse-kms', key: 'minio-docs', context: { of: 'it' } })).toEqual([]);
  expect(line(prefix, { kind: 'sse-c', keyId: '0'.repeat(32) })).toEqual([]);
  expect(line(prefix, kms, 'history')).toEqual([]);
});
