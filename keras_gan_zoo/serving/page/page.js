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

function drawAll() {
  return Promise.all([drawPath(), drawSamples()]);
}

function chooseModel() {
  const { version, num_classes: classes, class_names, about } = chosen();
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

const DRAWS = { start: drawPath, end: drawPath, first: drawSamples };

for (const [id, seed] of [["start", 1], ["end", 2], ["first", 0]]) {
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
$("position").addEventListener("input", drawBetween);
$("play").addEventListener("click", play);
$("class").addEventListener("change", drawAll);
$("model").addEventListener("change", chooseModel);
listModels();
