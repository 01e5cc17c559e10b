import type { CommandLine, Evidence } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import type { VaultNodeStatus } from '../../../shared/vault.ts';
import { folderLines, vaultLines, vaultProgram } from '../../components/serverLines.ts';

/** What this page does with a node, in the words of the server's own tool. Shares and tokens are typed, never arguments. Pure. */
export function vaultCommands(stack: Stack, node: VaultNodeStatus | undefined): CommandLine[] {
  const program = vaultProgram(stack);
  const lines: CommandLine[] = [...folderLines(stack), ...vaultLines(stack, node?.node)];
  lines.push({ comment: say('vaultCommandStatus'), line: `${program} status` });
  if (node?.state === 'sealed') {
    lines.push({ comment: say('vaultCommandUnseal', { threshold: node.threshold ?? 0 }), line: `${program} operator unseal` });
    if ((node.progress ?? 0) > 0) lines.push({ line: `${program} operator unseal -reset` });
  } else if (node?.state === 'active' || node?.state === 'standby') {
    lines.push({ comment: say('vaultCommandToken'), line: 'read -rs VAULT_TOKEN && export VAULT_TOKEN' });
    lines.push({ line: `${program} operator seal` });
  }
  return lines;
}

/** What each node answered to GET sys/seal-status. Pure. */
export function vaultEvidence(nodes: readonly VaultNodeStatus[]): Evidence[] {
  return nodes
    .filter(({ state }) => state !== 'unreachable')
    .map((node) => ({
      text: say(node.state === 'uninitialised' ? 'vaultSeenFresh' : node.state === 'sealed' ? 'vaultSeenSealed' : 'vaultSeenUnsealed'),
      at: node.at,
      from: node.node,
      outcome: node.state === 'sealed' ? 'warn' : node.state === 'uninitialised' ? 'info' : 'ok',
      answer: JSON.stringify({
        sealed: node.state === 'sealed' || node.state === 'uninitialised',
        t: node.threshold ?? 0,
        n: node.shares ?? 0,
        progress: node.progress ?? 0,
        ...(node.nonce === undefined ? {} : { nonce: node.nonce }),
        version: node.version ?? '',
        storage_type: node.storage ?? '',
      })
        .replaceAll('":', '": ')
        .replaceAll(',"', ', "'),
    }));
}
