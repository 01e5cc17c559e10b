import { expect, it } from 'vitest';
import { placeInput } from '../../../shared/setup.ts';
import { vaultInput } from '../../../shared/vault.ts';
import type { StepContext } from '../../jobs/step.ts';
import { stackOf } from '../setup/placeDocument.ts';
import { configurationOf, dataFolderOf } from './configuration.ts';

function contextOf(url: string, folder: string): StepContext {
  const place = placeInput.parse({
    name: 'lab',
    folder: '/stack',
    hosts: ['127.0.0.1'],
    ports: { vault: 1, vaultCluster: 2, kes: 3, minio: 4, minioConsole: 5 },
    product: 'vault',
    storage: 'file',
    servers: { vault: { way: 'handedOver', url, folder } },
  });
  return {
    stack: stackOf('lab', place, 'now'),
    inputs: { place },
    folder: { path: (name: string) => `/stack/${name}` },
  } as unknown as StepContext;
}
const lines = (url: string, folder: string): string[] =>
  configurationOf(contextOf(url, folder), vaultInput.parse({}), 'elsewhere')
    .content.split('\n')
    .map((line) => line.trim());

it('names the paths and addresses of the other host, and none of this machine', () => {
  const found = lines('https://vault.example.com:8300', '/srv/vault');
  expect(found).toEqual(
    expect.arrayContaining([
      'path = "/srv/vault/data"',
      'tls_cert_file = "/srv/vault/vault.crt"',
      'tls_key_file = "/srv/vault/vault.key"',
      'address = "0.0.0.0:8300"',
      'cluster_address = "0.0.0.0:8301"',
      'api_addr = "https://vault.example.com:8300"',
      'cluster_addr = "https://vault.example.com:8301"',
      'disable_mlock = true',
    ]),
  );
  expect(found.join()).not.toContain('/stack');
});

it('listens on the address itself where one is given, also on IPv6', () => {
  expect(lines('https://192.0.2.7:8200', '/srv/v')).toContain('address = "192.0.2.7:8200"');
  expect(lines('https://[2001:db8::7]:8200', '/srv/v')).toContain('cluster_address = "[2001:db8::7]:8201"');
});

it('writes paths of Windows as HCL wants them', () => {
  const url = 'https://vault.example.com:8200';
  expect(lines(url, 'C:\\Vault')).toContain('path = "C:\\\\Vault\\\\data"');
  expect(dataFolderOf(contextOf(url, 'C:\\Vault'))).toBe('C:\\Vault\\data');
});
