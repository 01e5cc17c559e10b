// `npm run pictures`: walks the guided set-up on real servers and writes one picture of each step, and of the pages for what runs
// already, in both languages to docs/steps/<language>/, and docs/steps.md and docs/steps.zh-CN.md that show them. About three minutes.
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { guideCommand, guideFile } from '../electron/services/kes/config/config.testSupport.ts';
import { cacheFolder } from '../servers/catalogue.ts';
import { sentence } from '../shared/messages.ts';
import { type StepId, stepIds } from '../shared/setup.ts';
import { type Language, say } from '../shared/text.ts';
import { call, sealdeck } from './cli.ts';
import { address } from './host.ts';
import config from './playwright.config.ts';

const languages: readonly Language[] = ['en', 'zh-CN'];
const docs = resolve(import.meta.dirname, '..', 'docs');
const folder = join(tmpdir(), 'sealdeck-pictures');
const data = join(folder, 'data');
const dataArgs = ['--data', data];
/** Pictures show paths: those of this folder say nothing about whose machine it is. */
const servers = join(folder, 'servers');
const place = { folder, data, env: { LANG: 'C.UTF-8', SEALDECK_LANG: 'en', SEALDECK_SERVERS_CACHE: servers } };

/** Everything between asking for a job and its end; the command line waits for jobs itself. */
const ask = (name: string, input: object): Promise<Record<string, unknown>> => call(dataArgs, name, input, place.env);

/** What an old guide tells MinIO. */
const oldVariables = [
  'export MINIO_KMS_KES_ENDPOINT=https://kes.example.net:7373',
  'export MINIO_KMS_KES_KEY_FILE=minio.key MINIO_KMS_KES_CERT_FILE=minio.cert',
  'export MINIO_KMS_KES_KEY_NAME=minio-key-1',
  'export MINIO_KMS_KES_CA_PATH=kes-tls.crt',
  'export MINIO_ACCESS_KEY=minio',
  'export MINIO_SECRET_KEY=minio123',
].join('\n');

interface Later {
  readonly name: string;
  readonly title: Readonly<Record<Language, string>>;
  readonly hash: string;
  /** What is given or clicked before the picture, in the English window. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/** The pages of what runs already. */
const later: readonly Later[] = [
  { name: 'served', title: { en: 'Every address against its certificate', 'zh-CN': '每个地址及其证书' }, hash: '#/certificates/served' },
  { name: 'access', title: { en: 'Who may do what in Vault', 'zh-CN': '谁能在 Vault 中做什么' }, hash: '#/vault/access' },
  {
    name: 'keys',
    title: { en: 'The keys of KES', 'zh-CN': 'KES 的密钥' },
    hash: '#/kes',
    prepare: (page) => page.getByRole('button', { name: 'Test all' }).click(),
  },
  { name: 'rights', title: { en: 'Who may use which key', 'zh-CN': '谁能用哪个密钥' }, hash: '#/kes/rights' },
  {
    name: 'configuration',
    title: { en: 'A KES configuration of 2020, read today', 'zh-CN': '今天读 2020 年的 KES 配置' },
    hash: '#/kes/configuration',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Other configuration…' }).click();
      await page.getByLabel('Text of the configuration').fill(guideFile);
      await page.getByLabel(/How it was started/).fill(guideCommand);
      await page.getByRole('button', { name: 'Read it' }).click();
    },
  },
  {
    name: 'variables',
    title: { en: 'MinIO’s variables of an old guide', 'zh-CN': '旧指南中 MinIO 的变量' },
    hash: '#/minio-variables',
    prepare: async (page) => {
      await page.getByLabel('Or paste its lines').fill(oldVariables);
      await page.getByRole('button', { name: 'Read', exact: true }).click();
    },
  },
  {
    name: 'clusters',
    title: { en: 'Two MinIO clusters, one Vault', 'zh-CN': '两个 MinIO 集群共用一个 Vault' },
    hash: '#/clusters',
    prepare: async (page) => {
      const input = ['--name', 'reports', '--kes-nodes', '2', '--dir', join(folder, 'lab')];
      const { code, stderr } = await sealdeck(['cluster', 'add', ...input, ...dataArgs], { env: place.env });
      if (code !== 0) throw new Error(`sealdeck cluster add ended with ${code}: ${stderr}`);
      await page.getByText('reports-default', { exact: true }).first().waitFor();
    },
  },
];

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await symlink(cacheFolder(), servers, 'junction');
const browser = await chromium.launch(config.projects?.[0]?.use?.launchOptions ?? {});
try {
  await ask('store.create', { mode: 'practice' });
  const { place: proposed } = (await ask('setup.propose', { folder: join(folder, 'lab'), name: 'local-lab' })) as { place: object };
  const { stackId } = (await ask('setup.create', { place: proposed, mode: 'guided' })) as { stackId: string };
  await ask('settings.write', { currentStack: stackId, theme: 'light', drawerOpen: true });
  const windows = await open(browser);
  for (const [at, step] of stepIds.entries()) {
    for (const [language, page] of windows) await picture(page, at, step, language);
    await ask('setup.apply', { stackId, step, input: {} });
    console.log(`${at + 1} of ${stepIds.length}: ${step}`);
  }
  for (const [language, page] of windows) {
    await settle(page, language, '#/setup/proof');
    await page.screenshot({ path: file(stepIds.length, 'proven', language) });
  }
  const english = windows.get('en');
  if (english) await laterPictures(english);
  await Promise.all(languages.map(writePage));
  if (english) await auditPicture(english);
} finally {
  await browser.close();
  const { stacks } = (await ask('stacks.list', {})) as { stacks: { id: string }[] };
  for (const { id } of stacks) await sealdeck(['down', '--stack', id, ...dataArgs], { env: place.env });
  await sealdeck(['quit', '--force', ...dataArgs], { env: place.env });
  await rm(folder, { recursive: true, force: true });
}

