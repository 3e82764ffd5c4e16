// Response plans as a person edits them: rows with a place of their own, however they are sorted and changed.
import type { Schemas } from '../../api/types';

export type PlanRow = Schemas['PlanRow'];

export interface DraftRow extends PlanRow {
  key: number;
}

let given = 0;
export const draft = (rows: readonly PlanRow[]): DraftRow[] => rows.map((row) => ({ ...row, key: ++given }));

export const added = (category: string): DraftRow => ({ key: ++given, line: 0, category, severity: null, mode: null, service: 'ambulance', capabilities: [], count: 1, act: 'first_wave' });

/** With a row as it was kept: in its place, or before all others when it is new. */
export const withRow = (rows: readonly DraftRow[], row: DraftRow): DraftRow[] =>
  rows.some((one) => one.key === row.key) ? rows.map((one) => (one.key === row.key ? row : one)) : [row, ...rows];

/** What is sent: numbered as they stand. */
export const sent = (rows: readonly DraftRow[]): PlanRow[] =>
  rows.map(({ category, severity, mode, service, capabilities, count, act }, place) => ({
    line: place + 1,
    category,
    severity: severity ?? null,
    mode: mode ?? null,
    service,
    capabilities: capabilities ?? [],
    count,
    act,
  }));

/** What a row says, wherever it stands. */
export const told = (row: PlanRow) => JSON.stringify([row.category, row.severity ?? null, row.mode ?? null, row.service, row.capabilities ?? [], row.count, row.act]);

/** Rows that one list has and the other has not. */
export function difference(before: readonly PlanRow[], after: readonly PlanRow[]): { gone: PlanRow[]; come: PlanRow[] } {
  const [old, now] = [new Set(before.map(told)), new Set(after.map(told))];
  return { gone: before.filter((row) => !now.has(told(row))), come: after.filter((row) => !old.has(told(row))) };
}

/** What a person changed, on top of what a colleague put in force meanwhile. */
export function rebased(before: readonly PlanRow[], mine: readonly PlanRow[], theirs: readonly PlanRow[]): DraftRow[] {
  const { gone, come } = difference(before, mine);
  const dropped = new Set(gone.map(told));
  const held = theirs.filter((row) => !dropped.has(told(row)));
  const already = new Set(held.map(told));
  return draft([...come.filter((row) => !already.has(told(row))), ...held]);
}
