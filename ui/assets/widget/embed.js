// The panel: sends questions, shows what the server made of them, and speaks with the page around it. Written for browsers as old as
// Chromium 64. The HTML it puts in comes from the server's templates alone; everything else is set as text.
(function () {
  "use strict";

  const find = function (id) {
    return document.getElementById(id);
  };
  const known = JSON.parse(find("known").textContent);
  const log = find("log");
  const box = find("box");
  const scroll = find("scroll");
  const reader = find("reader");
  const page = find("page");
  const framed = window.parent !== window;
  const PATIENCE = 10000;

  let words = known.texts[known.language];
  let language = known.language;
  let host = ""; // the origin of the page around this one, once it has spoken
  const unheard = []; // what that page is told as soon as it has
  let token = "";
  let context = {};
  let asked = []; // the questions that were answered
  let number = 0;
  let running = null; // the request of the question in work
  let queued = null; // what is done when a token comes
  let patience = 0;
  let opener = null;

  // --- the page around this one --------------------------------------------------------------------------

  function tell(type, detail) {
    const message = { unionrag: 1, type: type, detail: detail };
    if (host) window.parent.postMessage(message, host);
    else if (framed && type !== "token_expired") unheard.push(message); // whether a token is missing is told below, if it still is
  }

  function allowed(origin) {
    return known.origins.indexOf(origin) >= 0 || (known.own && origin === location.origin);
  }

  function text(value, most) {
    return typeof value === "string" ? value.slice(0, most) : "";
  }

  function receive(event) {
    if (!framed || event.source !== window.parent || !allowed(event.origin)) return;
    const said = event.data;
    if (!said || said.unionrag !== 1) return;
    const first = !host;
    host = event.origin;
    if (said.type === "hello") {
      find("close").hidden = !said.closable;
      speak(said.locale);
      if (said.token) enter(said.token);
      if (said.context) narrow(said.context);
      tell("ready", {});
    } else if (said.type === "token") enter(said.token);
    else if (said.type === "focus") (reader.hidden ? box : find("back")).focus();
    else if (said.type === "context") narrow(said.context);
    else if (said.type === "locale") speak(said.locale);
    else if (said.type === "ask" && typeof said.question === "string") ask(said.question);
    if (!first) return;
    unheard.splice(0).forEach(function (message) {
      window.parent.postMessage(message, host);
    });
    if (queued && !token) tell("token_expired", {});
  }

  // --- words ---------------------------------------------------------------------------------------------

  function label(id, name) {
    find(id).setAttribute("aria-label", name);
    find(id).title = name;
  }

  function speak(wanted) {
    language = wanted === "en" ? "en" : "zh";
    words = known.texts[language];
    document.documentElement.lang = words.html_lang;
    document.title = words.title;
    find("title").textContent = words.title;
    find("new").textContent = words.new;
    label("new", words.new_label);
    label("close", words.close);
    find("back").textContent = words.back;
    find("tab").textContent = words.tab;
    find("send").textContent = words.send;
    find("stop").textContent = words.stop;
    find("use").textContent = words.context_use;
    find("drop").textContent = words.context_drop;
    find("footnote").textContent = words.footnote;
    box.placeholder = words.box_placeholder;
    box.setAttribute("aria-label", words.box_label);
    find("composer").setAttribute("aria-label", words.box_label);
    log.setAttribute("aria-label", words.log_label);
    page.title = words.reader;
    reader.setAttribute("aria-label", words.reader);
    narrow(context);
    welcome();
  }

  function hint(message) {
    find("hint").textContent = message;
    find("hint").hidden = !message;
  }

  function spoken(message) {
    document.querySelector(".spoken").textContent = message;
  }

  // --- requests ------------------------------------------------------------------------------------------

  function request(method, address, done, more) {
    const sent = new XMLHttpRequest();
    sent.open(method, address);
    if (token) sent.setRequestHeader("Authorization", "Bearer " + token);
    sent.addEventListener("load", function () {
      if (sent.status === 401 && known.token) {
        token = "";
        wait(function () {
          request(method, address, done, more);
        });
      } else done(sent);
    });
    sent.addEventListener("error", function () {
      done(null);
    });
    if (more && more.progress) sent.addEventListener("progress", more.progress);
    if (more && more.begun) more.begun(sent);
    if (more && more.body) {
      sent.setRequestHeader("Content-Type", "application/json");
      sent.send(JSON.stringify(more.body));
    } else sent.send();
  }

  // A channel that wants a token: the page around this one is asked for it, and what was to be done waits.
  function wait(then) {
    const before = queued;
    queued = function () {
      if (before) before();
      then();
    };
    if (!framed) {
      hint(words.no_host);
      give();
      return;
    }
    hint(words.waiting_for_token);
    tell("token_expired", {});
    clearTimeout(patience);
    patience = setTimeout(function () {
      if (!queued) return;
      hint(words.no_token);
      give();
    }, PATIENCE);
  }

  // What waits is given up: the question goes back into the box.
  function give() {
    queued = null;
    if (running) halt(true);
  }

  function enter(given) {
    token = text(given, 2000);
    if (!token) return;
    hint("");
    clearTimeout(patience);
    const then = queued;
    queued = null;
    if (then) then();
  }

  function within(then) {
    if (known.token && !token) wait(then);
    else then();
  }

  function failure(sent) {
    if (!sent) return words.no_connection;
    try {
      return JSON.parse(sent.responseText).error.message;
    } catch (error) {
      return words.no_connection;
    }
  }

  // --- the first screen ----------------------------------------------------------------------------------

  function welcome() {
    if (asked.length || log.firstChild) return;
    if (known.token && !token && !framed) {
      hint(words.no_host);
      return;
    }
    const wanted = language;
    within(function () {
      request("GET", "welcome?lang=" + wanted, function (sent) {
        if (wanted !== language || log.firstChild) return;
        if (!sent || sent.status !== 200) hint(failure(sent));
        else find("welcome").innerHTML = JSON.parse(sent.responseText).html;
      });
    });
  }

  // --- what the page is about ------------------------------------------------------------------------------

  function narrow(given) {
    const about = given || {};
    context = {
      text: text(about.text, 200),
      articleId: text(about.articleId, 100),
      place: text(about.place, 100),
      since: text(about.since, 10),
      until: text(about.until, 10),
    };
    const days = context.since || context.until ? context.since + "–" + context.until : "";
    const scope = [context.articleId, context.place, days].filter(Boolean);
    find("about").textContent = words.context + [context.text].concat(scope).filter(Boolean).join(" · ");
    find("use").hidden = !context.text;
    find("drop").hidden = !scope.length;
    find("context").hidden = !context.text && !scope.length;
  }

  // --- a question ------------------------------------------------------------------------------------------

  function working(yes) {
    find("send").hidden = yes;
    find("stop").hidden = !yes;
  }

  function grow() {
    box.style.height = "auto";
    box.style.height = Math.min(box.scrollHeight, 132) + "px";
  }

  function ask(question) {
    const wanted = text(question, known.limit).trim();
    if (!wanted) {
      hint(words.empty);
      box.focus();
      return;
    }
    if (running) halt(false);
    hint("");
    hideReader();
    hidePeek();
    find("welcome").hidden = true;
    number += 1;
    const mark = document.createElement("p");
    mark.className = "asked";
    const inner = document.createElement("span");
    inner.textContent = wanted;
    mark.appendChild(inner);
    const slot = document.createElement("div");
    log.appendChild(mark);
    log.appendChild(slot);
    box.value = "";
    grow();
    working(true);
    const current = { question: wanted, mark: mark, slot: slot, sent: null };
    top(current);
    running = current;
    tell("sent", { question: wanted });
    within(function () {
      if (running === current) put(current);
    });
  }

  function put(current) {
    let read = 0;
    function progress(event) {
      const sent = event.target;
      if (running !== current || sent.status !== 200) return;
      const blocks = sent.responseText.slice(read).split("\n\n");
      const last = blocks[blocks.length - 2]; // the newest that is whole; each holds the whole turn
      if (!last) return;
      read += blocks.slice(0, -1).join("\n\n").length + 2;
      show(current, JSON.parse(last.slice(last.indexOf("\ndata: ") + 7)));
    }
    const body = { question: current.question, history: asked.slice(-20), number: number, language: language };
    body.context = { place: context.place, since: context.since, until: context.until, article_id: context.articleId };
    request(
      "POST",
      "ask",
      function (sent) {
        if (running !== current) return;
        if (!sent || sent.status !== 200) {
          take(current, failure(sent));
          return;
        }
        progress({ target: sent });
        if (running === current) take(current, words.no_connection); // it broke off
      },
      {
        body: body,
        progress: progress,
        begun: function (sent) {
          current.sent = sent;
        },
      },
    );
  }

  // The question to the top of the panel, without moving the page around it.
  function top(current) {
    scroll.scrollTop += current.mark.getBoundingClientRect().top - scroll.getBoundingClientRect().top - 12;
  }

  function show(current, turn) {
    const first = !current.slot.firstChild; // only now is there enough below to bring it up
    current.slot.innerHTML = turn.html;
    if (first) top(current);
    if (turn.pending) return;
    running = null;
    working(false);
    if (turn.answered) asked.push(current.question);
    const say = current.slot.querySelector(".say");
    const problem = current.slot.querySelector(".problem");
    spoken((say || problem || current.slot).textContent);
    if (turn.answered) tell("answered", { question: current.question, refused: turn.refused, citations: turn.citations });
  }

  // A question that was not taken leaves the conversation and goes back into the box.
  function take(current, why) {
    running = null;
    working(false);
    current.mark.remove();
    current.slot.remove();
    if (!box.value) box.value = current.question;
    grow();
    if (!log.firstChild) find("welcome").hidden = false;
    hint(why);
  }

  function halt(back) {
    const current = running;
    if (!current) return;
    running = null;
    working(false);
    if (current.sent) current.sent.abort();
    if (back) {
      const why = find("hint").textContent;
      take(current, why);
      return;
    }
    const turn = current.slot.querySelector(".turn");
    if (turn) {
      turn.classList.remove("pending");
      const line = turn.querySelector(".progress");
      if (line) line.remove();
    }
    const note = document.createElement("p");
    note.className = "problem stopped";
    note.textContent = words.stopped;
    (turn || current.slot).appendChild(note);
  }

  // --- marks, cards, sources -------------------------------------------------------------------------------

  let peek = null;
  let peeked = null;

  function target(link) {
    return document.getElementById(decodeURIComponent(link.getAttribute("href").slice(1)));
  }

  function showPeek(link) {
    const quote = target(link);
    const source = quote && quote.closest(".source");
    if (!source) return;
    if (!peek) {
      peek = document.createElement("div");
      peek.id = "peek";
      peek.className = "turn";
      peek.setAttribute("role", "tooltip");
      find("chat").appendChild(peek);
    }
    peek.textContent = "";
    [source.querySelector(".head"), quote.querySelector("blockquote"), quote.querySelector("a.open")].forEach(
      function (node) {
        peek.appendChild(node.cloneNode(true));
      },
    );
    peek.querySelector("a.title").href = peek.querySelector("a.open").href;
    peek.hidden = false;
    peeked = link;
    link.setAttribute("aria-describedby", "peek");
    const at = link.getBoundingClientRect();
    const size = peek.getBoundingClientRect();
    const above = at.top - size.height - 6;
    const below = at.bottom + 6;
    peek.style.top = (below + size.height > window.innerHeight && above > 8 ? above : below) + "px";
  }

  function hidePeek() {
    if (peeked) peeked.removeAttribute("aria-describedby");
    peeked = null;
    if (peek) peek.hidden = true;
  }

  function light(node) {
    node.classList.add("lit");
    setTimeout(function () {
      node.classList.remove("lit");
    }, 2600);
  }

  function near(event, selector) {
    return event.target.closest ? event.target.closest(selector) : null;
  }

  document.addEventListener("mouseover", function (event) {
    const link = near(event, "a.cite");
    if (link) showPeek(link);
    else if (peeked && !near(event, "#peek") && document.activeElement !== peeked) hidePeek();
  });
  document.addEventListener("focusin", function (event) {
    const link = near(event, "a.cite");
    if (link) showPeek(link);
    else if (!near(event, "#peek")) hidePeek();
  });
  scroll.addEventListener("scroll", hidePeek);

  // --- the reader ------------------------------------------------------------------------------------------

  function bring(address) {
    request("GET", address, function (sent) {
      if (!sent || sent.status === 401) {
        hint(words.reader_failed);
        return;
      }
      // The page has no script and may run none; what it would focus by itself, a browser keeps such a page from focusing.
      const sheet = new DOMParser().parseFromString(sent.responseText, "text/html");
      const eager = sheet.querySelector("[autofocus]");
      if (eager) eager.removeAttribute("autofocus");
      page.srcdoc = "<!DOCTYPE html>" + sheet.documentElement.outerHTML;
      reader.hidden = false;
      scroll.style.visibility = "hidden";
      find("composer").style.visibility = "hidden";
      find("back").focus();
    });
  }

  // "read/ID?..." below this channel, as it stands in the server's HTML.
  function openReader(link) {
    const given = link.getAttribute("href").replace(/^(\.\.\/)+/, "");
    const cut = given.split("#")[0];
    find("tab").href = "../../" + given;
    bring(cut + (cut.indexOf("?") < 0 ? "?" : "&") + "pane=1");
  }

  function hideReader() {
    if (reader.hidden) return;
    reader.hidden = true;
    page.removeAttribute("srcdoc");
    scroll.style.visibility = "";
    find("composer").style.visibility = "";
    if (opener && opener.isConnected !== false) opener.focus({ preventScroll: true });
    opener = null;
  }

  page.addEventListener("load", function () {
    const inside = page.contentDocument;
    if (!inside || reader.hidden) return;
    const mark = inside.getElementById("mark");
    if (mark) mark.scrollIntoView({ block: "center" });
    inside.addEventListener("click", function (event) {
      const link = event.target.closest("a[href]");
      if (!link) return;
      event.preventDefault();
      openReader(link);
    });
    inside.addEventListener("keydown", keys);
  });

  // --- copying ---------------------------------------------------------------------------------------------

  function copyByHand(wanted) {
    // navigator.clipboard exists only over https and on localhost, and in a frame only where the page allows it.
    const area = document.createElement("textarea");
    area.value = wanted;
    area.className = "spoken";
    document.body.appendChild(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }

  function copied(button, done) {
    const name = button.textContent;
    button.textContent = done ? button.dataset.copied : button.dataset.failed;
    button.disabled = true;
    spoken(button.textContent);
    setTimeout(function () {
      button.textContent = name;
      button.disabled = false;
    }, 2000);
  }

  function copy(button) {
    const wanted = button.closest(".turn").querySelector("pre." + button.dataset.from).textContent;
    if (!navigator.clipboard || !navigator.clipboard.writeText) {
      copied(button, copyByHand(wanted));
      return;
    }
    navigator.clipboard.writeText(wanted).then(
      function () {
        copied(button, true);
      },
      function () {
        copied(button, copyByHand(wanted));
      },
    );
  }

  // --- what is clicked, what is typed ----------------------------------------------------------------------

  document.addEventListener("click", function (event) {
    const chip = near(event, "a.cite, a.number");
    const report = near(event, ".turn a[target=_blank]");
    const button = near(event, "button");
    if (chip) {
      event.preventDefault();
      const there = target(chip);
      if (!there) return;
      hidePeek();
      there.focus({ preventScroll: true });
      there.scrollIntoView({ block: "center" });
      light(there);
    } else if (report) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      opener = report.closest("#peek") ? peeked : report;
      const href = report.getAttribute("href");
      hidePeek();
      tell("open_citation", { article: decodeURIComponent(href.split("?")[0].replace("read/", "")), title: report.textContent });
      openReader(report);
    } else if (!button) {
      return;
    } else if (button.classList.contains("copy")) {
      copy(button);
    } else if (button.classList.contains("offer")) {
      ask(button.textContent);
    } else if (button.classList.contains("adopt")) {
      box.value = button.closest(".understood").querySelector("q").textContent;
      grow();
      box.focus();
    } else if (button.id === "stop") {
      halt(false);
      box.focus();
    } else if (button.id === "back") {
      hideReader();
    } else if (button.id === "close") {
      tell("close", {});
    } else if (button.id === "use") {
      box.value = context.text;
      grow();
      box.focus();
    } else if (button.id === "drop") {
      narrow({ text: context.text });
      box.focus();
    } else if (button.id === "new") {
      halt(false);
      hideReader();
      log.textContent = "";
      asked = [];
      hint("");
      find("welcome").hidden = false;
      welcome();
      box.focus();
    }
  });

  function composing(event) {
    return event.isComposing || event.keyCode === 229;
  }

  function keys(event) {
    if (event.key !== "Escape" || composing(event)) return;
    if (peeked) hidePeek();
    else if (!reader.hidden) hideReader();
    else tell("close", {});
  }

  document.addEventListener("keydown", keys);
  box.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || event.shiftKey || composing(event)) return;
    event.preventDefault();
    ask(box.value);
  });
  box.addEventListener("input", function () {
    grow();
    if (!queued) hint("");
  });
  find("composer").addEventListener("submit", function (event) {
    event.preventDefault();
    ask(box.value);
  });

  // The clock of the progress line.
  let clock = null;
  let began = 0;
  setInterval(function () {
    const shown = document.querySelector(".turn.pending .seconds");
    if (!shown) return;
    const at = performance.now();
    if (shown !== clock) began = at - Number(shown.dataset.seconds) * 1000;
    clock = shown;
    shown.textContent = ((at - began) / 1000).toFixed(1);
  }, 200);

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  function shade() {
    document.body.classList.toggle("dark", dark.matches);
  }
  dark.addListener(shade);
  shade();
  window.addEventListener("message", receive);
  speak(language);
  box.disabled = false; // until here an Enter would have been lost
})();
