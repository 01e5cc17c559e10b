import { describe, expect, it } from 'vitest';
import { oldArguments, readOldStart } from './oldStart.ts';

describe('how an old server was started', () => {
  it('is read from a line of the shell, with what stands before it', () => {
    const start = readOldStart(
      '  812  2020-08-14 10:11:12 cd /srv/kes && VAULT_ID="a b" sudo kes server --config=kes-config.yaml --mlock --root=disabled --auth=off',
    );
    expect(start.workingFolder).toBe('/srv/kes');
    expect(start.environment.get('VAULT_ID')).toBe('a b');
    expect(start.line).toBe('kes server --config=kes-config.yaml --mlock --root=disabled --auth=off');
    expect(start.command).toMatchObject({ config: 'kes-config.yaml', root: 'disabled', auth: 'off', mlock: true, unknown: [] });
  });

  it('takes the last of several lines of a history, in the folder it was typed in', () => {
    const start = readOldStart(
      'cd /srv/old\nkes server --config a.yaml\ncd ../kes\nexport KES_ID=7\nkes server --config b.yaml --auth off &\nls',
    );
    expect(start.command).toMatchObject({ config: 'b.yaml', auth: 'off' });
    expect(start.workingFolder).toBe('/srv/kes');
    expect(start.environment.get('KES_ID')).toBe('7');
  });

  it('is read from a unit file, with its environment and folder', () => {
    const start = readOldStart(
      '[Service]\nUser=kes\nWorkingDirectory=/etc/kes\nEnvironment="KES_SECRET=x y" KES_ID=1\nEnvironmentFile=-/etc/default/kes\nExecStart=/usr/local/bin/kes server \\\n  --config=/etc/kes/kes.yaml \\\n  --root _ --auth=off\n',
    );
    expect(start.workingFolder).toBe('/etc/kes');
    expect([...start.environment]).toEqual([
      ['KES_SECRET', 'x y'],
      ['KES_ID', '1'],
    ]);
    expect(start.environmentFiles).toEqual(['/etc/default/kes']);
    expect(start.command).toMatchObject({ config: '/etc/kes/kes.yaml', root: '_', auth: 'off', mlock: false });
  });

  it('is nothing where no line starts a server', () => {
    expect(readOldStart('kes key create minio-key-1 -k\nvault server -config vault-config.json').line).toBe('');
  });

  it('gives the same arguments back, and none where a flag is not known', () => {
    const { command } = readOldStart('kes server --config=kes-config.yaml --mlock --root=disabled --auth=off');
    expect(oldArguments(command, '/x/kes-config.yaml')).toEqual([
      'server',
      '--config=/x/kes-config.yaml',
      '--mlock',
      '--root=disabled',
      '--auth=off',
    ]);
    expect(oldArguments(readOldStart('kes server --config a --frobnicate').command, 'a')).toBeUndefined();
  });

  it.each([
    ['blanks within a line of a unit', `ExecStart=/kes server\nDescription=x${' '.repeat(400_000)}x`],
    ['one word before the program', `ExecStart=${'a'.repeat(400_000)} kes server`],
    ['names of the program', `${'/kes '.repeat(100_000)}\nkes server`],
  ])('is found in a file with very many %s', (_what, text) => {
    expect(readOldStart(text).line).toBe(text.includes('/kes server') ? '/kes server' : 'kes server');
  });

  it.each([
    ['ExecStart=/opt/kes server --config=a.yaml; rm -rf ~', "/opt/kes server '--config=a.yaml;' rm -rf '~'"],
    ['ExecStart=/opt/kes server --config=$(id) --auth=off', "/opt/kes server '--config=$(id)' --auth=off"],
    ['ExecStart=/opt/kes server --config=`id`', "/opt/kes server '--config=`id`'"],
    ['kes server --config a.yaml --auth off > kes.log 2>&1 &', 'kes server --config a.yaml --auth off'],
    ['kes server --config "$HOME/a b.yaml"', 'kes server --config "$HOME/a b.yaml"'],
  ])('is shown so that a shell does nothing else where it is pasted: %s', (text, line) => {
    expect(readOldStart(text).line).toBe(line);
  });
});
