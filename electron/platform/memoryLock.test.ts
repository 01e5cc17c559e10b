import { describe, expect, it } from 'vitest';
import { fileGrantsLock, inheritsLock, memoryLockOf } from './memoryLock.ts';

const limited = 'Max locked memory         8388608              8388608              bytes     \n';
const unlimited = 'Max locked memory         unlimited            unlimited            bytes     \n';

describe('the right to lock memory', () => {
  it('comes from the capability of this process', () => {
    expect(inheritsLock('CapEff:\t0000000000004000\n', limited)).toBe(true);
  });
  it('is not root alone: a container may have dropped the capability', () => {
    expect(inheritsLock('Uid:\t0\t0\t0\t0\nCapEff:\t00000000a80425fb\n', limited)).toBe(false);
  });
  it('comes from an unlimited limit', () => expect(inheritsLock('CapEff:\t0000000000000000\n', unlimited)).toBe(true));
  it.each([
    [' cap_ipc_lock=ep\n', true],
    [' = cap_ipc_lock+ep\n', true],
    [' cap_ipc_lock,cap_net_bind_service=ep\n', true],
    [' cap_net_bind_service,cap_ipc_lock=eip\n', true],
    [' cap_ipc_lock=p\n', false],
    [' cap_net_bind_service=ep\n', false],
    ['', false],
  ])('comes from the capability of the file: %j', (capabilities, granted) => expect(fileGrantsLock(capabilities)).toBe(granted));
  it('is not needed for OpenBao and MinIO', async () => {
    expect(await memoryLockOf('/nowhere/bao', 'openbao')).toEqual({ state: 'notNeeded', canRun: false });
    expect(await memoryLockOf('/nowhere/minio', 'minio')).toEqual({ state: 'notNeeded', canRun: false });
  });
});
