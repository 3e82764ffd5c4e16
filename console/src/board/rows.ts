// Moving through a list by keys: the control that opens a row carries `data-row`.

/** The place to go to from `from`, of `count`; -1 stands for none yet. */
export function step(from: number, by: 1 | -1, count: number): number {
  if (count === 0) return -1;
  if (from < 0) return by === 1 ? 0 : count - 1;
  return Math.min(Math.max(from + by, 0), count - 1);
}

/** Puts the focus on the next or previous row inside `list`. */
export function moveRow(list: HTMLElement | undefined, by: 1 | -1): void {
  if (list === undefined) return;
  const rows = [...list.querySelectorAll<HTMLElement>('[data-row]')];
  const from = rows.indexOf(document.activeElement as HTMLElement);
  const row = rows[step(from, by, rows.length)];
  row?.focus();
  row?.scrollIntoView({ block: 'nearest' });
}
