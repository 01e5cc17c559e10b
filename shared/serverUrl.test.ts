import { describe, expect, it, test } from 'vitest';
import { serverUrl } from './setup.ts';
import { hostFolder } from './stacks.ts';

test.each(['https://vault.example.com:8200', 'https://127.0.0.1:1/', 'https://[::1]:7373', 'https://k_es-1', 'https://例え.jp:9000'])(
  '%s is an address of a server',
  (url) => expect(serverUrl.parse(url)).toBe(url.replace(/\/$/, '')),
);

test.each(['$(id)', '`id`', 'a;id', 'a&id', "a'b", 'a"b', 'node{1...4}', 'user:word@a', '[fe80::1%25eth0]', 'a:99999'])(
  'an address with the host %j is refused, since it stands in lines that people copy into a shell',
  (host) => expect(serverUrl.safeParse(`https://${host}${host.includes(':9') ? '' : ':8200'}`).success).toBe(false),
);

describe('a folder of another host', () => {
  it.each(['/etc/kes', '/srv/it\'s $(here) "x"', 'C:\\Program Files\\KES', 'D:/kes'])('is taken: %s', (folder) => {
    expect(hostFolder.safeParse(folder).success).toBe(true);
  });
  it.each(['kes', '/srv/a\\$(id)', 'C:\\a" & del *', 'C:\\%TEMP%', '/a\nb', 'C:\\$(id)'])('is refused: %j', (folder) => {
    expect(hostFolder.safeParse(folder).success).toBe(false);
  });
});
