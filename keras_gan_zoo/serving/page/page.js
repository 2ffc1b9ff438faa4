// Samples come by TensorFlow Serving's own API; paths between seeds, the grid
// to download and the list of models by the page's.

const COLUMNS = 8;
const SAMPLES = 64;
const LARGEST_SEED = 2n ** 63n - 1n;

const $ = (id) => document.getElementById(id);
const models = new Map();
const latest = new Map(); // The number of the last task of each kind.
const mistakes = new Map(); // What went wrong with the last of each kind.

class Mistake extends Error {} // What a person can mend, said in words.

function chosen() {
  return models.get($("model").value);
}

function seedOf(id) {
  const text = $(id).value.trim();
  const seed = /^-?\d{1,19}$/.test(text) ? BigInt(text) : null;
  if (seed === null || seed > LARGEST_SEED || seed < -LARGEST_SEED) {
    throw new Mistake(`A seed is a whole number of 64 bits, not “${text}”.`);
  }
  return seed;
}

async function answerOf(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch {
    throw new Mistake("The server does not answer. Is it still running?");
  }
  if (!response.ok) {
    const text = await response.text();
    let message = `${response.status} ${response.statusText}`;
    try {
      message = JSON.parse(text).error;
    } catch {
      // A server in between has its own form.
    }
    throw new Mistake(message);
  }
  return response;
}

// Runs a task and shows what came of it, unless a later one of its kind has
// begun meanwhile. What goes wrong stays in sight until it goes right.
async function run(kind, task) {
  const number = (latest.get(kind) ?? 0) + 1;
  latest.set(kind, number);
  const isCurrent = () => latest.get(kind) === number;
  try {
    const show = await task();
    if (!isCurrent()) return;
    mistakes.delete(kind);
    show();
  } catch (error) {
    if (!isCurrent()) return;
    if (!(error instanceof Mistake)) console.error(error);
    mistakes.set(kind, error.message);
  }
  $("error").textContent = [...new Set(mistakes.values())].join(" ");
  $("error").hidden = mistakes.size === 0;
}

function query(parameters) {
  const pairs = Object.entries({ model: $("model").value, ...parameters });
  const { num_classes: classes } = chosen();
  if (classes !== null) pairs.push(["label", $("class").value]);
  return new URLSearchParams(pairs).toString();
}

async function pngs(seeds) {
  const { name, num_classes: classes } = chosen();
  // Seeds go into the text as they are: JSON's numbers are exact, those of
  // JavaScript only up to 53 bits.
  const inputs = [`"seeds": [${seeds.join(", ")}]`];
  if (classes !== null) {
    const labels = Array(seeds.length).fill($("class").value);
    inputs.push(`"labels": [${labels.join(", ")}]`);
  }
  const response = await answerOf(
    `v1/models/${encodeURIComponent(name)}:predict`,
    {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body:
        `{"signature_name": "sample_png", ` +
        `"inputs": {${inputs.join(", ")}}}`,
    },
  );
  const { outputs } = await response.json();
  return outputs.map(({ b64 }) => `data:image/png;base64,${b64}`);
}

function drawEnds() {
  return run("ends", async () => {
    const [start, end] = await pngs([seedOf("start"), seedOf("end")]);
    return () => {
      $("start-image").src = start;
      $("end-image").src = end;
    };
  });
}

function drawBetween() {
  const position = Number($("position").value);
  $("position-text").value = position.toFixed(2);
  return run("between", async () => {
    const response = await answerOf(
      `page/between.png?${query({
        start: seedOf("start"),
        end: seedOf("end"),
        position,
      })}`,
    );
    const url = URL.createObjectURL(await response.blob());
    return () => {
      URL.revokeObjectURL($("between-image").src);
      $("between-image").src = url;
    };
  });
}

