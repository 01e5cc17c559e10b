import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sameCluster } from '../../../shared/projected.ts';
import { type Proof, proof } from '../../../shared/proof.ts';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { writeJsonFile } from '../../platform/atomicFile.ts';
import { readDocumentFile } from '../../platform/storedDocument.ts';
import { sha256 } from './canary.ts';

export interface ProofFiles {
  /** Those of one MinIO cluster, newest first; absent: the first cluster's. A damaged file is left out: the others still count. */
  list(stackId: string, cluster?: string): Promise<Proof[]>;
  /** Throws `proofUnknown`, `fileDamaged`, `fileNewer`. */
  get(stackId: string, id: string): Promise<Proof>;
  save(proof: Proof): Promise<void>;
}

const proofForm = { version: 1, schema: proof };
const idShape = /^\d{8}T\d{6}-[0-9a-f]{8}$/;

/** One file a proof, in the stack's own folder of the data folder. */
export function createProofFiles(dataFolder: string): ProofFiles {
  const folderOf = (stackId: string): string => join(dataFolder, 'stacks', stackId, 'proofs');

  async function read(stackId: string, id: string): Promise<Proof> {
    const found = idShape.test(id) ? await readDocumentFile(join(folderOf(stackId), `${id}.json`), proofForm) : undefined;
    if (!found) throw new AppError('proofUnknown', { id });
    return found;
  }

  return {
    async list(stackId, cluster) {
      const names = await readdir(folderOf(stackId)).catch(() => []);
      const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
      const proofs = await Promise.all(
        ids
          .filter((id) => idShape.test(id))
          .map((id) =>
            read(stackId, id).catch((error: unknown) => {
              if (isAppError(error)) return undefined;
              throw error;
            }),
          ),
      );
      const own = proofs.filter((one) => one !== undefined).filter((one) => sameCluster(one.cluster, cluster));
      return own.sort((one, other) => other.startedAt.localeCompare(one.startedAt));
    },
    get: read,
    save: (value) => writeJsonFile(join(folderOf(value.stackId), `${value.id}.json`), value),
  };
}

/** Fingerprint of a finished proof: of everything in it but the fingerprint itself. */
export function proofFingerprint({ sha256: _, ...rest }: Proof): string {
  return sha256(JSON.stringify(sorted(rest)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, part]) => [key, sorted(part)]));
}
