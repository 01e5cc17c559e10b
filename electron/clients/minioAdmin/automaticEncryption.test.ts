import { expect, it } from 'vitest';
import { automaticOf, readSwitch } from './automaticEncryption.ts';

const node = (value?: string) => ({ environment: value === undefined ? {} : { MINIO_KMS_AUTO_ENCRYPTION: value } });

it('reads the switch as MinIO does', () => {
  expect(['on', 'ON', 'true', '1', 'Enabled'].map(readSwitch)).toEqual(Array(5).fill('on'));
  expect([undefined, 'off', 'false', '0', 'disabled'].map(readSwitch)).toEqual(Array(5).fill('off'));
  expect(['yes', '', 'oN', ' on'].map(readSwitch)).toEqual(Array(4).fill('neither'));
});

it('says nothing of automatic encryption where nodes differ: an upload goes to any of them', () => {
  expect(automaticOf([node('on'), node('true')])).toBe(true);
  expect(automaticOf([node(), node('off')])).toBe(false);
  expect(automaticOf([node('on'), node()])).toBeUndefined();
  expect(automaticOf([node(), node('on')])).toBeUndefined();
  expect(automaticOf([])).toBeUndefined();
});
