import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { messages, sentence } from './messages.ts';
import { AppError } from './rpc/errors.ts';
import { type DomainMessages, say } from './text.ts';

const root = resolve(import.meta.dirname, '..');
const isSource = (name: string): boolean => /\.tsx?$/.test(name) && !/\.test\.|testSupport|messages\.|locales[\\/]/.test(name);

/** All code of the product as one text: neither tests nor the messages themselves. */
const code = ['shared', 'electron', 'renderer', 'servers']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(root, folder, name)))
  .filter(isSource)
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');
const literals = new Set([...code.matchAll(/['"`]@?([\w.]+)['"`]/g)].map((match) => match[1] ?? ''));
/** Beginnings of codes that are put together, as in `setup.step.${id}`. */
const beginnings = [...code.matchAll(/`@?((?:\w+\.)+)\$\{/g)].map((match) => match[1] ?? '');
const isMentioned = (name: string): boolean => literals.has(name) || beginnings.some((beginning) => name.startsWith(beginning));

const places = (...templates: string[]): string[] =>
  [...new Set(templates.flatMap((template) => [...template.matchAll(/\{(\w+)(?::[^{}]*)?\}/g)].map((match) => match[1] ?? '')))].sort();

async function domains(language: 'en' | 'zh-CN'): Promise<DomainMessages[]> {
  const files = readdirSync(join(root, 'shared')).filter((name) => name.endsWith(`.messages.${language}.ts`));
  return Promise.all(files.map(async (name) => Object.values(await import(join(root, 'shared', name)))[0] as DomainMessages));
}

describe('messages', () => {
  it('are all used: no code that nothing mentions', () => {
    expect([...Object.keys(messages.en.errors), ...Object.keys(messages.en.texts)].filter((name) => !isMentioned(name))).toEqual([]);
  });

  it('have each code in one domain, so that none hides another', async () => {
    for (const language of ['en', 'zh-CN'] as const) {
      const all = await domains(language);
      expect(all.length).toBeGreaterThan(5);
      for (const part of ['errors', 'texts'] as const) {
        const names = all.flatMap((domain) => Object.keys(domain[part]));
        expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
        expect(names.toSorted()).toEqual(Object.keys(part === 'errors' ? messages[language].errors : messages[language].texts).toSorted());
      }
    }
  });

  it('have the same places to fill in both languages', () => {
    const differ = (name: string, en: string[], zh: string[]): string[] =>
      places(...en).join() === places(...zh).join() ? [] : [`${name}: ${places(...en)} | ${places(...zh)}`];
    const errors = Object.entries(messages.en.errors).flatMap(([name, text]) =>
      differ(name, Object.values(text), Object.values(messages['zh-CN'].errors[name as keyof typeof messages.en.errors])),
    );
    const sentences = Object.entries(messages.en.texts).flatMap(([name, text]) =>
      differ(name, [text], [messages['zh-CN'].texts[name as keyof typeof messages.en.texts]]),
    );
    expect([...errors, ...sentences]).toEqual([]);
  });

  it('put another text in for a parameter that names one, in the same language', () => {
    const job = { code: 'setup.job.step', params: { step: '@setup.step.kes' } } as const;
    expect(sentence('en', job)).toBe('Set up: KES');
    expect(sentence('zh-CN', job)).not.toContain('@');
  });

  it('do not compile without what their places want', () => {
    // @ts-expect-error: {port} and {server} are missing
    expect(sentence('en', say('setup.place.evidence.port'))).toContain('{port}');
    // @ts-expect-error: {next} is not what it wants
    expect(new AppError('jobUnknown', { next: 'x' }).details).not.toHaveProperty('id');
    expect(new AppError('cancelled').details).toEqual({});
  });
});

it('a word follows its number where the language has two forms', () => {
  const params = { bucket: 'letters', has: 'SSE-S3', rule: 'SSE-KMS' };
  const told = (count: string): string => sentence('en', say('auditFindOffRule', { ...params, count }));
  expect(told('1')).toBe('1 object in letters is encrypted with SSE-S3; the rule says SSE-KMS.');
  expect(told('1,001')).toBe('1,001 objects in letters are encrypted with SSE-S3; the rule says SSE-KMS.');
  expect(sentence('zh-CN', say('auditFindOffRule', { ...params, count: '1' }))).toContain('1');
});
