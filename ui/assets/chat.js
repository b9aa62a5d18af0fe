// What the chat page does in the browser: language of the page, citation cards, copying, the clock, what is read out.
// It makes no HTML from text: it only moves nodes the server rendered and sets textContent and attributes.
(() => {
  "use strict";

  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const find = (selector, within = document) => within.querySelector(selector);

  // The last answer, finished or not; the citation card has the look of one but is none.
  const latest = () => [...document.querySelectorAll("#chat .turn")].pop();

  // The row of the question above an answer.
  const asked = (turn) => turn.closest(".message-row")?.previousElementSibling;

  // --- language, and labels Gradio gives in the browser's language ----------------------------------

  let spoken = "";

  function label(node, text) {
    if (!node) return;
    if (node.getAttribute("aria-label") !== text) node.setAttribute("aria-label", text);
    if (node.title && node.title !== text) node.title = text;
  }

  function dress() {
    const top = find("header.top");
    if (!top) return;
    const words = top.dataset;
    if (document.documentElement.lang !== words.htmlLang) {
      document.documentElement.lang = words.htmlLang;
      document.title = words.title;
    }
    const address = new URL(location.href);
    const asked = address.searchParams.get("lang");
    if (spoken && spoken !== words.language && asked !== words.language) {
      address.searchParams.set("lang", words.language);
      history.replaceState(history.state, "", address);
    }
    spoken = words.language;
    label(find("#switch"), words.switch);
    const log = find("#chat [role=log]");
    if (log) {
      label(log, words.log);
      // A growing answer is not read out piece by piece; it is read once, when finished.
      if (log.getAttribute("aria-live") !== "off") log.setAttribute("aria-live", "off");
    }
    for (const body of document.querySelectorAll("#chat [data-testid=user], #chat [data-testid=bot]")) {
      label(body, body.dataset.testid === "user" ? words.question : words.answer);
      if (!body.hasAttribute("role")) body.setAttribute("role", "group");
    }
  }

  // --- read out a finished answer, once --------------------------------------------------------------

  const told = new Set();

  function announce() {
    const turn = latest();
    if (!turn) return told.clear();
    const say = find(".say", turn);
    if (!turn.classList.contains("final") || !say || told.has(turn.id)) return;
    told.add(turn.id);
    const region = find(".spoken");
    if (region) region.textContent = say.textContent;
  }

  // --- bring a new question to the top of the window -------------------------------------------------

  let newest = "";

  function follow() {
    const turn = latest();
    if (!turn) {
      newest = "";
      return;
    }
    if (turn.id === newest) return;
    newest = turn.id;
    const question = asked(turn) ?? turn;
    requestAnimationFrame(() => question.scrollIntoView({ block: "start", behavior: still.matches ? "auto" : "smooth" }));
  }

  // --- the clock of the progress line ------------------------------------------------------------------

  const starts = new WeakMap();

  setInterval(() => {
    for (const clock of document.querySelectorAll(".turn .seconds")) {
      const given = clock.dataset.seconds;
      let start = starts.get(clock);
      if (!start || start.given !== given) {
        start = { given, at: performance.now() - Number(given) * 1000 };
        starts.set(clock, start);
      }
      clock.textContent = ((performance.now() - start.at) / 1000).toFixed(1);
    }
  }, 200);

  // --- a question that nothing is heard of: its stream of events is opened anew (ui/chat.py tells how that comes) --

  const state = () => `${latest()?.id} ${latest()?.className}`;

  function mind(before = state(), times = 5) {
    setTimeout(() => {
      if (!times || state() !== before) return;
      find("#nudge").click();
      mind(before, times - 1);
    }, 2000);
  }

  document.addEventListener("click", (event) => event.target.closest?.("#send, #retry, .offer") && mind(), true);
  document.addEventListener("keydown", (event) => event.key === "Enter" && event.target.closest?.("#box") && mind(), true);

  // --- citation marks ----------------------------------------------------------------------------------

  let peek = null;
  let mark = null;

  function card() {
    if (!peek) {
      peek = document.createElement("div");
      peek.id = "peek";
      peek.className = "turn";
      peek.setAttribute("role", "tooltip");
      peek.hidden = true;
      peek.addEventListener("mouseleave", hide);
      find(".gradio-container .contain").append(peek);
    }
    return peek;
  }

  function target(link) {
    return document.getElementById(decodeURIComponent(link.hash.slice(1)));
  }

  function show(link) {
    const quote = target(link);
    const source = quote?.closest(".source");
    if (!source) return; // while an answer is being written its sources are not there yet
    mark = link;
    const box = card();
    const copies = [find(".head", source), find("blockquote", quote), find("a.open", quote)].map((node) => node.cloneNode(true));
    copies[0].querySelector("a.title").href = copies[2].href; // to this citation, not to the article's first
    box.replaceChildren(...copies);
    box.hidden = false;
    link.setAttribute("aria-describedby", box.id);
    place();
  }

  function hide() {
    mark?.removeAttribute("aria-describedby");
    mark = null;
    if (peek) peek.hidden = true;
  }

  // Under its mark, or over it where there is no room below; gone when the mark is.
  function place() {
    if (!mark) return;
    const at = mark.getBoundingClientRect();
    if (!mark.isConnected || at.bottom < 0 || at.top > innerHeight) {
      hide();
      return;
    }
    const size = peek.getBoundingClientRect();
    const left = Math.max(12, Math.min(at.left - 16, innerWidth - size.width - 12));
    const above = at.top - size.height - 6;
    peek.style.left = `${left}px`;
    peek.style.top = `${at.bottom + size.height + 6 > innerHeight && above > 12 ? above : at.bottom + 6}px`;
  }

  function light(node) {
    node.classList.add("lit");
    setTimeout(() => node.classList.remove("lit"), 2600);
  }

  document.addEventListener("mouseover", (event) => {
    const link = event.target.closest?.("a.cite");
    if (link) show(link);
    else if (mark && !event.target.closest?.("#peek") && document.activeElement !== mark) hide();
  });
  document.addEventListener("focusin", (event) => {
    const link = event.target.closest?.("a.cite");
    if (link?.matches(":focus-visible")) show(link);
    else if (!event.target.closest?.("#peek")) hide();
  });
  addEventListener("scroll", place, { passive: true });
  addEventListener("resize", place, { passive: true });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.cite, a.number");
    if (!link) return;
    event.preventDefault(); // the address keeps no fragment
    const there = target(link);
    if (!there) return;
    hide();
    there.focus({ preventScroll: true });
    there.scrollIntoView({ block: "center", behavior: still.matches ? "auto" : "smooth" });
    light(there);
  });

  // --- the reader: beside the chat where there is room, else in a tab of its own -------------------------

  const wide = matchMedia("(min-width: 1024px)");
  let pane = null;
  let opener = null;

  function part(tag, name) {
    const node = document.createElement(tag);
    node.className = name;
    return node;
  }

  function closePane() {
    if (!pane) return;
    pane.remove();
    pane = null;
    document.body.classList.remove("reading");
    opener?.focus({ preventScroll: true });
    opener?.scrollIntoView({ block: "nearest" });
  }

  function openPane(link) {
    const words = find("header.top").dataset;
    if (!pane) {
      pane = part("aside", "pane");
      const bar = part("div", "bar");
      const tab = part("a", "tab");
      tab.target = "_blank";
      tab.rel = "noopener";
      const close = part("button", "close");
      close.type = "button";
      close.addEventListener("click", closePane);
      bar.append(part("strong", "name"), tab, close);
      pane.append(bar, part("iframe", "page"));
      find(".gradio-container .contain").append(pane); // rules under @media reach no further
      document.body.classList.add("reading");
    }
    pane.setAttribute("aria-label", words.pane);
    find(".name", pane).textContent = words.pane;
    find(".tab", pane).textContent = words.paneTab;
    find(".close", pane).textContent = words.paneClose;
    find(".tab", pane).href = link.href;
    const address = new URL(link.href);
    address.searchParams.set("pane", "1");
    const page = find(".page", pane);
    page.title = words.pane;
    page.src = address;
    link.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".turn a[target=_blank]");
    if (!link || !wide.matches || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    // The card goes when the mark is left; from there the way back leads to the mark.
    opener = link.closest("#peek") ? mark : link;
    openPane(link);
    hide();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (mark) hide();
    else closePane();
  });

  // --- copying -----------------------------------------------------------------------------------------

  function copyByHand(text) {
    // navigator.clipboard exists only over https and on localhost; an intranet page is often plain http.
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("readonly", "");
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }

  async function copy(text) {
    if (navigator.clipboard) {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch (error) {
        console.warn("clipboard refused, copying by selection", error);
      }
    }
    return copyByHand(text);
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button.copy");
    if (!button || button.dataset.name) return;
    const done = await copy(find(`pre.${button.dataset.from}`, button.closest(".turn")).textContent);
    button.focus();
    button.dataset.name = button.textContent;
    button.textContent = done ? button.dataset.copied : button.dataset.failed;
    const region = find(".spoken");
    if (region) region.textContent = button.textContent;
    setTimeout(() => {
      button.textContent = button.dataset.name;
      delete button.dataset.name;
    }, 2000);
  });

  // --- what a reader says about an answer ------------------------------------------------------------------

  const verdicts = new Map(); // by token: a turn may be drawn anew

  function reflect(form) {
    const verdict = verdicts.get(form.dataset.token) ?? "";
    for (const button of form.querySelectorAll(".judge")) {
      const pressed = String(button.value === verdict);
      if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
    }
  }

  function ask(form, open) {
    find("fieldset", form).hidden = !open;
    find("[aria-expanded]", form).setAttribute("aria-expanded", String(open));
    if (open) find("input", form).focus();
  }

  async function judge(form, verdict, reasons = [], comment = "") {
    const state = find(".state", form);
    state.textContent = "";
    const language = find("header.top").dataset.language;
    let kept = false;
    try {
      const response = await fetch("api/feedback", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ token: form.dataset.token, verdict, reasons, comment, language }),
      });
      kept = response.ok;
    } catch (error) {
      console.warn("feedback was not sent", error);
    }
    if (kept) {
      verdicts.set(form.dataset.token, verdict);
      reflect(form);
      ask(form, false);
    }
    state.textContent = kept ? (verdict ? form.dataset.kept : form.dataset.takenBack) : form.dataset.failed;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".opinion .judge");
    if (!button) return;
    const form = button.closest(".opinion");
    if (button.getAttribute("aria-pressed") === "true") judge(form, null);
    else if (button.value === "down") ask(form, find("fieldset", form).hidden);
    else judge(form, "up");
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.(".opinion");
    if (!form) return;
    event.preventDefault();
    const given = new FormData(form);
    judge(form, "down", given.getAll("reason"), given.get("comment"));
    find('[value="down"]', form).focus();
  });

  // --- the question as understood, into the box; one whose answer has expired is asked again ------------

  function type(text) {
    const box = find("#box textarea");
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true })); // so that Gradio takes it for typed
    box.focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button.adopt, button.again");
    if (!button || !find("#box textarea")) return;
    if (button.matches(".adopt")) {
      type(find("q", button.closest(".understood")).textContent);
    } else {
      type(find(".asked span", asked(button.closest(".turn"))).textContent);
      requestAnimationFrame(() => find("#send").click());
    }
  });

  // --- after each change of the page ---------------------------------------------------------------------

  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      dress();
      announce();
      follow();
      document.querySelectorAll(".opinion").forEach(reflect);
    });
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "data-language"] });
})();
