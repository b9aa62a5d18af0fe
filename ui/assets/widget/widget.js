// The widget in somebody else's page: a button and a panel, or the panel alone in a place of the page (data-target).
// Written for browsers as old as Chromium 64. It asks nothing itself: the panel is a page of the server's own, and the two speak by
// messages, each to the other's exact origin and heeding nobody else. Nothing is kept in the host's page.
(function () {
  "use strict";

  const script = document.currentScript;
  if (!script || !script.src) return;
  if (window.UnionRag) {
    console.warn("widget.js: there is a widget in this page already; UnionRag.destroy() takes it away");
    return;
  }
  const set = script.dataset;
  const root = script.src.replace(/widget\.js([?#].*)?$/, "");
  const origin = new URL(root).origin;
  const channel = set.channel || "";
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(channel)) {
    console.error("widget.js: data-channel names no channel");
    return;
  }

  const WORDS = {
    zh: { open: "打开报道问答", close: "关闭报道问答", panel: "报道问答", mark: "问" },
    en: { open: "Ask the news reports", close: "Close the panel", panel: "Ask the news reports", mark: "Ask" },
  };
  const MOST = 500;
  const phone = window.matchMedia("(max-width: 480px), (max-height: 420px)");

  let locale = language(set.lang || document.documentElement.lang);
  let token = "";
  let context = null;
  let frame = null;
  let panel = null;
  let button = null;
  let holder = null;
  let ready = false;
  let shown = false;
  let wanted = false; // to be opened as soon as there is a page to open it in
  let gone = false;
  const guards = [];
  const waiting = [];
  const heard = {};

  function language(wanted) {
    return /^en/i.test(String(wanted || "")) ? "en" : "zh";
  }

  function text(value, most) {
    return typeof value === "string" ? value.slice(0, most) : "";
  }

  function dress(node, style) {
    // Through the object model: a host whose policy forbids style attributes does not forbid this.
    Object.keys(style).forEach(function (name) {
      node.style.setProperty(name, style[name]);
    });
  }

  // --- messages ----------------------------------------------------------------------------------------

  function send(type, values) {
    const message = Object.assign({ unionrag: 1, type: type }, values);
    if (ready) frame.contentWindow.postMessage(message, origin);
    else waiting.push(message);
  }

  function hello() {
    // Not by send(): nothing is ready before this.
    const first = { unionrag: 1, type: "hello", closable: !set.target, locale: locale, token: token, context: context };
    if (frame) frame.contentWindow.postMessage(first, origin);
  }

  function tell(name, detail) {
    (heard[name] || []).slice().forEach(function (each) {
      try {
        each(detail);
      } catch (error) {
        console.error("widget.js: a listener of the page failed", error);
      }
    });
  }

  function receive(event) {
    if (!frame || event.source !== frame.contentWindow || event.origin !== origin) return;
    const said = event.data;
    if (!said || said.unionrag !== 1) return;
    if (said.type === "close") {
      close();
    } else if (said.type === "ready") {
      if (!ready) {
        ready = true;
        waiting.splice(0).forEach(function (message) {
          frame.contentWindow.postMessage(message, origin);
        });
      }
      tell("ready", {});
    } else if (["sent", "answered", "open_citation", "token_expired"].indexOf(said.type) >= 0) {
      tell(said.type, said.detail);
    }
  }

  // --- the panel and its button ------------------------------------------------------------------------

  function make() {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.title = WORDS[locale].panel;
    frame.src = root + "embed/" + channel + "?lang=" + locale;
    frame.allow = "clipboard-write";
    frame.addEventListener("load", hello);
    dress(frame, { border: "0", width: "100%", height: "100%", display: "block", "color-scheme": "normal" });
    panel.insertBefore(frame, guards[1] || null);
  }

  function label() {
    const words = WORDS[locale];
    panel.setAttribute("aria-label", words.panel);
    if (frame) frame.title = words.panel;
    if (!button) return;
    button.setAttribute("aria-label", shown ? words.close : words.open);
    button.setAttribute("aria-expanded", String(shown));
    button.textContent = shown ? "×" : words.mark;
    dress(button, { "font-size": shown ? "30px" : locale === "en" ? "18px" : "24px" });
  }

  function lay() {
    const whole = phone.matches;
    panel.setAttribute("aria-modal", String(whole));
    guards.forEach(function (guard) {
      guard.tabIndex = whole ? 0 : -1;
    });
    dress(panel, {
      display: shown ? "block" : "none",
      position: "fixed",
      right: whole ? "0" : "24px",
      bottom: whole ? "0" : "92px",
      width: whole ? "100%" : "400px",
      height: whole ? "100%" : "600px",
      "max-width": whole ? "none" : "calc(100vw - 48px)",
      "max-height": whole ? "none" : "calc(100vh - 116px)",
      overflow: "hidden",
      "box-sizing": "border-box",
      border: whole ? "0" : "1px solid #d8d4ca",
      "border-radius": whole ? "0" : "12px",
      background: "#fbfaf7",
      "box-shadow": "0 8px 32px rgba(40, 30, 10, 0.24)",
    });
    dress(button, { visibility: whole && shown ? "hidden" : "visible" });
  }

  function open() {
    if (gone) return;
    if (!panel) {
      wanted = true;
      return;
    }
    make();
    if (!button) {
      holder.scrollIntoView({ block: "nearest" });
    } else if (!shown) {
      shown = true;
      lay();
      label();
    }
    frame.focus();
    send("focus", {});
  }

  function close() {
    if (!shown) return;
    shown = false;
    lay();
    label();
    button.focus();
  }

  function keys(event) {
    if (event.key !== "Escape" || !shown || event.isComposing || event.keyCode === 229) return;
    event.stopPropagation();
    close();
  }

  function guard() {
    // Where the panel covers the whole page, Tab must not lead to what it covers.
    const edge = document.createElement("div");
    edge.addEventListener("focus", function () {
      send("focus", {});
      frame.focus();
    });
    guards.push(edge);
    panel.appendChild(edge);
  }

  function floating() {
    // In a tree of its own the host's style sheets do not reach it.
    holder = document.createElement("div");
    dress(holder, { all: "initial", position: "fixed", right: "0", bottom: "0", "z-index": "2147483000" });
    const inside = holder.attachShadow({ mode: "open" });
    button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-controls", "panel");
    dress(button, {
      position: "fixed",
      right: "24px",
      bottom: "24px",
      width: "56px",
      height: "56px",
      padding: "0",
      border: "0",
      "border-radius": "28px",
      background: "#96232a",
      color: "#ffffff",
      "font-family": 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
      "font-weight": "600",
      "line-height": "1",
      cursor: "pointer",
      "outline-offset": "3px",
      "box-shadow": "0 4px 16px rgba(40, 30, 10, 0.3)",
    });
    button.addEventListener("click", function () {
      if (shown) close();
      else open();
    });
    panel = document.createElement("div");
    panel.id = "panel";
    panel.setAttribute("role", "dialog");
    guard();
    guard();
    inside.appendChild(panel);
    inside.appendChild(button);
    inside.addEventListener("keydown", keys);
    phone.addListener(lay);
    lay();
    label();
    document.body.appendChild(holder);
  }

  function begin() {
    if (gone) return;
    if (set.target) inline();
    else floating();
    if (wanted && panel) open();
  }

  function inline() {
    holder = document.querySelector(set.target);
    if (!holder) {
      console.error("widget.js: nothing in this page matches data-target " + set.target);
      return;
    }
    panel = document.createElement("div");
    panel.setAttribute("role", "region");
    dress(panel, { width: "100%", height: "100%", "min-height": "420px" });
    holder.appendChild(panel);
    label();
    make();
  }

  // --- for the page ------------------------------------------------------------------------------------

  const bridge = {
    open: open,
    close: close,
    ask: function (question) {
      const asked = text(question, MOST).trim();
      if (!asked || gone) return;
      open();
      send("ask", { question: asked });
    },
    setContext: function (given) {
      const about = given || {};
      context = {
        text: text(about.text, 200),
        articleId: text(about.articleId, 100),
        place: text(about.place, 100),
        since: text(about.since, 10),
        until: text(about.until, 10),
      };
      if (frame) send("context", { context: context });
    },
    setLocale: function (wanted) {
      locale = language(wanted);
      if (panel) label();
      if (frame) send("locale", { locale: locale });
    },
    setToken: function (given) {
      token = text(given, 2000).trim();
      if (frame) send("token", { token: token });
    },
    on: function (name, listener) {
      if (typeof listener !== "function") throw new TypeError("UnionRag.on: the second argument must be a function");
      (heard[name] = heard[name] || []).push(listener);
      if (name === "ready" && ready) listener({});
      return function () {
        heard[name] = heard[name].filter(function (each) {
          return each !== listener;
        });
      };
    },
    destroy: function () {
      gone = true;
      window.removeEventListener("message", receive);
      if (phone.removeListener) phone.removeListener(lay);
      if (panel && set.target) panel.remove();
      else if (holder) holder.remove();
      frame = null;
      ready = shown = false;
      if (window.UnionRag === bridge) delete window.UnionRag;
    },
  };
  window.UnionRag = bridge;
  window.addEventListener("message", receive);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
