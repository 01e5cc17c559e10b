import { describe, expect, it } from 'vitest';
import type { RoleFields } from '../../../../shared/vaultAccess.ts';
import { auditLineOf } from './auditLines.ts';
import { roleFindings, secretIdFindings } from './roleFindings.ts';
import { judged } from './transit.ts';

const good: RoleFields = {
  bind_secret_id: true,
  secret_id_bound_cidrs: ['10.0.0.7/32'],
  secret_id_num_uses: 0,
  secret_id_ttl: 0,
  token_policies: ['minio-key-policy'],
  token_period: 300,
  token_ttl: 0,
  token_max_ttl: 0,
  token_explicit_max_ttl: 0,
  token_num_uses: 0,
  token_no_default_policy: false,
  token_bound_cidrs: [],
  token_type: 'default',
};
const codes = (findings: readonly { level: string; text: { code: string } }[]): string[] =>
  findings.map(({ level, text }) => `${level} ${text.code}`);

describe('a role for KES', () => {
  it('is good as the guide and the reference have it', () => {
    expect(codes(roleFindings(good))).toEqual(['ok vaultRolePeriod']);
  });

  it.each([
    [{ token_policies: ['root'] }, 'fail vaultRoleRoot'],
    [{ token_policies: [] }, 'fail vaultRoleNoPolicy'],
    [{ bind_secret_id: false }, 'fail vaultRoleNoSecretId'],
    [{ token_num_uses: 5 }, 'fail vaultRoleTokenUses'],
    [{ secret_id_num_uses: 5 }, 'fail vaultRoleSecretUses'],
    [{ secret_id_num_uses: 5 }, 'warn vaultRoleCidrUses'],
    [{ secret_id_ttl: 2_764_800 }, 'warn vaultRoleSecretTtl'],
    [{ token_type: 'batch' }, 'fail vaultRoleBatch'],
    [{ token_period: 20 }, 'fail vaultRoleShort'],
    [{ token_period: 0, token_ttl: 20 }, 'fail vaultRoleShort'],
    [{ token_period: 0 }, 'warn vaultRoleNoPeriod'],
    [{ token_no_default_policy: true }, 'warn vaultRoleNoDefault'],
    [{ token_explicit_max_ttl: 86_400 }, 'info vaultRoleExplicitMax'],
    [{ secret_id_bound_cidrs: [] }, 'info vaultRoleNoCidr'],
  ])('%j is %s', (change, wanted) => {
    expect(codes(roleFindings({ ...good, ...change }))).toContain(wanted);
  });
});

it('a secret ID is watched: for ever, long, soon, over, and by its uses', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const of = (expiresAt: string | undefined, uses = 0, cidrs: string[] = []) =>
    codes(secretIdFindings({ uses, cidrs, ...(expiresAt ? { expiresAt } : {}) }, now));
  expect(of(undefined)).toEqual([]);
  expect(of('2027-11-22T12:00:00Z')).toEqual(['warn vaultSecretIdEnds']);
  expect(of('2026-12-01T12:00:00Z')).toEqual(['fail vaultSecretIdEnds']);
  expect(of('2026-11-22T11:59:59Z')).toEqual(['fail vaultSecretIdExpired']);
  expect(of(undefined, 2, ['10.0.0.7/32'])).toEqual(['warn vaultSecretIdUses', 'warn vaultRoleCidrUses']);
});

it('a transit key fits KES only at version 1, without rotation', () => {
  const key = {
    type: 'aes256-gcm96',
    latest_version: 1,
    min_decryption_version: 1,
    deletion_allowed: false,
    exportable: false,
    auto_rotate_period: 0,
  };
  const of = (change: Partial<typeof key>): string[] => codes(judged('kes', { ...key, ...change }).findings);
  expect(of({})).toEqual(['ok vaultTransitFits']);
  expect(of({ latest_version: 2 })).toEqual(['fail vaultTransitRotated']);
  expect(of({ auto_rotate_period: 86_400 })).toEqual(['fail vaultTransitAutoRotates']);
  expect(of({ latest_version: 2, min_decryption_version: 2 })).toContain('fail vaultTransitOldClosed');
  expect(of({ deletion_allowed: true, exportable: true })).toEqual(['warn vaultTransitDeletable', 'warn vaultTransitExportable']);
  expect(of({ type: 'ed25519' })).toEqual(['fail vaultTransitType']);
});

describe('a line of the audit log', () => {
  const line = {
    time: '2026-11-22T12:00:00Z',
    type: 'response',
    auth: { display_name: 'approle', policies: ['minio-key-policy'], metadata: { role_name: 'kes-role' } },
    request: { operation: 'read', path: 'kv/data/minio/k', remote_address: '10.0.0.7', data: { x: 'hmac-sha256:00' } },
    error: '1 error occurred: permission denied',
  };
  it('names the role, the path and the refusal, and nothing of its data', () => {
    const read = auditLineOf(JSON.stringify(line), 'root');
    expect(read).toEqual({
      at: line.time,
      kind: 'response',
      operation: 'read',
      path: 'kv/data/minio/k',
      who: 'kes-role',
      policies: ['minio-key-policy'],
      from: '10.0.0.7',
      own: false,
      error: line.error,
    });
    expect(auditLineOf(JSON.stringify({ ...line, auth: { display_name: 'root' } }), 'root')?.own).toBe(true);
  });
  it('is passed over when it was cut, or is none', () => {
    expect(auditLineOf(JSON.stringify(line).slice(20), 'root')).toBeUndefined();
    expect(auditLineOf('', 'root')).toBeUndefined();
    expect(auditLineOf('{"type":"other"}', 'root')).toBeUndefined();
  });
});
