// Addresses of the console: history of the browser, so that back, reload and a link in a message work.

class Router {
  path = $state(location.pathname);
  search = $state(location.search);

  constructor() {
    addEventListener('popstate', () => this.#read());
  }

  go(to: string): void {
    if (to === this.path + this.search) return;
    history.pushState(null, '', to);
    this.#read();
  }

  /** Without an entry in the history: for what a screen keeps in its address. */
  replace(to: string): void {
    if (to === this.path + this.search) return;
    history.replaceState(null, '', to);
    this.#read();
  }

  #read(): void {
    this.path = location.pathname;
    this.search = location.search;
  }
}

export const router = new Router();

/** For links: a click stays in the page unless a new window is wanted. */
export function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.currentTarget as Element).closest('a');
  if (link === null || link.origin !== location.origin) return;
  event.preventDefault();
  router.go(link.pathname + link.search);
}
