import type { NodeNow } from '../../../../shared/kesKeys.ts';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import type { ErrorFrame } from '../../../../shared/rpc/frames.ts';
import type { StackNode } from '../../../../shared/stacks.ts';
import { kesFor } from '../../../clients/kes/forStack.ts';
import { partOf } from '../../../clients/partOf.ts';
import type { Access } from './deps.ts';

/** A node's state and counters, now. Neither says that keys work: `kes.status` does, with a real key (kes.md trap 20). */
export async function nodeNow(access: Access, { id: node, url }: StackNode): Promise<NodeNow> {
  const base = { node, url, at: new Date().toISOString() };
  const opened = await partOf(kesFor(access, 'operator', node));
  const kes = opened.value;
  if (!kes) return { ...base, reachable: false, ...(opened.error ? { error: opened.error } : {}) };
  try {
    const version = await kes.version();
    const [status, counted] = await Promise.all([partOf(kes.status()), partOf(kes.metrics())]);
    const error: ErrorFrame | undefined = status.error ?? counted.error;
    const { uptime, keystore_latency: keyStoreMs, keystore_unreachable: keyStoreDown } = status.value ?? {};
    return {
      ...base,
      reachable: true,
      version,
      // Nanoseconds before 2023-10-24: no server runs for a thousand years.
      ...(uptime === undefined ? {} : { uptime: uptime > 3e10 ? Math.round(uptime / 1e9) : uptime }),
      ...(keyStoreMs === undefined ? {} : { keyStoreMs }),
      ...(status.value ? { keyStoreDown: keyStoreDown ?? false } : {}),
      ...(counted.value ? { counts: counted.value } : {}),
      ...(error ? { error } : {}),
    };
  } catch (error) {
    if (isAppError(error)) return { ...base, reachable: false, error: error.frame };
    throw error;
  } finally {
    await kes.close();
  }
}
