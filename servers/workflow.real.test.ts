import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ensureServers } from './get.ts';
import { runTool } from './tools.ts';

const workflow = join(import.meta.dirname, '..', '.github', 'workflows', 'ci.yml');

/** The hosted workflow cannot run here; at least nothing in it is misspelt. */
it('is a workflow without a complaint of actionlint, which sees a wrong one', async () => {
  const { actionlint } = await ensureServers(['actionlint']);
  const judge = (file: string) => runTool(actionlint, ['-no-color', '-shellcheck=', '-pyflakes=', file]);
  expect(await judge(workflow)).toEqual({ code: 0, lines: [] });

  const folder = await mkdtemp(join(tmpdir(), 'sealdeck-workflow-'));
  try {
    const wrong = join(folder, 'ci.yml');
    await writeFile(wrong, (await readFile(workflow, 'utf8')).replace('needs: [tests, desktop]', 'needs: [test, desktop]'));
    expect((await judge(wrong)).lines.join('\n')).toContain('test');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('names the commands that this project has', async () => {
  const text = await readFile(workflow, 'utf8');
  const { scripts } = JSON.parse(await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { scripts: object };
  const called = [...text.matchAll(/npm run (\w+)/g)].map((match) => match[1]);
  expect(called.length).toBeGreaterThan(0);
  expect(called.filter((name) => !Object.hasOwn(scripts, name ?? ''))).toEqual([]);
});
