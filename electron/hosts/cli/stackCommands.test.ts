import { expect, it } from 'vitest';
import { modelEngine } from './model.testSupport.ts';
import { printProof, statusCommand } from './stackCommands.ts';

const server = (kind: string, node: string, port: number) => ({
  kind,
  node,
  state: 'running',
  url: `https://127.0.0.1:${port}`,
  pid: port,
});

it('tells of which node a server is where the stack has several of its kind', async () => {
  const { client, terminal, told } = modelEngine({
    'app.info': { dataFolder: '/data', version: '1' },
    'stacks.list': { stacks: [{ id: 'lab', origin: 'lab', folder: '/lab', setup: { proven: 13, total: 13 } }] },
    'lab.status': { servers: [server('vault', 'vault-1', 8200), server('kes', 'kes-1', 7373), server('kes', 'kes-2', 7383)] },
  });
  await statusCommand(client, terminal('en'), {});
  expect(told().trimEnd().split('\n').slice(-3)).toEqual([
    '  Vault · running · https://127.0.0.1:8200 · pid 8200',
    '  KES kes-1 · running · https://127.0.0.1:7373 · pid 7373',
    '  KES kes-2 · running · https://127.0.0.1:7383 · pid 7383',
  ]);
});

it.each([
  [undefined, 'proof: proven · chain · lab · '],
  ['reports', 'proof: proven · chain · lab, reports · '],
])('says of which cluster a proof is: %s', async (cluster, line) => {
  const proofs = [{ id: 'p', startedAt: '2026-11-22T12:00:00Z', result: 'proven', level: 'chain', events: [] }];
  const { client, terminal, told } = modelEngine({ 'proof.list': { proofs } });
  await printProof(client, terminal('en'), 'lab', Date.now(), false, cluster);
  expect(told()).toContain(line);
});
