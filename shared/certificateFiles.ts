export const certificateFilesProcedures = {};
