import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './host.ts';

test.describe('the window among hostile pages', () => {
  test.beforeEach(({ place }, info) => {
    test.skip(info.project.name === 'desktop', `the browser host only (${place.folder})`);
  });

  test('runs no script that somebody puts into it, and fetches nothing from elsewhere', async ({ window: page }) => {
    await page.getByRole('main').waitFor();
    const blocked = await page.evaluate(async () => {
      const violations: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
      const put = (tag: string, fields: Record<string, string>): void => {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(fields)) element.setAttribute(name, value);
        if (tag === 'script' && fields.src === undefined) element.textContent = 'globalThis.pwned = "inline"';
        document.body.append(element);
      };
      put('script', {});
      put('script', { src: 'data:text/javascript,globalThis.pwned="data"' });
      put('script', { src: 'http://127.0.0.1:1/x.js' });
      put('img', { src: 'http://127.0.0.1:1/x.png' });
      put('img', { src: 'x:', onerror: 'globalThis.pwned="handler"' });
      put('iframe', { srcdoc: '<script>parent.pwned="frame"</script>' });
      await fetch('http://127.0.0.1:1/').catch(() => undefined);
      await new Promise((done) => setTimeout(done, 500));
      return { pwned: (globalThis as { pwned?: string }).pwned, violations: [...new Set(violations)].sort() };
    });
    expect(blocked.pwned).toBeUndefined();
    expect(blocked.violations).toEqual(expect.arrayContaining(['connect-src', 'img-src', 'script-src-attr', 'script-src-elem']));
  });

  test('gives a page of another port nothing: no data, no socket, no frame', async ({ window: page, browser }) => {
    await page.getByRole('main').waitFor();
    const own = new URL(page.url()).origin;
    const foreign = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<h1>elsewhere</h1>'));
    await new Promise<void>((done) => foreign.listen(0, '127.0.0.1', done));
    const attacker = await browser.newPage();
    try {
      await attacker.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
      const got = await attacker.evaluate(async (target) => {
        const tried = async (path: string, init?: RequestInit): Promise<string> =>
          fetch(`${target}${path}`, init).then(
            (answer) => `${answer.type} ${answer.status}`,
            () => 'refused',
          );
        const socket = new WebSocket(`${target.replace('http', 'ws')}/socket`);
        const opened = await new Promise<boolean>((done) => {
          socket.onopen = () => done(true);
          socket.onerror = () => done(false);
        });
        const frame = document.createElement('iframe');
        frame.src = target;
        document.body.append(frame);
        await new Promise((done) => setTimeout(done, 500));
        return {
          page: await tried('/'),
          session: await tried('/session', { method: 'POST', body: '{"token":"x"}', headers: { 'Content-Type': 'application/json' } }),
          opened,
        };
      }, own);
      expect(got).toEqual({ page: 'refused', session: 'refused', opened: false });
      expect(attacker.frames().map((frame) => frame.url())).toContain('chrome-error://chromewebdata/');
    } finally {
      await attacker.close();
      foreign.close();
    }
  });
});
