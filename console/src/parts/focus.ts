// A field that a person has just asked for has the focus. The attribute `autofocus` does nothing while anything else has
// it, and the button that was pressed always does.

/** For `{@attach focused}`. */
export function focused(field: HTMLElement): void {
  field.focus();
}
