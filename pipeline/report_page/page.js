// Draws a run's report from the data in the page. Everything that comes from the run is put in as text, never as markup.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);

function make(parent, tag, className, text) {
  const element = parent.appendChild(document.createElement(tag));
  if (className) element.className = className;
  if (text !== undefined && text !== null) element.textContent = text;
  return element;
}
const main = document.querySelector("main");
const number = value => value === null || value === undefined ? "–" : Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3)
  ? value.toExponential(2) : String(Number(value.toPrecision(4)));
const percent = value => (100 * value).toFixed(0) + " %";
function bytes(value) {
  for (const unit of ["B", "KiB", "MiB", "GiB"]) {
    if (value < 1024 || unit === "GiB") return (value < 10 && unit !== "B" ? value.toFixed(1) : value.toFixed(0)) + " " + unit;
    value /= 1024;
  }
}
function duration(seconds) {
  if (seconds < 100) return seconds.toFixed(seconds < 10 ? 2 : 1) + " s";
  const whole = Math.round(seconds), two = n => String(n).padStart(2, "0");
  return (whole >= 3600 ? Math.floor(whole / 3600) + ":" + two(Math.floor(whole / 60) % 60) : Math.floor(whole / 60)) + ":" + two(whole % 60);
}
function section(title, id) {
  const element = make(main, "section");
  element.id = id;
  make(element, "h2", "", title);
  return element;
}

function heading() {
  const title = make(main, "h1", "", data.manifest.graph || "run");
  const outcome = data.account.outcome || "unknown";
  make(title, "span", "outcome " + outcome.split(":")[0], outcome.split(":")[0]);
  if (data.manifest.title) make(main, "p", "subtitle", data.manifest.title);
  if (outcome.startsWith("failed: ")) make(main, "p", "card", outcome.slice(8)).id = "cause";
  const facts = make(main, "div", "facts");
  const threads = data.manifest.threads || {};
  for (const [name, value] of [
    ["took", duration(data.account.wall_s)], ["seed", data.manifest.seed], ["epochs", data.manifest.epochs],
    ["threads", `${threads.pipeline} pipeline, ${threads.intra_op} intra-op, ${threads.decode} decode`],
    ["most bytes in flight", `${bytes(data.account.peak_bytes)} of ${bytes(data.account.memory)}`],
    ["device", `${data.manifest.device}, ${data.manifest.precision}`], ["tivit", data.manifest.tivit]]) {
    const fact = make(facts, "div");
    make(fact, "span", "", name);
    fact.append(value);
  }
}

const shownAtOnce = 8;
function chart(grid, event, name, values) {
  const card = make(grid, "div", "card chart");
  const head = make(card, "div", "name");
  make(head, "span", "", name).title = name;
  const known = values.filter(value => value !== null);
  make(head, "span", "last", known.length ? number(known[known.length - 1]) : "never finite");
  if (known.length < 2) return;
  new Dygraph(make(card, "div", "plot"), event.xs.map((x, i) => [x, values[i]]), {
    labels: [event.x, name], colors: ["#2f6fb5"], strokeWidth: 1.6, gridLineColor: "#e6eaf0", axisLineColor: "#c4ccd6",
    drawPoints: values.length <= 40, pointSize: 2.5, legend: "onmouseover", axisLabelWidth: 46, digitsAfterDecimal: 4,
    axes: { y: { axisLabelFormatter: number, valueFormatter: number } }, xRangePad: 6, yRangePad: 8, animatedZooms: false
  });
}

function curves() {
  if (!data.metrics.length) return;
  const part = section("Figures", "curves");
  for (const event of data.metrics) {
    make(part, "h3", "", `${event.event} over the ${event.x}`);
    const figures = Object.entries(event.figures), grid = make(part, "div", "charts");
    for (const [name, values] of figures.slice(0, shownAtOnce)) chart(grid, event, name, values);
    if (figures.length <= shownAtOnce) continue;
    const more = make(part, "details");
    make(more, "summary", "", `${figures.length - shownAtOnce} more figures`);
    // Drawn when it is opened: a hidden plot has no size.
    more.addEventListener("toggle", () => {
      const rest = make(more, "div", "charts");
      for (const [name, values] of figures.slice(shownAtOnce)) chart(rest, event, name, values);
    }, { once: true });
  }
}

const lacks = [["nothing", "at work", "#2f6fb5"], ["input", "waits for an input", "#cfd6df"], ["room", "waits for room after it", "#e3a33c"],
  ["bytes", "waits for memory", "#c0504d"], ["lease", "waits for a lease", "#8064a2"], ["worker", "waits for a thread", "#4bacc6"],
  ["ended", "through", "#eef1f5"]];

