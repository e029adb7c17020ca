"""Opens a report.html in headless Chromium without network and prints what the page shows as JSON: report_in_browser.py REPORT PICTURE"""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from browser import Browser

SHOWN = """(() => {
  const texts = (selector, within) => [...(within || document).querySelectorAll(selector)].map(e => e.innerText);
  return {
    title: document.querySelector("h1").innerText,
    outcome: document.querySelector(".outcome").innerText,
    cause: (document.getElementById("cause") || {innerText: ""}).innerText,
    charts: [...document.querySelectorAll(".chart")].map(e => e.querySelector(".name span").innerText),
    // A curve that was drawn has left ink on its canvas.
    drawn: [...document.querySelectorAll(".chart .plot")].map(e => [...e.querySelectorAll("canvas")].some(c =>
      c.width > 0 && c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some(v => v !== 0))),
    words: texts("#words p"),
    tables: [...document.querySelectorAll("table.stages")].map(t => texts("tbody td:first-child", t)),
    bars: [...document.querySelectorAll("table.stages .bar")].map(b => b.getBoundingClientRect().width -
      [...b.children].reduce((sum, piece) => sum + piece.getBoundingClientRect().width, 0)),
    pictures: [...document.querySelectorAll("figure")].map(f => [f.querySelector("figcaption").innerText, f.querySelector("img").naturalWidth]),
    quarantine: [...document.querySelectorAll("#quarantine tbody tr")].map(r => texts("td", r)),
    asked: performance.getEntriesByType("resource").map(r => r.name).filter(n => !n.startsWith("data:")),
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth
  };
})()"""

with Browser() as browser:
    browser.offline()
    browser.open(pathlib.Path(sys.argv[1]).resolve().as_uri())
    browser.wait("document.body && document.body.dataset.drawn === 'yes' && [...document.images].every(i => i.complete)")
    shown = browser.evaluate(SHOWN)
    shown["complaints"] = browser.complaints
    browser.picture(sys.argv[2])
print(json.dumps(shown))
