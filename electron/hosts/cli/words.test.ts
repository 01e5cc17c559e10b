import { expect, it } from 'vitest';
import { auditCommand } from './auditCommands.ts';
import { encryptCommand } from './encryptCommands.ts';
import { modelEngine } from './model.testSupport.ts';
import { uploadCommand } from './uploadCommands.ts';

const uploads = [
  { id: 'u1', phase: 'ended', bucket: 'b', prefix: 'in/', files: 32, sent: 100_663_296, bytes: 100_663_296 },
  { id: 'u2', phase: 'paused', bucket: 'b', prefix: '', files: 1, sent: 0, bytes: 5 },
];
const runs = [{ id: 'r1', state: 'interrupted', mode: 'history', done: 12, total: 1500 }];
const amounts = { objects: [3, 0, 0, 0, 0, 1200], bytes: [0, 0, 0, 0, 0, 0] };
const nothing = { objects: [0, 0, 0, 0, 0, 0], bytes: [0, 0, 0, 0, 0, 0] };
const audits = [
  { id: 'a1', state: 'finished', scope: { buckets: ['b'] }, current: amounts, noncurrent: nothing, gaps: 0, folderMarkers: 0 },
];
const answers = { 'uploads.list': { uploads }, 'inPlace.list': { runs }, 'audit.list': { audits, damaged: [] } };

it.each([
  [
    'en',
    [
      'u1 · ended · b/in/ · 32 files · 96 MiB of 96 MiB',
      'u2 · paused · b/ · 1 file · 0 B of 5 B',
      'r1 · interrupted · history · 12 of 1,500 objects',
      'a1 · finished · b · 1,203 objects · plaintext 3, unknown or unreadable 0',
    ],
  ],
  [
    'zh-CN',
    [
      'u1 · 已结束 · b/in/ · 32 个文件 · 96 MiB / 96 MiB',
      'u2 · 已暂停 · b/ · 1 个文件 · 0 B / 5 B',
      'r1 · 已中断 · 重写历史 · 12 / 1,500 个对象',
      'a1 · 已完成 · b · 1,203 个对象 · 明文 3，未知或无法读取 0',
    ],
  ],
] as const)('what runs came to is told in the language that was asked for, each number with its unit: %s', async (language, lines) => {
  const { client, terminal, told } = modelEngine(answers);
  for (const command of [uploadCommand, encryptCommand, auditCommand])
    expect(await command(client, terminal(language), {}, ['list'])).toBe(0);
  expect(told().trimEnd().split('\n')).toEqual(lines);
});
