import { describe, expect, it } from 'vitest';
import { gate } from './requestGate.ts';

const ask = (headers: Record<string, string>, rest: { method?: string; path?: string; upgrade?: boolean } = {}) =>
  gate({ method: 'GET', path: '/', headers: { host: '127.0.0.1:8080', ...headers }, ...rest });

describe('the request gate', () => {
  it.each(['127.0.0.1', '127.0.0.1:80', 'localhost', 'localhost:65535'])('lets the host %s pass, whatever its port', (host) => {
    expect(ask({ host })).toEqual({ allowed: true });
  });

  it.each([
    '',
    'evil.test',
    '127.0.0.1.evil.test',
    'evil.test:127.0.0.1',
    '127.0.0.1:8080@evil.test',
    '127.0.0.1:',
    '127.0.0.2',
    '[::1]:80',
    ' 127.0.0.1',
  ])('refuses the host "%s" with 421', (host) => expect(ask({ host })).toMatchObject({ allowed: false, status: 421 }));

  it('refuses a second host name, whichever of the two is right', () => {
    const headers = { host: '127.0.0.1' };
    const twice = gate({ method: 'GET', path: '/', headers, headersDistinct: { host: ['127.0.0.1', 'evil.test'] } });
    expect(twice).toMatchObject({ allowed: false, status: 421 });
    expect(gate({ method: 'GET', path: '/', headers, headersDistinct: { host: ['127.0.0.1'] } })).toEqual({ allowed: true });
  });

  it('wants the origin to be the very host of the request', () => {
    expect(ask({ origin: 'http://127.0.0.1:8080' })).toEqual({ allowed: true });
    for (const origin of ['http://localhost:8080', 'http://127.0.0.1', 'https://127.0.0.1:8080', 'null', 'http://evil.test']) {
      expect(ask({ origin })).toMatchObject({ allowed: false, status: 403 });
    }
  });

  it('lets nothing be written and no socket be opened without an origin', () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect(ask({}, { method })).toMatchObject({ allowed: false });
    expect(ask({}, { upgrade: true })).toMatchObject({ allowed: false });
    expect(ask({ origin: 'http://127.0.0.1:8080' }, { upgrade: true })).toEqual({ allowed: true });
  });

  it('lets another site lead to the start page as a whole, and to nothing else', () => {
    const led = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect(ask(led)).toEqual({ allowed: true });
    expect(ask({ ...led, 'sec-fetch-dest': 'iframe' })).toMatchObject({ allowed: false });
    expect(ask(led, { path: '/download/x' })).toMatchObject({ allowed: false });
    expect(ask({ 'sec-fetch-site': 'same-site' })).toMatchObject({ allowed: false });
  });
});
