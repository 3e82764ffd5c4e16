// Ctrl+Enter sends a form that stands in the page, from wherever in it the focus is; a dialog does the same by itself.

/** For `{@attach …}` on a form: Ctrl+Enter presses its button, where that can be pressed. */
export function sends(form: HTMLFormElement): () => void {
  function press(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !event.ctrlKey || event.repeat || event.isComposing) return;
    const button = form.querySelector<HTMLButtonElement>('button.primary');
    if (button === null || button.disabled) return;
    event.preventDefault();
    button.click();
  }
  form.addEventListener('keydown', press);
  return () => form.removeEventListener('keydown', press);
}
