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

/** Puts a text into an element. */
export function text(id, value) {
  const element = document.getElementById(id);
  if (element.textContent !== value) element.textContent = value;
}

/** Brings a definition list to the given pairs, touching only what changed. */
export function rows(id, pairs) {
  const list = document.getElementById(id);
  fit(list, pairs.length, () => {
    const row = document.createElement("div");
    row.append(document.createElement("dt"), document.createElement("dd"));
    return row;
  });
  pairs.forEach((pair, i) => fill(list.children[i], pair));
}

/** Brings a table's body to the given rows, the first cell of each being its header. */
export function table(id, lines) {
  const body = document.getElementById(id).tBodies[0];
  fit(body, lines.length, () => {
    const row = document.createElement("tr");
    const header = document.createElement("th");
    header.scope = "row";
    row.append(header, ...lines[0].slice(1).map(() => document.createElement("td")));
    return row;
  });
  lines.forEach((line, i) => fill(body.children[i], line));
}

/** Brings a list to the given pairs of a heading and a text. */
export function listed(list, lines) {
  fit(list, lines.length, () => {
    const item = document.createElement("li");
    item.append(document.createElement("span"), document.createElement("p"));
    return item;
  });
  lines.forEach((line, i) => fill(list.children[i], line));
}
