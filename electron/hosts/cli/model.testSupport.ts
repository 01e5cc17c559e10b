import type { Language } from '../../../shared/text.ts';
import type { Client } from '../../rpc/client.ts';
import { createTerminal } from './terminal.ts';

/** A model of the engine for commands that only ask: answers as they come from one, by procedure, and what was printed. */
export function modelEngine(answers: Readonly<Record<string, unknown>>) {
  const written: string[] = [];
  const known: Readonly<Record<string, unknown>> = {
    'store.status': { state: 'open' },
    'stacks.list': { stacks: [{ id: 'lab', origin: 'lab' }] },
    ...answers,
  };
  const never = () => () => undefined;
  const client = { call: async (name: string) => known[name], on: never, onClose: never } as unknown as Client;
  const stream = { write: (text: string) => written.push(text), isTTY: false };
  const terminal = (language: Language) => createTerminal({ json: false, language, streams: { stdout: stream, stderr: stream } });
  return { client, terminal, told: () => written.join('') };
}
