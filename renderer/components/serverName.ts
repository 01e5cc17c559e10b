import { serverNames } from '../../shared/servers.ts';
import type { ServerKind } from '../../shared/stacks.ts';

/** What a server is called in a sentence: by its kind, with its id where the stack has several of the kind. Pure. */
export function serverName(kind: ServerKind, node: string, ofKind: number): string {
  return ofKind > 1 ? `${serverNames[kind]} (${node})` : serverNames[kind];
}
