/**
 * What is kept and for how long. A run that is no job can be archived without being deleted: what is deleted is collected
 * one day. How many days a workspace keeps runs that are over; null for ever.
 */
export const keepingSchema = `
ALTER TABLE runs ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE workspaces ADD COLUMN retention_days REAL;
`;