function drawSamples() {
  return run("samples", async () => {
    const first = seedOf("first");
    const seeds = Array.from({ length: SAMPLES }, (_, i) => first + BigInt(i));
    if (seeds.at(-1) > LARGEST_SEED) {
      throw new Mistake("The last of these seeds has more than 64 bits.");
    }
    const sources = await pngs(seeds);
    return () => {
      $("download").href = `page/grid.png?${query({
        first,
        number: SAMPLES,
        columns: COLUMNS,
      })}`;
      $("samples").replaceChildren(
        ...sources.map((source, i) => sampleButton(source, seeds[i])),
      );
    };
  });
}

function sampleButton(source, seed) {
  const image = new Image();
  image.src = source;
  image.alt = `Sample of seed ${seed}`;
  const button = document.createElement("button");
  button.title = `Seed ${seed}`;
  button.append(image);
  button.addEventListener("click", (event) => {
    $(event.shiftKey ? "end" : "start").value = seed;
    drawPath();
  });
  return button;
}

function drawPath() {
  return Promise.all([drawEnds(), drawBetween()]);
}

function drawKind() {
  return run("kind", async () => {
    const address = query({ first: seedOf("kind-first") });
    const response = await answerOf(`page/samples.png?${address}`);
    const url = URL.createObjectURL(await response.blob());
    return () => {
      URL.revokeObjectURL($("kind-image").src);
      $("kind-image").src = url;
      $("kind-download").href = `page/samples?${address}`;
      $("kind-sound").hidden = chosen().suffix !== "wav";
      if (chosen().suffix === "wav") {
        $("kind-sound").src = `page/samples?${address}`;
      } else {
        $("kind-sound").removeAttribute("src");
      }
    };
  });
}

// Draws a picture where it is shown, in the size that the model takes.
function drawGiven(bitmap, [height, width]) {
  const canvas = $("given");
  canvas.width = width ?? bitmap.width;
  canvas.height = height ?? bitmap.height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

// Returns rows of pixels in [0, 1], with as many channels as the model takes.
function pixelsOf({ data, width, height }, channels) {
  const pixelAt = (i) => {
    const alpha = data[i + 3] / 255;
    // Without alpha, it lies on white.
    const ground = channels % 2 ? 1 - alpha : 0;
    const cover = channels % 2 ? alpha : 1;
    const colors = [0, 1, 2].map((c) => (cover * data[i + c]) / 255 + ground);
    const grey = 0.299 * colors[0] + 0.587 * colors[1] + 0.114 * colors[2];
    const seen = channels < 3 ? [grey] : colors;
    const values = channels % 2 ? seen : [...seen, alpha];
    return values.map((value) => Math.min(1, Math.max(0, value)));
  };
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => pixelAt(4 * (y * width + x))),
  );
}

function drawMade(rows) {
  const canvas = $("made");
  canvas.height = rows.length;
  canvas.width = rows[0].length;
  const pixels = rows.flat().flatMap((values) => {
    const colors = values.length < 3 ? Array(3).fill(values[0]) : values;
    const alpha = values.length % 2 ? 1 : values.at(-1);
    return [...colors.slice(0, 3), alpha].map((value) => 255 * value);
  });
  const data = new Uint8ClampedArray(pixels);
  const image = new ImageData(data, canvas.width, canvas.height);
  canvas.getContext("2d").putImageData(image, 0, 0);
}

let given = null; // The file of the last picture.

function translate() {
  return run("translate", async () => {
    const wanted = chosen().translations[$("translation").value];
    $("noise-choice").hidden = !wanted.seeds;
    if (given === null) return () => {};
    let bitmap;
    try {
      bitmap = await createImageBitmap(given);
    } catch {
      throw new Mistake(`“${given.name}” is no picture that can be read.`);
    }
    const { size } = wanted;
    const images = [pixelsOf(drawGiven(bitmap, size), size[2])];
    const inputs = [`"images": ${JSON.stringify(images)}`];
    if (wanted.seeds) inputs.push(`"seeds": [${seedOf("noise")}]`);
    if (wanted.labels) inputs.push(`"labels": [${$("class").value}]`);
    const response = await answerOf(
      `v1/models/${encodeURIComponent(chosen().name)}:predict`,
      {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body:
          `{"signature_name": ${JSON.stringify(wanted.signature)}, ` +
          `"inputs": {${inputs.join(", ")}}}`,
      },
    );
    const { outputs } = await response.json();
    return () => drawMade(outputs[0]);
  });
}

