export const kesMoveProcedures = {};