function stageTable(parent, account) {
  const table = make(make(parent, "div", "card scroll"), "table", "stages");
  const head = make(make(table, "thead"), "tr");
  for (const name of ["stage", "busy", "where its time went", "calls", "ms/call", "in", "out", "failed", "dropped", "passed on", "inbox mean",
    "most", "bytes in", "bytes out", "turn"]) make(head, "th", name.startsWith("where") ? "text" : "", name);
  const body = make(table, "tbody");
  for (const stage of account.stages) {
    const row = make(body, "tr");
    const cell = (text, className) => make(row, "td", className || "", text);
    cell(stage.stage);
    cell(account.wall_s > 0 ? percent(stage.busy_s / account.wall_s / stage.limit) + (stage.limit > 1 ? ` of ${stage.limit}` : "") : "–");
    const bar = make(cell(null, "text"), "div", "bar");
    for (const [name, text, colour] of lacks) {
      const share = account.wall_s > 0 ? stage.lacked_s[name] / account.wall_s : 0;
      if (share <= 0) continue;
      const piece = make(bar, "i");
      piece.style.width = 100 * share + "%";
      piece.style.background = colour;
      piece.title = `${text}: ${duration(stage.lacked_s[name])}, ${percent(share)}`;
    }
    cell(stage.calls);
    cell(stage.calls ? number(1e3 * stage.busy_s / stage.calls) : "–");
    cell(stage.in);
    cell(stage.out);
    cell(stage.failed, stage.failed ? "lost" : "");
    cell(stage.dropped, stage.dropped ? "lost" : "");
    cell(stage.passed, stage.passed ? "lost" : "");
    cell(stage.inboxes.length ? number(Math.max(...stage.inboxes.map(inbox => inbox.mean_queued))) : "–");
    cell(stage.inboxes.length ? Math.max(...stage.inboxes.map(inbox => inbox.most_queued)) : "–");
    cell(bytes(stage.bytes_in));
    cell(bytes(stage.bytes_out));
    cell(stage.turn_s > 0 ? duration(stage.turn_s) : "–").title = "finished calls waited so long for older ones, summed over calls";
  }
}

function stages() {
  const part = section("Stages", "stages");
  const words = make(part, "div", "card words");
  words.id = "words";
  for (const sentence of data.account.explanation) make(words, "p", "", sentence);
  const key = make(part, "div", "key");
  for (const [, text, colour] of lacks) {
    const entry = make(key, "span");
    make(entry, "i").style.background = colour;
    entry.append(text);
  }
  make(part, "h3", "", data.manifest.graph || "");
  stageTable(part, data.account);
  for (const [name, account] of Object.entries(data.account.called)) {
    make(part, "h3", "", `${name}, called by it: ${duration(account.wall_s)} in all`);
    stageTable(part, account);
  }
}

function pictures() {
  if (!data.pictures.length) return;
  const part = section("Pictures", "pictures");
  for (const picture of data.pictures) {
    const figure = make(part, "figure", "card");
    make(figure, "figcaption", "", picture.name);
    const image = make(figure, "img");
    image.alt = picture.name;
    image.src = picture.source;
  }
  if (data.pictures_left_out) make(part, "p", "subtitle", `${data.pictures_left_out} more lie in the run directory.`);
}

function quarantine() {
  const cell = value => typeof value === "number" ? number(value) : Array.isArray(value) ? value.join(", ") : value;
  const part = section("Quarantine", "quarantine");
  if (!data.quarantine.length) return void make(part, "p", "subtitle", "No item failed.");
  const keys = [...new Set(data.quarantine.flatMap(line => Object.keys(line)))];
  const table = make(make(part, "div", "card scroll"), "table");
  const head = make(make(table, "thead"), "tr");
  for (const key of keys) make(head, "th", "text", key);
  const body = make(table, "tbody");
  for (const line of data.quarantine) {
    const row = make(body, "tr");
    for (const key of keys) make(row, "td", "text", cell(line[key]));
  }
  if (data.quarantine_left_out) make(part, "p", "subtitle", `${data.quarantine_left_out} more stand in quarantine.jsonl.`);
}

function origins() {
  const part = section("What ran", "origins");
  for (const [name, text] of [["graph.toml", data.graph], ["manifest.json", JSON.stringify(data.manifest, null, 2)]]) {
    const details = make(part, "details", "card");
    make(details, "summary", "", name);
    make(details, "pre", "", text);
  }
}

heading();
curves();
stages();
pictures();
quarantine();
origins();
document.body.dataset.drawn = "yes";
