import { createServer } from 'node:https';
import { createServer as createTcp, type Server } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { listen, makeAuthority } from '../../platform/tls.testSupport.ts';
import { makeDraft } from './connect.testSupport.ts';

describe('an address that is not the server it should be', () => {
  const strays: Server[] = [];
  afterAll(() => {
    for (const server of strays) server.close();
  });

  it('stops at the date, at a port without TLS, at one that says nothing before or after the handshake, and before all that', async () => {
    const authority = await makeAuthority();
    const [old, good] = [await authority.issue('server', { days: -1 }), await authority.issue('server')];
    const https = createServer({ cert: old.cert, key: old.key.reveal() });
    const plain = createTcp((socket) => socket.on('error', () => undefined).end('SSH-2.0-other\r\n'));
    const silent = createTcp((socket) => void socket.on('error', () => undefined));
    strays.push(https, plain, silent);
    const at = async (server: Server): Promise<string> => `https://127.0.0.1:${await listen(server)}`;
    const hanging = createServer({ cert: good.cert, key: good.key.reveal() }, () => undefined);
    strays.push(hanging);
    const trust = { kind: 'file', pem: authority.ca } as const;
    const row = async (address: string): Promise<string | undefined> => {
      const draft = await makeDraft();
      await draft.call('connect.save', { kind: 'minio', url: address, trust });
      const red = (await draft.lights('minio')).find((light) => light.includes(' fail '));
      await draft.stop();
      return red;
    };
    const addresses = [
      await at(https),
      await at(plain),
      await at(silent),
      await at(hanging),
      'https://127.0.0.1:1',
      'https://no-such.invalid',
    ];
    expect(await Promise.all(addresses.map(row))).toEqual([
      'tls fail connectExpired tlsDate',
      'tls fail connectNoTls tlsProtocol',
      'tls fail connectNoAnswer networkTimeout',
      'identity fail connectNoAnswer networkTimeout',
      'tcp fail connectClosed networkRefused',
      'name fail connectNotFound networkName',
    ]);
  });

  it('is told from the one that was meant', async () => {
    const authority = await makeAuthority();
    const made = await authority.issue('server');
    const page = createServer({ cert: made.cert, key: made.key.reveal() }, (_, answer) => answer.end('<html>hello</html>'));
    strays.push(page);
    const at = `https://127.0.0.1:${await listen(page)}`;
    const trust = { kind: 'file', pem: authority.ca } as const;
    const { cert, key } = await authority.issue('client');
    const foreign = await makeDraft();
    await foreign.call('connect.save', { kind: 'vault', url: at, trust });
    await foreign.call('connect.save', { kind: 'kes', url: at, trust, credential: { kind: 'kesCertificate', cert, key: key.reveal() } });
    const keys = { kind: 'minioKeys', accessKey: 'root-user', secretKey: 'root-password' } as const;
    await foreign.call('connect.save', { kind: 'minio', url: at, trust, credential: keys });
    for (const kind of ['vault', 'kes', 'minio'] as const)
      expect((await foreign.lights(kind))[3]).toBe('identity fail connectOtherServer answerNotUnderstood');
    await foreign.stop();
  });
});
