export const kesConfigProcedures = {};
