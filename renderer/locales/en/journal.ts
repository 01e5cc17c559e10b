export const journalEn = { proveAgain: 'Prove again' } as const;
