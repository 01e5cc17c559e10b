import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askedLanguage, dataFolderOf, languageOf, readCommandLine } from './arguments.ts';
import { checkAudit } from './auditCommands.ts';
import { checkCluster } from './clusterCommand.ts';
import { checkMove } from './kesMoveCommand.ts';
import { checkKeys } from './keysCommands.ts';
import { findBrowser } from './openCommand.ts';

describe('the data folder of a command', () => {
  it('is in the stack’s folder when its secrets are kept there, else this user’s', () => {
    const dir = mkdtempSync(join(tmpdir(), 'sealdeck-dir-'));
    try {
      const env = { SEALDECK_DATA: '/default' };
      expect(dataFolderOf({ dir }, env)).toBe('/default');
      expect(dataFolderOf({ dir, practice: true }, env)).toBe(join(dir, '.sealdeck'));
      expect(dataFolderOf({ dir, 'passphrase-fd': '3' }, env)).toBe(join(dir, '.sealdeck'));
      mkdirSync(join(dir, '.sealdeck'));
      expect(dataFolderOf({ dir }, env)).toBe(join(dir, '.sealdeck'));
      expect(dataFolderOf({ dir, data: '/other' }, env)).toBe('/other');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe('the command line', () => {
  it('refuses what it would ignore', () => {
    expect(() => readCommandLine(['down', '--practice'], {})).toThrow('usage');
    expect(() => readCommandLine(['open', '--level', 'chain'], {})).toThrow('usage');
    expect(readCommandLine(['open', '--port', '80', '--json'], {})).toMatchObject({ command: 'open', flags: { port: '80', json: true } });
  });

  it('crosses the line of a move with the stack’s name only', () => {
    const check = (...argv: string[]): void => {
      const line = readCommandLine(['kes-move', ...argv], {});
      checkMove(line.flags, line.rest);
    };
    for (const good of [[], ['plan'], ['try'], ['try', '--leave', 'a.b', '--leave', 'c.d'], ['back'], ['cross', '--name', 'archive']])
      expect(() => check(...good), good.join(' ')).not.toThrow();
    for (const bad of [['cross'], ['go'], ['plan', '--leave', 'a'], ['back', '--name', 'x'], ['try', 'more']])
      expect(() => check(...bad), bad.join(' ')).toThrow('usage');
  });

  it('takes the parts of cluster with what each needs', () => {
    const check = (...argv: string[]): void => {
      const line = readCommandLine(['cluster', ...argv], {});
      checkCluster(line.flags, line.rest);
    };
    for (const good of [[], ['list'], ['prove'], ['resume'], ['resume', 'b'], ['add', '--name', 'b', '--kes-nodes', '2', '--plan-only']])
      expect(() => check(...good), good.join(' ')).not.toThrow();
    for (const bad of [
      ['go'],
      ['add', 'b'],
      ['add', '--kes-nodes', '3'],
      ['list', '--name', 'b'],
      ['prove', 'b'],
      ['resume', '--plan-only'],
    ])
      expect(() => check(...bad), bad.join(' ')).toThrow('usage');
  });

  it('takes the parts of keys with what each needs, and never a key itself', () => {
    const check = (...argv: string[]): void => {
      const line = readCommandLine(['keys', ...argv], {});
      checkKeys(line.flags, line.rest);
    };
    const sealed = ['--passphrase-file', 'f'];
    for (const good of [
      [],
      ['list'],
      ['make', 'a name'],
      ['take', 'a', '-'],
      ['take', 'a', '@file'],
      ['export', '--to', 'd', ...sealed],
      ['import', 'f', ...sealed],
      ['remove', 'a', '--yes-lose-objects'],
    ])
      expect(() => check(...good), good.join(' ')).not.toThrow();
    for (const bad of [
      ['lits'],
      ['constructor'],
      ['make'],
      ['make', 'a', 'b'],
      ['export', ...sealed],
      ['export', '--to', 'd'],
      ['import', 'f'],
    ])
      expect(() => check(...bad), bad.join(' ')).toThrow('usage');
    for (const bad of [['list', '--to', 'd'], ['make', 'a', '--yes-lose-objects'], ['remove']])
      expect(() => check(...bad), bad.join(' ')).toThrow('usage');
    const key = 'ab'.repeat(32);
    let refusal: unknown;
    try {
      check('take', 'a', key);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: 'usage' });
    expect(JSON.stringify(refusal, Object.getOwnPropertyNames(refusal))).not.toContain(key);
  });

  it('takes several buckets of an audit, and no option that one of its parts would ignore', () => {
    const { flags, rest } = readCommandLine(['audit', '--bucket', 'one', '--bucket=two', '--versions', '--out', 'a.csv'], {});
    expect(flags).toMatchObject({ bucket: ['one', 'two'], versions: true });
    const check = (...argv: string[]): void => {
      const line = readCommandLine(['audit', ...argv], {});
      checkAudit(line.flags, line.rest);
    };
    expect(() => checkAudit(flags, rest)).not.toThrow();
    for (const good of [
      ['list'],
      ['resume'],
      ['resume', 'id'],
      ['diff', 'a', 'b'],
      ['verify', 'f'],
      ['export', '--out', 'x.jsonl', '--state', 'unknown'],
    ])
      expect(() => check(...good), good.join(' ')).not.toThrow();
    for (const bad of [
      ['lits'],
      ['constructor'],
      ['diff', 'a'],
      ['list', '--versions'],
      ['--state', 'plaintext'],
      ['--out', 'report.pdf'],
      ['--gentle', 'fast'],
      ['--prefix', 'a/'],
      ['--prefix', 'a/', '--bucket', 'b1', '--bucket', 'b2'],
      ['export'],
      ['export', '--out', 'x.csv', '--state', 'encrypted'],
    ])
      expect(() => check(...bad), bad.join(' ')).toThrow('usage');
  });

  it('refuses a place for the results of an audit that cannot take them, before anything is read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sealdeck-out-'));
    mkdirSync(join(folder, 'is-folder.csv'));
    writeFileSync(join(folder, 'file'), '');
    const check = (out: string): void => checkAudit({ out: join(folder, out) }, []);
    for (const out of ['none/x.csv', 'is-folder.csv', 'file/x.csv'])
      expect(() => check(out), out).toThrow(expect.objectContaining({ code: 'fileNotWritable' }));
    expect(() => check('new.csv')).not.toThrow();
    rmSync(folder, { recursive: true });
  });

  it('never repeats an argument in its error', () => {
    for (const argv of [['--passphrase=TRACER'], ['call', 'p', 'TRACER'], ['TRACER'], ['status', 'TRACER'], ['--TRACER']]) {
      try {
        readCommandLine(argv, {});
        throw new Error('was taken');
      } catch (error) {
        expect(JSON.stringify([error, (error as { details?: unknown }).details, String(error)])).not.toContain('TRACER');
        expect(error).toMatchObject({ code: 'usage' });
      }
    }
  });

  it('names the command or option that was probably meant', () => {
    const reason = (...argv: string[]): unknown => {
      try {
        return readCommandLine(argv, {});
      } catch (error) {
        return (error as { details?: { reason?: unknown } }).details?.reason;
      }
    };
    expect(reason('hlep')).toBe('there is no such command; help is the nearest one');
    expect(reason('up', '--dri', './lab')).toBe('unknown option; --dir is the nearest one');
    expect(reason('up', '--practise=x')).toBe('unknown option; --practice is the nearest one');
    expect(reason('frobnicate')).toBe('there is no such command');
  });

  it('is refused in the language that it asks for', () => {
    expect(askedLanguage(['hlep', '--lang', 'zh-CN'], {})).toBe('zh-CN');
    expect(askedLanguage(['hlep', '--lang=zh-CN'], {})).toBe('zh-CN');
    expect(askedLanguage(['zh-CN', '--lang', 'xx'], { LC_ALL: 'C' })).toBe('en');
    expect(askedLanguage(['zh-CN'], { LC_ALL: 'C' })).toBe('en');
  });

  it('speaks the language of the locale unless told', () => {
    expect(languageOf(undefined, { LANG: 'zh_CN.UTF-8' })).toBe('zh-CN');
    expect(languageOf(undefined, { LANG: 'zh_CN.UTF-8', LC_ALL: 'C' })).toBe('en');
    expect(languageOf('zh-CN', { LC_ALL: 'C' })).toBe('zh-CN');
  });
});

describe('the browser that is opened', () => {
  const only =
    (...paths: string[]) =>
    (path: string): boolean =>
      paths.includes(path);

  it('is a Chromium-family one as an app window, else the default one', () => {
    const env = { DISPLAY: ':0', PATH: '/usr/local/bin:/usr/bin' };
    expect(findBrowser('linux', env, only('/usr/bin/chromium', '/usr/bin/xdg-open'))?.arguments('file:///x')[0]).toBe('--app=file:///x');
    expect(findBrowser('linux', env, only('/usr/bin/xdg-open'))).toMatchObject({ file: '/usr/bin/xdg-open' });
    expect(findBrowser('linux', env, only())).toBeUndefined();
    expect(findBrowser('darwin', {}, only())?.file).toBe('open');
    const edge = 'C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe';
    expect(findBrowser('win32', { ProgramFiles: 'C:\\Program Files' }, only(edge))?.file).toBe(edge);
  });

  it('is none without a display', () => {
    expect(findBrowser('linux', { PATH: '/usr/bin' }, only('/usr/bin/chromium'))).toBeUndefined();
  });
});