function takePicture(file) {
  if (!file) return;
  given = file;
  translate();
}

function drawAll() {
  const { latents, kind, translations } = chosen();
  return Promise.all([
    ...(latents ? [drawPath(), drawSamples()] : []),
    ...(kind === null ? [] : [drawKind()]),
    ...(translations.length ? [translate()] : []),
  ]);
}

function showViews() {
  const { latents, kind, suffix, translations } = chosen();
  const views = { latents, kind, translations: translations.length > 0 };
  for (const section of document.querySelectorAll("[data-view]")) {
    section.hidden = !views[section.dataset.view];
  }
  for (const name of ["ends", "between", "samples", "kind", "translate"]) {
    mistakes.delete(name); // They were of another model.
  }
  $("translation").replaceChildren(
    ...translations.map(
      ({ signature }, i) =>
        new Option(signature.replace(/^translate_(to_)?/, ""), i),
    ),
  );
  $("kind-hint").textContent =
    suffix === "csv" || suffix === "npz"
      ? `The file has all samples of the picture, as .${suffix}.`
      : `The file has the sample of the first seed, as .${suffix}.`;
}

function chooseModel() {
  const { version, num_classes: classes, class_names, about } = chosen();
  showViews();
  $("about").textContent = `version ${version}, ${about}`;
  $("class-choice").hidden = classes === null;
  $("class").replaceChildren(
    ...Array.from(
      { length: classes ?? 0 },
      (_, i) => new Option(class_names?.[i] ?? i, i),
    ),
  );
  return drawAll();
}

async function listModels() {
  await run("models", async () => {
    const response = await answerOf("page/models");
    const found = await response.json();
    if (found.length === 0) {
      throw new Mistake(
        "There is no generator here yet. Export one into the folder that " +
          "this server watches, and reload the page.",
      );
    }
    return () => {
      for (const model of found) models.set(model.name, model);
      $("model").replaceChildren(
        ...found.map(({ name }) => new Option(name, name)),
      );
      document.querySelector("main").hidden = false;
      chooseModel();
    };
  });
}

let isPlaying = false;

async function play() {
  isPlaying = !isPlaying;
  $("play").setAttribute("aria-pressed", isPlaying);
  $("play").textContent = isPlaying ? "Pause" : "Play";
  let step = 0.02;
  while (isPlaying) {
    const position = Number($("position").value);
    if (position + step < 0 || position + step > 1) step = -step;
    $("position").value = position + step;
    await drawBetween();
    await new Promise((done) => setTimeout(done, 40));
  }
}

const DRAWS = {
  start: drawPath,
  end: drawPath,
  first: drawSamples,
  "kind-first": drawKind,
};
const SEEDS = { start: 1, end: 2, first: 0, "kind-first": 0 };

for (const [id, seed] of Object.entries(SEEDS)) {
  $(id).value = seed;
  $(id).addEventListener("change", DRAWS[id]);
}
for (const button of document.querySelectorAll("[data-dice]")) {
  button.addEventListener("click", () => {
    const { dice } = button.dataset;
    $(dice).value = Math.floor(Math.random() * 1e6);
    DRAWS[dice]();
  });
}
$("picture").addEventListener("change", () =>
  takePicture($("picture").files[0]),
);
$("drop").addEventListener("dragover", (event) => event.preventDefault());
$("drop").addEventListener("drop", (event) => {
  event.preventDefault();
  takePicture(event.dataTransfer.files[0]);
});
$("translation").addEventListener("change", translate);
$("noise").addEventListener("change", translate);
$("position").addEventListener("input", drawBetween);
$("play").addEventListener("click", play);
$("class").addEventListener("change", drawAll);
$("model").addEventListener("change", chooseModel);
listModels();
