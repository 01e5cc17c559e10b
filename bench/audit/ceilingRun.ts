// One audit in a process that has nothing else to do, so that its memory is that of reader and store.
import { Secret } from '../../shared/secret.ts';
import { ourAudit } from './ours.ts';

export interface CeilingOrder {
  folder: string;
  url: string;
  ca: string;
}
export interface CeilingResult {
  seconds: number;
  entries: number;
  peakMb: number;
}

process.once('message', (order: CeilingOrder) => {
  void run(order).then((result) => process.send?.(result, () => process.exit(0)));
});

async function run({ folder, url, ca }: CeilingOrder): Promise<CeilingResult> {
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const watch = setInterval(look, 50);
  const audit = await ourAudit(
    folder,
    { url, ca: [ca], credentials: { accessKey: 'bench', secretKey: new Secret('bench-secret') } },
    'ready',
  );
  await audit.store.arrange();
  clearInterval(watch);
  look();
  const { seconds, entries } = audit;
  await audit.end();
  return { seconds, entries, peakMb: peak / 1e6 };
}
