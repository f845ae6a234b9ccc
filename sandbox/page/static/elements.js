// Elements of the page. Whatever a tenant says becomes text, never markup.

const asNode = (one) => (one instanceof Node ? one : document.createTextNode(String(one)));

export const at = (id) => document.getElementById(id);

export function make(name, given = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...inside.filter((one) => one !== null && one !== undefined).map(asNode));
  return element;
}

export const soft = (text, title) => make("span", { class: "soft", title }, text);

// A table of rows; `columns` are [title, cell of a row, class].
export function table(rows, columns, empty) {
  if (!rows.length) return make("p", { class: "empty" }, ...[empty].flat());
  const head = columns.map(([title, , kind]) => make("th", { scope: "col", class: kind }, title));
  const body = rows.map((row) =>
    make("tr", {}, ...columns.map(([, cell, kind]) => make("td", { class: kind }, cell(row)))));
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body));
}

const shown = new Map();

// Writes a part anew only when what is told of it changed, so that nothing loses focus in vain.
export function write(id, told, build) {
  const text = JSON.stringify(told);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  at(id).replaceChildren(build(told));
}
