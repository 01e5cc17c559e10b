import { join } from 'node:path';
import { type PlaceInput, type SetupState, type StepId, type StepStatus, setupState, stepIds } from '../../../shared/setup.ts';
import { writeJsonFile } from '../../platform/atomicFile.ts';
import { createSerialQueue } from '../../platform/serialQueue.ts';
import { readDocumentFile } from '../../platform/storedDocument.ts';

/** The record of one stack's guided steps, as a file. Every change is on disk before the next thing happens. */
export interface SetupRecord {
  read(): Promise<SetupState | undefined>;
  write(state: SetupState): Promise<void>;
  /** Changes one step's status. Calls are serialised. */
  change(step: StepId, change: (status: StepStatus) => StepStatus): Promise<SetupState>;
  changeAll(change: (state: SetupState) => SetupState): Promise<SetupState>;
}

const setupForm = { version: 1, schema: setupState };

/** A record in which nothing was done yet. */
export function newSetup(stackId: string, mode: SetupState['mode'], place?: PlaceInput): SetupState {
  const steps = stepIds.map(
    (id): StepStatus => ({ id, state: 'todo', evidence: [], ...(id === 'place' && place ? { input: place } : {}) }),
  );
  return { version: 1, stackId, mode, steps };
}

/** `onChange` is called after each write. */
export function setupRecord(dataFolder: string, stackId: string, onChange: () => void): SetupRecord {
  const file = join(dataFolder, 'stacks', stackId, 'setup.json');
  const queue = createSerialQueue();

  async function write(state: SetupState): Promise<void> {
    await writeJsonFile(file, state);
    onChange();
  }
  const changeAll = (change: (state: SetupState) => SetupState): Promise<SetupState> =>
    queue(async () => {
      const before = (await readDocumentFile(file, setupForm)) ?? newSetup(stackId, 'guided');
      const after = change(before);
      await write(after);
      return after;
    });
  return {
    read: () => readDocumentFile(file, setupForm),
    write,
    changeAll,
    change: (step, change) =>
      changeAll((state) => ({ ...state, steps: state.steps.map((status) => (status.id === step ? change(status) : status)) })),
  };
}
