import type { Evidence } from '../../../../shared/setup.ts';
import { startTestChain } from '../../../clients/chain.testSupport.ts';

/** KES's own role in a test's chain. */
export const own = { mount: 'approle', role: 'kes-role' };
export const accessCases = [
  { product: 'openbao', kvVersion: 2 },
  { product: 'vault', kvVersion: 1 },
] as const;

export const codes = (evidence: readonly Evidence[]): string[] => evidence.map(({ text }) => text.code);
export const told = (findings: readonly { text: Evidence['text'] }[]): string[] => findings.map(({ text }) => text.code);

/** For tests: a chain, and the product's own tool with the root token. */
export async function startAccessChain({ product, kvVersion }: (typeof accessCases)[number]) {
  const chain = await startTestChain({ product, kvVersion });
  const program = product === 'openbao' ? 'bao' : 'vault';
  const tool = async (line: string): Promise<string> => {
    const url = chain.context.stack.keyStores[0]?.nodes[0]?.url ?? '';
    const lines = [
      `export VAULT_ADDR=${url}`,
      `export VAULT_CACERT=${chain.context.folder.path('certs/ca.crt')}`,
      'export VAULT_FORMAT=json',
      `${program} ${line}`,
    ];
    return chain.shell(lines.map((each) => ({ line: each })));
  };
  return { ...chain, tool, json: async (line: string): Promise<unknown> => JSON.parse(await tool(line)) };
}
export type AccessChain = Awaited<ReturnType<typeof startAccessChain>>;
