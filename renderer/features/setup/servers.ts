import type { Program, ServerBinary } from '../../../shared/lab.ts';
import { serverKinds } from '../../../shared/servers.ts';
import type { PlaceInput } from '../../../shared/setup.ts';

export const programNames: Readonly<Record<Program, string>> = { openbao: 'OpenBao', vault: 'Vault', kes: 'KES', minio: 'MinIO' };

/** The programs that a place needs on this machine, as far as they are known. */
export function neededBy(
  product: PlaceInput['product'],
  binaries: readonly ServerBinary[],
  servers?: PlaceInput['servers'],
): ServerBinary[] {
  const of = { vault: product, kes: 'kes', minio: 'minio' } as const satisfies Record<keyof PlaceInput['servers'], Program>;
  const programs = serverKinds.filter((kind) => (servers?.[kind].way ?? 'here') === 'here').map((kind) => of[kind]);
  return programs.flatMap((program) => binaries.find((binary) => binary.program === program) ?? []);
}

/** Those that would have to be downloaded or built, and those that cannot be had for want of a tool. */
export function toGet(needed: readonly ServerBinary[]): {
  missing: ServerBinary[];
  minutes: number;
  megabytes: number;
  impossible: boolean;
} {
  const missing = needed.filter((binary) => binary.source === 'none');
  const sum = (figure: 'minutes' | 'megabytes'): number => missing.reduce((all, { offer }) => all + (offer?.[figure] ?? 0), 0);
  return {
    missing,
    minutes: sum('minutes'),
    megabytes: sum('megabytes'),
    impossible: missing.some(({ offer }) => offer === undefined || offer.missing !== undefined),
  };
}

/** Storages to choose from: what the binary says it has; before there is one, what can be had. */
export function storagesOf(product: PlaceInput['product'], binaries: readonly ServerBinary[]): PlaceInput['storage'][] {
  const storages = binaries.find((binary) => binary.program === product)?.storages ?? [];
  return storages.length > 0 ? [...storages] : ['raft', 'file', 'inmem'];
}
