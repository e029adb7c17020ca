"""Headless Chromium over its DevTools pipe: opens a page, evaluates expressions in it, takes a picture. Nothing but Debian's package is needed."""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def program():
    """Its path, or None."""
    return next((path for path in map(shutil.which, PROGRAMS) if path), None)


class Browser:
    def __init__(self, width=1280, height=1600):
        self.profile = tempfile.mkdtemp(prefix="tivit-browser-")
        self.buffer, self.number, self.complaints = b"", 0, []
        to_browser, self.write_to = os.pipe()
        self.read_from, from_browser = os.pipe()

        def pipes():  # the browser reads file descriptor 3 and writes 4
            os.dup2(to_browser, 100)
            os.dup2(from_browser, 101)
            os.dup2(100, 3)
            os.dup2(101, 4)

        self.process = subprocess.Popen(
            [program(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-pipe",
             f"--user-data-dir={self.profile}", f"--window-size={width},{height}", "--hide-scrollbars", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False, preexec_fn=pipes)
        os.close(to_browser)
        os.close(from_browser)
        target = next(t for t in self.send("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self.page(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.write_to)
        os.close(self.read_from)
        shutil.rmtree(self.profile, ignore_errors=True)

    def message(self):
        while b"\0" not in self.buffer:
            if not select.select([self.read_from], [], [], 120)[0]:
                raise RuntimeError("the browser has said nothing for 120 s")
            chunk = os.read(self.read_from, 1 << 20)
            if not chunk:
                raise RuntimeError("the browser has ended")
            self.buffer += chunk
        text, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(text)
        if message.get("method") == "Runtime.exceptionThrown":
            details = message["params"]["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        return message

    def send(self, method, session=None, **params):
        self.number += 1
        number = self.number
        request = {"id": number, "method": method, "params": params}
        if session:
            request["sessionId"] = session
        os.write(self.write_to, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]

    def page(self, method, **params):
        return self.send(method, session=self.session, **params)

    def offline(self):
        """From now on the page reaches nothing."""
        self.page("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1, uploadThroughput=-1)

    def open(self, url):
        self.page("Page.navigate", url=url)

    def evaluate(self, expression):
        """The value of a JavaScript expression, awaited where it is a promise."""
        answer = self.page("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description") or details["text"])
        return answer["result"].get("value")

    def wait(self, expression, seconds=120):
        """Until it is true; what it then is."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                value = self.evaluate(expression)
            except RuntimeError as error:  # the page is just being replaced
                value, self.last_error = None, error
            if value:
                return value
            time.sleep(0.2)
        raise RuntimeError(f"not true after {seconds} s: {expression}")

    def picture(self, path, whole=True):
        """A PNG of the page."""
        data = self.page("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
