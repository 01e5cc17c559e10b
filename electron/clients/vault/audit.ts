import { z } from 'zod';
import type { VaultAnswer } from './answers.ts';
import { joined, type VaultHttp } from './http.ts';

const device = z.looseObject({ type: z.string(), options: z.record(z.string(), z.string()).nullish() });
const devices = z.looseObject({ data: z.record(z.string(), device) });
export type AuditDevice = z.infer<typeof device>;

/** Audit devices. Both calls need `sudo`. */
export function vaultAudit(http: VaultHttp) {
  return {
    /** By name with a slash at its end. */
    auditDevices: async (): Promise<Record<string, AuditDevice>> => (await http.get(devices, 'GET', 'sys/audit')).data,
    /** The raw answer: OpenBao since 2.3.2 refuses with 400 and points to its configuration (vault.md 1.13). */
    enableAudit: (name: string, file: string): Promise<VaultAnswer> =>
      http.attempt('PUT', joined('sys/audit', name), { body: { type: 'file', options: { file_path: file, mode: '0600' } } }),
  };
}
