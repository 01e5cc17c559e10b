export const kesKeysProcedures = {};
