import type { BucketFacts } from '../work.ts';
import { type Folder, folder, perDay, perMonth, spread } from './folders.ts';

const kms = (key: string): BucketFacts['rule'] => ({ kind: 'sse-kms', key });
const set = (at: string): Pick<BucketFacts, 'ruleSince'> => ({ ruleSince: { at: `${at}T09:12:40.000Z`, from: 'server' } });

/** A bucket of the sample: what is known of it, and its folders. */
export interface SamplePlace {
  facts: BucketFacts;
  folders: Folder[];
}

const docs = [
  { stem: 'contract-', tail: '-signed.pdf', share: 0.3, sizes: [90_000, 1_400_000] },
  { stem: 'id-scan-1772', tail: '.jpg', share: 0.2, sizes: [400_000, 1_900_000] },
  { stem: 'statement-88', tail: '.csv', share: 0.5, sizes: [9_000, 60_000] },
] as const;
const parquet = (stem: string) => [{ stem, tail: '.snappy.parquet', share: 1, sizes: [4e6, 130e6] }] as const;
const invoice = [
  { stem: 'RE-', tail: '.pdf', share: 0.8, sizes: [40_000, 380_000] },
  { stem: 'XRechnung-', tail: '.xml', share: 0.2, sizes: [8_000, 40_000] },
] as const;
const image = (stem: string, tail: string, sizes: readonly [number, number]) => [{ stem, tail, share: 1, sizes }] as const;

