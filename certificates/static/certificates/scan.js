// Reads the square code of a certificate with the camera, where the browser itself can read codes. Pictures stay in
// the page: nothing is sent but the number, as if it had been typed.

for (const form of document.querySelectorAll("[data-scan]")) {
  if ("BarcodeDetector" in window && navigator.mediaDevices) prepare(form);
}

function prepare(form) {
  const start = form.querySelector("[data-scan-start]");
  const view = form.querySelector("[data-scan-view]");
  const refused = form.querySelector("[data-scan-refused]");
  const video = view.querySelector("video");
  let camera = null;

  start.hidden = false;
  start.addEventListener("click", async () => {
    refused.hidden = true;
    try {
      camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = camera;
      view.hidden = false;
      start.hidden = true;
      await video.play();
      read(new BarcodeDetector({ formats: ["qr_code"] }));
    } catch {
      stop();
      refused.hidden = false;
    }
  });
  form.querySelector("[data-scan-stop]").addEventListener("click", stop);
  addEventListener("pagehide", stop);

  function stop() {
    camera?.getTracks().forEach((track) => track.stop());
    camera = null;
    view.hidden = true;
    start.hidden = false;
  }

  async function read(detector) {
    while (camera) {
      for (const code of await detector.detect(video).catch(() => [])) {
        const number = numberIn(code.rawValue);
        if (number) {
          stop();
          form.elements.number.value = number;
          form.requestSubmit();
          return;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }
}

// The code holds the address of the certificate's page; only the number is taken from it, never the address followed.
export function numberIn(text) {
  const match = /(?:^|\/verify\/)([0-9A-Za-z]{4}(?:-[0-9A-Za-z]{4}){4})\/?$/.exec(text.trim());
  return match ? match[1] : null;
}
