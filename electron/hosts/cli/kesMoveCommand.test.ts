import { describe, expect, it } from 'vitest';
import type { Client } from '../../rpc/client.ts';
import { kesMoveCommand } from './kesMoveCommand.ts';
import type { Terminal } from './terminal.ts';

describe('sealdeck kes-move', () => {
  it.each([{}, { dir: '/old/kes' }])('says how a stack is made of old files where there is none: %j', async (flags) => {
    const client = { call: async (name: string) => (name === 'stacks.list' ? { stacks: [], damaged: [] } : { state: 'open' }) };
    await expect(kesMoveCommand(client as unknown as Client, {} as Terminal, flags, [])).rejects.toMatchObject({ code: 'kesMoveNoStack' });
  });
});
