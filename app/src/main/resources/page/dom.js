// Brings elements of the page to what they should be, touching only what changed.

/** Gives a parent so many children. */
export function fit(parent, length, create) {
  while (parent.children.length > length) parent.lastElementChild.remove();
  while (parent.children.length < length) parent.append(create());
}

/** Puts a text into each child of a row. */
export function fill(row, cells) {
  cells.forEach((cell, i) => {
    if (row.children[i].textContent !== cell) row.children[i].textContent = cell;
  });
}
