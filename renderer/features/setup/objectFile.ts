import { createContext, useContext } from 'react';

/** The file that was dropped for the first object. It stays in the window until it is sent; the engine gets a token. */
export interface ObjectFile {
  readonly file: File | undefined;
  /** Names the file to the engine for the plan alone; sending it announces it anew. */
  readonly token: string | undefined;
  choose(file: File | undefined): void;
}

export const ObjectFileContext = createContext<ObjectFile>({ file: undefined, token: undefined, choose: () => undefined });

export function useObjectFile(): ObjectFile {
  return useContext(ObjectFileContext);
}
