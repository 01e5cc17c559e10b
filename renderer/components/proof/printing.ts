/** Paper is white: a dark window is light while it prints. Printing blocks, so the change is never seen. */
export function printInLight(): void {
  const root = document.documentElement;
  const scheme = root.getAttribute('data-mantine-color-scheme');
  root.setAttribute('data-mantine-color-scheme', 'light');
  try {
    window.print();
  } finally {
    if (scheme !== null) root.setAttribute('data-mantine-color-scheme', scheme);
  }
}
