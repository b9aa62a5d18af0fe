// Filters of the list of cases. The choice is kept in the address, so that it can be passed on; nothing is sent anywhere.
"use strict";

(() => {
  const cases = [...document.querySelectorAll(".case")];
  const list = document.getElementById("list");
  const controls = [...document.querySelectorAll("#filters [name]")];
  const count = document.getElementById("count");
  const nothing = document.getElementById("nothing");
  const texts = new Map();

  const textOf = (item) => {
    // Read when first searched for: most readers never search.
    if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
    return texts.get(item);
  };

  const matches = (item, wanted) =>
    wanted.every(([name, value]) => {
      if (name === "search") return value.toLowerCase().split(/\s+/).every((word) => textOf(item).includes(word));
      return item.dataset[name].split(" ").includes(value);
    });

  const filter = () => {
    const wanted = controls.map((c) => [c.name, c.value.trim()]).filter(([, value]) => value);
    let shown = 0;
    for (const item of cases) {
      item.hidden = !matches(item, wanted);
      shown += !item.hidden;
    }
    count.textContent = count.dataset.text.replace("{shown}", shown).replace("{all}", cases.length);
    nothing.hidden = shown > 0;
    return wanted;
  };

  const keep = () => {
    const wanted = new URLSearchParams(filter()).toString();
    history.replaceState(null, "", wanted ? `#?${wanted}` : location.pathname + location.search);
  };

  const go = () => {
    let hash = location.hash.slice(1);
    if (hash.startsWith("?")) {
      const wanted = new URLSearchParams(hash.slice(1));
      for (const control of controls) control.value = wanted.get(control.name) ?? "";
    } else if (hash) {
      try {
        hash = decodeURIComponent(hash);
      } catch {
        return;
      }
      const target = document.getElementById(hash);
      const item = target?.closest(".case");
      if (item) {
        item.hidden = false;
        item.open = true;
        target.scrollIntoView();
      }
      return;
    }
    filter();
  };

  for (const control of controls) control.addEventListener("input", keep);
  document.getElementById("reset").addEventListener("click", () => {
    for (const control of controls) control.value = "";
    keep();
  });
  document.getElementById("open").addEventListener("click", () => {
    for (const item of cases) if (!item.hidden) item.open = true;
  });
  document.getElementById("close").addEventListener("click", () => {
    for (const item of cases) item.open = false;
  });
  // "/" goes to the search, as in many places; Escape in it clears it.
  document.addEventListener("keydown", (event) => {
    const search = document.querySelector('#filters [name="search"]');
    const typing = event.target instanceof Element && event.target.closest("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && event.target === search) {
      search.value = "";
      keep();
    }
  });
  addEventListener("hashchange", go);
  filter();
  go();
  list.dataset.ready = "";
})();
