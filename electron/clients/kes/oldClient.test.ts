import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import { createOldKes } from './oldClient.ts';

describe('a server in the place of an old KES', () => {
  let folder: string;
  let server: Server;
  let pem: { cert: string; key: string };
  let sent = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealdeck-old-'));
    const [cert, key] = [join(folder, 'a.crt'), join(folder, 'a.key')];
    spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=a', '-keyout', key, '-out', cert]);
    pem = { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
    // Model of a server whose answer has no end.
    server = createServer(pem, (_request, response) => {
      const more = (): void => {
        while (!response.destroyed && sent < 200_000_000) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536, 0x20))) break;
        }
      };
      response.on('drain', more);
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  it('is not read without end', async () => {
    const { port } = server.address() as AddressInfo;
    const kes = createOldKes({ url: `https://127.0.0.1:${port}`, server: pem.cert, cert: pem.cert, key: new Secret(pem.key) });
    await expect(kes.version()).rejects.toMatchObject({ code: 'answerNotUnderstood' });
    expect(sent).toBeLessThan(20_000_000);
    await kes.close();
  });
});
