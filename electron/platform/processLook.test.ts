import { describe, expect, it } from 'vitest';
import { groupOf, lookAt, parsePs } from './processLook.ts';

describe('looking at a process', () => {
  it('finds the group behind a command name with spaces and parentheses', () => {
    expect(groupOf('812 (a ) b (c) S 1 640 640 0 -1 4194560')).toEqual({ group: 640 });
  });
  it('tells no group from a cut line', () => expect(groupOf('812 (kes)')).toEqual({}));
  it('reads a line of ps with a path that has a space', () => {
    expect(parsePs('Ss    812 /Applications/My Servers/kes\n')).toEqual({ group: 812, exe: '/Applications/My Servers/kes' });
  });
  it('takes no bare command name for a path', () => expect(parsePs('S 812 kes\n')).toEqual({ group: 812 }));
  it('counts a zombie as ended', () => expect(parsePs('Z+ 812 <defunct>\n')).toBeUndefined());
  it('sees this very process at work', async () => {
    const seen = await lookAt(process.pid);
    expect(seen?.startTime).toMatch(/\d/);
    if (process.platform === 'linux') expect(seen?.exe).toBe(process.execPath);
  });
});