/** Nine buckets of a company that began to encrypt in the middle of its life: 1,284,112 objects. */
export const samplePlaces: readonly SamplePlace[] = [
  {
    facts: { name: 'analytics-parquet', rule: kms('minio-analytics'), versioning: 'off', ...set('2024-02-06') },
    folders: [
      ...perDay('events/', '2025-04-01', 590, 112_480, parquet('part-'), 'sse-kms', 'minio-analytics'),
      ...spread(
        'exports/',
        ['finance/', 'marketing/', 'support/'],
        '2025-01-10',
        '2026-11-18',
        2_511,
        parquet('export-'),
        'sse-kms',
        'minio-analytics',
      ),
      ...perMonth('ml-features/', '2025-06', 17, 5_904, parquet('shard-'), 'sse-kms', 'minio-analytics'),
      ...perDay('sessions/', '2025-09-01', 440, 61_822, parquet('part-'), 'sse-kms', 'minio-analytics'),
    ],
  },
  {
    facts: { name: 'app-logs', rule: kms('minio-logs'), versioning: 'off', ...set('2024-05-21') },
    folders: [
      ...perDay('audit/', '2025-11-20', 365, 18_094, image('audit-', '.ndjson.gz', [20_000, 900_000]), 'sse-kms', 'minio-logs'),
      ...perDay('ingress/', '2026-05-20', 184, 31_210, image('ingress-', '.log.zst', [200_000, 22e6]), 'sse-kms', 'minio-logs'),
      ...perDay('jobs/', '2026-05-20', 184, 10_000, image('job-', '.log.zst', [2_000, 300_000]), 'sse-kms', 'minio-logs'),
    ],
  },
  {
    facts: { name: 'backups-nightly', rule: kms('minio-backups'), versioning: 'off', ...set('2024-01-15') },
    folders: [
      ...spread(
        'etcd/',
        ['fra1-a/', 'fra1-b/', 'muc2-a/'],
        '2025-03-01',
        '2026-11-20',
        41_630,
        image('snapshot-', '.db.zst', [18e6, 64e6]),
        'sse-kms',
        'minio-backups',
      ),
      ...perDay('gitea/', '2026-06-01', 172, 30_188, image('lfs-', '.bundle', [40_000, 9e6]), 'sse-kms', 'minio-backups'),
      ...perDay('postgres/base/', '2026-08-22', 90, 9_000, image('base-', '.tar.zst', [30e6, 1e9]), 'sse-kms', 'minio-backups'),
      ...perDay('postgres/wal/', '2026-08-22', 90, 79_214, image('0000000100000A', '.zst', [3e6, 16_777_216]), 'sse-kms', 'minio-backups'),
      ...perMonth('vault/', '2024-02', 33, 7_192, image('raft-', '.snap', [2e6, 6e6]), 'sse-kms', 'minio-backups'),
    ],
  },
  {
    facts: { name: 'customer-documents-eu-central-production', rule: kms('minio-docs'), versioning: 'off', ...set('2023-09-14') },
    folders: [
      folder(
        '2023/01/onboarding/',
        '2023-01-09',
        '2023-01-30',
        612,
        { stem: '', tail: ' Begrüßung.docx', sizes: [52_000, 90_000] },
        'plaintext',
      ),
      folder(
        '2023/01/合同/2023-0',
        '2023-01-16',
        '2023-01-31',
        480,
        { stem: '1', tail: '-框架协议.pdf', sizes: [600_000, 2_600_000] },
        'plaintext',
      ),
      folder(
        '2023/01/合同/2023-0',
        '2023-01-16',
        '2023-01-31',
        236,
        { stem: '2', tail: '-补充条款.pdf', sizes: [300_000, 900_000] },
        'plaintext',
      ),
      ...perMonth('2023/', '2023-02', 7, 7_876, docs, 'plaintext'),
      folder(
        '2023/07/',
        '2023-07-19',
        '2023-07-22',
        17,
        { stem: 'contract-9', tail: '-annex A + B.pdf', sizes: [380_000, 1_300_000] },
        'sse-kms',
        'minio-docs-2023',
      ),
      folder(
        '2023/08/',
        '2023-08-02',
        '2023-08-05',
        23,
        { stem: 'id-scan-2', tail: '.jpg', sizes: [700_000, 950_000] },
        'sse-kms',
        'minio-docs-2023',
      ),
      ...perMonth('2023/', '2023-09', 4, 22_396, docs, 'sse-kms', 'minio-docs', '2023-09-14'),
      ...perMonth('2024/', '2024-01', 12, 96_310, docs, 'sse-kms', 'minio-docs'),
      ...perMonth('2025/', '2025-01', 12, 181_004, docs, 'sse-kms', 'minio-docs'),
      ...perMonth('2026/', '2026-01', 11, 148_212, docs, 'sse-kms', 'minio-docs'),
      folder(
        'templates/',
        '2023-09-20',
        '2026-10-30',
        2_204,
        { stem: 'template-', tail: '.dotx', sizes: [30_000, 200_000] },
        'sse-kms',
        'minio-docs',
      ),
    ],
  },
  {
    facts: { name: 'hr-payroll', rule: { kind: 'none' }, versioning: 'off' },
    folders: [
      ...perMonth('Gehaltsabrechnung/', '2024-01', 35, 5_512, image('Lohn-', '.pdf', [60_000, 120_000]), 'sse-c'),
      folder(
        'Verträge/',
        '2024-01-08',
        '2026-11-02',
        1_406,
        { stem: 'Arbeitsvertrag Müller-', tail: '.pdf', sizes: [200_000, 700_000] },
        'sse-c',
      ),
    ],
  },
  {
    facts: { name: 'invoices-archive', rule: { kind: 'sse-s3' }, versioning: 'off', ...set('2022-03-01') },
    folders: [
      ...perMonth('2024/', '2024-01', 12, 70_118, invoice, 'sse-s3'),
      ...perMonth('2025/', '2025-01', 12, 74_210, invoice, 'sse-s3'),
      ...perMonth('2026/', '2026-01', 11, 58_204, invoice, 'sse-s3'),
      folder(
        'older/2021/',
        '2021-01-04',
        '2021-12-30',
        2_113,
        { stem: 'Rechnung ', tail: ' Müller & Söhne.pdf', sizes: [60_000, 240_000] },
        'plaintext',
      ),
      ...perMonth('older/2022/', '2022-03', 10, 18_100, invoice, 'sse-s3', undefined, '2022-03-02'),
      ...perMonth('older/2023/', '2023-01', 12, 22_292, invoice, 'sse-s3'),
    ],
  },
  {
    facts: { name: 'legal-hold', rule: kms('minio-legal'), versioning: 'on', ...set('2024-07-02') },
    folders: [
      ...spread(
        'cases/',
        ['2024-117 Nordwind/', '2025-003 Hafen/', '2025-041 金龙贸易/', '2026-008 Åström/'],
        '2024-07-05',
        '2026-11-19',
        21_410,
        image('exhibit-', '.pdf', [80_000, 12e6]),
        'sse-kms',
        'minio-legal',
      ),
      ...perMonth('statements/', '2024-08', 27, 9_116, image('statement-', '.eml', [8_000, 900_000]), 'sse-kms', 'minio-legal'),
    ],
  },
  {
    facts: { name: 'media-originals', rule: { kind: 'sse-s3' }, versioning: 'off', ...set('2024-03-11') },
    folders: [
      ...perMonth('graded/', '2025-01', 22, 38_112, image('clip-', '.mov', [80e6, 1.9e9]), 'sse-s3'),
      folder('proxies/embargo/', '2026-09-01', '2026-11-18', 1_388, { stem: 'take-', tail: '.mp4', sizes: [6e6, 40e6] }, 'unknown'),
      ...perMonth('proxies/web/', '2025-01', 22, 31_562, image('clip-', '.mp4', [6e6, 40e6]), 'sse-s3'),
      ...perMonth('raw/', '2025-01', 22, 61_240, image('DSC_0', '.ARW', [24e6, 62e6]), 'sse-s3'),
    ],
  },
  {
    facts: { name: 'tmp-exchange', rule: { kind: 'none' }, versioning: 'off' },
    folders: [
      folder('from-partner/', '2025-02-11', '2026-11-16', 497, { stem: 'delivery-', tail: '.csv', sizes: [2_000, 4_000_000] }, 'plaintext'),
      folder(
        'für Steuerberater/',
        '2025-04-02',
        '2026-10-28',
        217,
        { stem: 'Beleg ', tail: '.xlsx', sizes: [12_000, 300_000] },
        'plaintext',
      ),
    ],
  },
];
