import { describe, expect, it } from 'vitest';
import { freePort, stepToMend, withPort } from './stepErrors.tsx';

const ports = { vault: 8200, vaultCluster: 8201, kes: 7373, minio: 9000, minioConsole: 9001 };

describe('fixes of a failed step', () => {
  it('replace the taken port and no other', () => {
    expect(withPort(ports, 7373, 7374)).toEqual({ ...ports, kes: 7374 });
  });

  it('take the port that is proposed for the same server, unless another of this place has it', () => {
    expect(freePort(ports, { ...ports, kes: 7380 }, 7373)).toBe(7380);
    expect(freePort(ports, { ...ports, vault: 8201, vaultCluster: 8205 }, 8200)).toBe(8205);
    expect(freePort(ports, ports, 8200)).toBeUndefined();
  });

  it('lead to the step where a failure is mended', () => {
    expect(stepToMend({ code: 'setupOrder', details: { missing: '@setup.step.vault' } })).toBe('vault');
    expect(stepToMend({ code: 'portInUse' })).toBe('place');
    expect(stepToMend({ code: 'internal' })).toBeUndefined();
  });
});
