import { describe, expect, it } from 'vitest';
import { nameFor } from './draftName.ts';

describe('the proposed name of a connected stack', () => {
  it('is the host without the label of the server', () => {
    expect(nameFor('https://kes-1.fra1.example.net:7373', [])).toBe('fra1.example.net');
    expect(nameFor('https://10.20.4.11:8200', [])).toBe('10.20.4.11');
    expect(nameFor('https://[::1]:8200', [])).toBe('::1');
  });

  it('is not one that a stack has already', () => {
    expect(nameFor('https://10.20.4.11:8200', ['10.20.4.11', '10.20.4.11-2'])).toBe('10.20.4.11-3');
  });

  it('stays within the length that a name may have', () => {
    expect(nameFor(`https://${'a'.repeat(60)}.example.net`, []).length).toBeLessThanOrEqual(40);
  });
});
