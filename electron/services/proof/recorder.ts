import type { Proof, ProofEvent } from '../../../shared/proof.ts';
import type { Text } from '../../../shared/text.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import type { Publish } from '../../rpc/eventHub.ts';
import type { ProofFiles } from './proofFiles.ts';

/** A proof while it runs: every answer is on disk and told to the windows before the next one is asked for. */
export interface Recorder {
  readonly proof: Proof;
  add(event: Omit<ProofEvent, 'at'>): Promise<void>;
  change(part: Partial<Proof>): Promise<void>;
}

/** Every change of a running proof is on disk before it is published. */
export function createRecorder(first: Proof, files: ProofFiles, publish: Publish, report: Report): Recorder {
  let proof = first;
  async function change(part: Partial<Proof>): Promise<void> {
    proof = { ...proof, ...part };
    await files.save(proof);
    publish('proof.changed', { stackId: proof.stackId, id: proof.id });
  }
  return {
    get proof() {
      return proof;
    },
    change,
    async add(event) {
      report({ note: event.what });
      await change({ events: [...proof.events, { at: new Date().toISOString(), ...event }] });
    },
  };
}

/** An event in the words of its code: `what` says what was done, `what` + `Detail` how. */
export function event(
  lane: ProofEvent['lane'],
  outcome: ProofEvent['outcome'],
  what: Text['code'],
  detail: Text,
  answer: string,
): Omit<ProofEvent, 'at'> {
  return { lane, outcome, what: { code: what }, detail, answer };
}
