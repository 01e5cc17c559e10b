import { describe, expect, it } from 'vitest';
import { addressIn, completed, dialled } from './address.ts';

describe('an address that a person types', () => {
  it('gets https and the usual port of the server', () => {
    expect(completed('kes', 'kes.fra1.example.net')).toBe('https://kes.fra1.example.net:7373');
    expect(completed('vault', ' 10.20.4.11 ')).toBe('https://10.20.4.11:8200');
    expect(completed('minio', '[::1]')).toBe('https://[::1]:9000');
  });

  it('keeps a port and a scheme that were typed', () => {
    expect(completed('kes', 'kes.example.net:443')).toBe('https://kes.example.net:443');
    expect(completed('minio', 'https://s3.example.net/')).toBe('https://s3.example.net');
  });

  it('is refused without TLS, with a path, or with a password in it', () => {
    expect(addressIn('minio', 'http://s3.example.net:9000')).toBeUndefined();
    expect(addressIn('minio', 's3.example.net:9000/bucket')).toBeUndefined();
    expect(addressIn('minio', 'https://me:secret@s3.example.net')).toBeUndefined();
    expect(addressIn('minio', '')).toBeUndefined();
  });
});

describe('the names of a certificate', () => {
  it('take the place of the name that was dialled, the port stays', () => {
    expect(dialled('https://10.20.4.17:7373', 'DNS:kes.example.net')).toBe('https://kes.example.net:7373');
    expect(dialled('https://127.0.0.1:7373', 'DNS:localhost')).toBe('https://localhost:7373');
    expect(dialled('https://localhost:7373', 'IP:::1')).toBe('https://[::1]:7373');
  });

  it('are no way to another machine where they name this one', () => {
    expect(dialled('https://kes.example.net:7373', 'DNS:localhost')).toBeUndefined();
    expect(dialled('https://kes.example.net:7373', 'IP:127.0.0.1')).toBeUndefined();
  });

  it('cannot be dialled where they hold a wildcard', () => {
    expect(dialled('https://kes.example.net:7373', 'DNS:*.example.net')).toBeUndefined();
  });
});
