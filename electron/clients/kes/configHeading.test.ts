import { expect, test } from 'vitest';
import { certificatesOf, headingOf, isEdited, withCertificates, withoutHeading } from './configHeading.ts';

const one = '1'.repeat(64);
const other = '2'.repeat(64);

test.each([false, true])('the head of a file of ours follows other certificates and says what it said before (edited: %s)', (edited) => {
  const followed = withCertificates(`# ${headingOf(one, edited)}\naddress: 0.0.0.0:7373\n`, other);
  expect(certificatesOf(followed)).toBe('2'.repeat(16));
  expect(isEdited(followed)).toBe(edited);
  expect(withoutHeading(followed)).toBe('address: 0.0.0.0:7373\n');
  expect(followed).toBe(`# ${headingOf(other, edited)}\naddress: 0.0.0.0:7373\n`);
});

test('a file that somebody else wrote keeps every byte, whatever its comments say', () => {
  const foreign = `address: 0.0.0.0:7373\n# ${headingOf(one, false)}\n`;
  expect(withCertificates(foreign, other)).toBe(foreign);
});
