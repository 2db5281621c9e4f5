/** The keys of buttons below a cell. */

/** The notebook's keys would take Enter and Space away from the buttons; those with Ctrl or Cmd stay Lab's. */
export function keepKeys(node: HTMLElement): void {
  const follow = ({ ctrlKey = false, metaKey = false }: Partial<KeyboardEvent>): void => {
    node.toggleAttribute('data-lm-suppress-shortcuts', !ctrlKey && !metaKey);
  };
  follow({});
  node.addEventListener('keydown', follow);
  node.addEventListener('keyup', follow);
}