/** The audit of the generated sample, for the README. */
async function auditPicture(page: Page): Promise<void> {
  const { id } = (await ask('audit.lookAround', {})) as { id: string };
  await ask('settings.write', { currentStack: 'sample', drawerOpen: false, language: 'en' });
  await page.locator('html[lang="en"]').waitFor({ state: 'attached' });
  await page.goto(`${new URL(page.url()).origin}/#/audit/${id}/map`);
  await page.getByRole('treegrid').getByRole('row').nth(1).waitFor();
  await page.waitForTimeout(1_000);
  await page.screenshot({ path: join(docs, 'audit.png') });
}

/** Each page in one window: what was given stays there while the language changes. */
async function laterPictures(page: Page): Promise<void> {
  await ask('settings.write', { drawerOpen: false });
  for (const [at, { name, hash, prepare }] of later.entries()) {
    await settle(page, 'en', hash, 'main h1');
    await prepare?.(page);
    for (const language of languages) {
      await settle(page, language, hash, 'main h1');
      await page.screenshot({ path: file(stepIds.length + 1 + at, name, language) });
    }
    console.log(`page: ${name}`);
  }
}

async function open(from: Browser): Promise<Map<Language, Page>> {
  const windows = new Map<Language, Page>();
  for (const language of languages) {
    const page = await from.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(await address(place));
    windows.set(language, page);
    await mkdir(join(docs, 'steps', language), { recursive: true });
  }
  return windows;
}

/** The step as it is met: its form, and what will happen, before anything does. */
async function picture(page: Page, at: number, step: StepId, language: Language): Promise<void> {
  await settle(page, language, `#/setup/${step}`);
  await page.screenshot({ path: file(at, step, language) });
}

/** One engine has one language: it is set before each picture, and the window follows. */
async function settle(page: Page, language: Language, hash: string, shown = '#setup-title'): Promise<void> {
  await ask('settings.write', { language });
  await page.locator(`html[lang="${language}"]`).waitFor({ state: 'attached' });
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
  await page.locator(shown).first().waitFor();
  // Plans are asked of real servers; the picture waits until nothing changes any more.
  let before: string | null = null;
  for (let same = 0; same < 4; ) {
    const now = await page.locator('main').textContent();
    same = now === before ? same + 1 : 0;
    before = now;
    await page.waitForTimeout(200);
  }
}

function file(at: number, name: string, language: Language): string {
  return join(docs, 'steps', language, `${String(at + 1).padStart(2, '0')}-${name}.png`);
}

async function writePage(language: Language): Promise<void> {
  const chinese = language === 'zh-CN';
  const lines = [
    chinese ? '# 引导部署的每一步' : '# The guided set-up, step by step',
    '',
    chinese
      ? '由 `npm run pictures` 在真实服务器上生成：每一步在执行之前的样子，包括将要发生的变化和等价的命令。'
      : 'Made by `npm run pictures` on real servers: each step before it is run, with what will happen and the equivalent commands.',
  ];
  const titles = stepIds.map((id) => [id, sentence(language, say(`setup.step.${id}`))] as const);
  for (const [at, [id, title]] of [...titles, ['proven', chinese ? '证明的结果' : 'What the proof says'] as const].entries()) {
    lines.push('', `## ${at + 1}. ${title}`, '', `![${title}](steps/${language}/${String(at + 1).padStart(2, '0')}-${id}.png)`);
  }
  lines.push('', chinese ? '# 已在运行的服务器' : '# What runs already');
  for (const [at, { name, title }] of later.entries()) {
    const number = String(stepIds.length + 2 + at).padStart(2, '0');
    lines.push('', `## ${title[language]}`, '', `![${title[language]}](steps/${language}/${number}-${name}.png)`);
  }
  await writeFile(join(docs, chinese ? 'steps.zh-CN.md' : 'steps.md'), `${lines.join('\n')}\n`);
}
