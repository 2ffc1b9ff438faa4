"""That those who are compared play the same games on the same networks.

`pip install -r benchmarks/requirements-peers.txt` brings the peers. The tests
of those that aren't there are skipped.
"""

import importlib
import importlib.util

import keras
import numpy as np
import pytest
import tensorflow as tf

from benchmarks.training import games, keras_networks, zoo_steps
from keras_gan_zoo import noise

# Of all players together, by width.
PARAMETERS = {
    "VanillaGAN": {16: 122_034, 64: 684_738, 128: 1_893_762},
    "DCGAN": {16: 122_066, 64: 684_866, 128: 1_894_018},
    "LSGAN": {16: 122_034, 64: 684_738, 128: 1_893_762},
    "WGAN": {16: 122_034, 64: 684_738, 128: 1_893_762},
    "WGANGP": {16: 122_034, 64: 684_738, 128: 1_893_762},
    "DRAGAN": {16: 122_034, 64: 684_738, 128: 1_893_762},
    "CGAN": {16: 137_724, 64: 747_468, 128: 2_019_212},
    "InfoGAN": {16: 343_488, 64: 1_564_752, 128: 3_651_856},
    "ACGAN": {16: 153_404, 64: 810_188, 128: 2_144_652},
    "EBGAN": {16: 331_266, 64: 1_619_778, 128: 4_025_922},
    "BEGAN": {16: 331_266, 64: 1_619_778, 128: 4_025_922},
}
GAMES = pytest.mark.parametrize("name", games.MODELS)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.fixture
def build(torch):
    """Returns a function that builds a game of PyTorch on small networks."""
    networks = importlib.import_module("benchmarks.training.torch_networks")
    steps = importlib.import_module("benchmarks.training.torch_steps")
    torch.manual_seed(0)

    def build(name, precision="float32"):
        return steps.build(name, networks.networks(name, 4), precision)

    return build


@pytest.fixture
def batches(torch):
    """Returns a function of a game and a number of batches, all the same."""
    worker = importlib.import_module("benchmarks.training.torch_worker")

    def batches(name, number):
        return [next(worker.data(name))] * number

    return batches


def largest(network):
    return max(float(w.detach().abs().max()) for w in network.parameters())


@pytest.mark.parametrize(
    "width", [16, *(pytest.param(w, marks=pytest.mark.slow) for w in (64, 128))]
)
@GAMES
def test_keras_trains_as_many_parameters_as_all(name, width):
    networks = keras_networks.networks(name, width).values()
    variables = [v for net in networks for v in net.trainable_variables]
    number = sum(int(np.prod(v.shape)) for v in variables)
    assert number == PARAMETERS[name][width]
    keras.backend.clear_session()


@GAMES
def test_pytorch_trains_as_many_parameters_as_all(name, torch):
    networks = importlib.import_module("benchmarks.training.torch_networks")
    for width, expected in PARAMETERS[name].items():
        with torch.device("meta"):
            built = networks.networks(name, width).values()
        weights = [weight for net in built for weight in net.parameters()]
        assert sum(weight.numel() for weight in weights) == expected


def same_inputs(name, model, game, torch, monkeypatch):
    """Lets both draw the same latents; returns the same images and labels.

    Where a penalty looks is 0.3 of the way.
    """
    rng = np.random.default_rng(0)
    number = 8
    latents = rng.uniform(-1.0, 1.0, (number, games.latent_dim(name)))
    drawn, labels = rng.integers(0, games.NUM_CLASSES, (2, number))
    if name == "InfoGAN":
        code = slice(games.LATENT_DIM, -games.NUM_CODES)
        latents[:, code] = np.eye(games.NUM_CLASSES)[drawn]
    latents = latents.astype("float32")
    prior = tf.constant(latents), tf.constant(drawn)
    if name not in games.CONDITIONAL:
        prior = prior[0]
    model.sample_prior = lambda *_: prior
    monkeypatch.setattr(
        noise, "uniform", lambda shape, *_: tf.fill(tf.stack(shape), 0.3)
    )
    latents, drawn = torch.tensor(latents), torch.tensor(drawn)
    game.latents = lambda _: latents
    codes = latents[:, -games.NUM_CODES :]
    game.latents_and_codes = lambda _: (latents, (drawn, codes))
    steps = importlib.import_module("benchmarks.training.torch_steps")
    monkeypatch.setattr(steps, "drawn_labels", lambda _: drawn)
    monkeypatch.setattr(torch, "rand", lambda *shape: torch.full(shape, 0.3))
    monkeypatch.setattr(torch, "rand_like", lambda x: torch.full_like(x, 0.3))
    images = rng.uniform(-1.0, 1.0, (number, *games.IMAGE_SHAPE))
    images = images.astype("float32")
    labelled = (tf.constant(images), tf.constant(labels))
    return (
        labelled if name in games.CONDITIONAL else labelled[0],
        (torch.tensor(images).permute(0, 3, 1, 2), torch.tensor(labels)),
    )


def as_in_pytorch(value):
    """Transposes a kernel or its gradient."""
    value = np.asarray(value)
    return value.transpose(3, 2, 0, 1) if value.ndim == 4 else value.T


@GAMES
def test_pytorch_has_the_zoo_s_losses_and_gradients(
    name, torch, build, monkeypatch
):
    game = build(name)
    networks = zoo_steps.networks(name, 4)
    model = zoo_steps.build(name, networks)
    for key, network in networks.items():
        weights = getattr(game, key).parameters()
        for weight, variable in zip(weights, network.trainable_variables):
            value = as_in_pytorch(variable)
            assert value.shape == weight.shape
            weight.detach().copy_(torch.tensor(value))
    if name == "BEGAN":
        model.balance.assign(0.3)
        game.balance.fill_(0.3)
    inputs, batch = same_inputs(name, model, game, torch, monkeypatch)
    for player, players_networks in model.players.items():
        expected = getattr(model, f"{player}_loss")
        loss = getattr(game, f"{player}_loss")(*batch)
        with tf.GradientTape() as tape:
            value = expected(inputs)
        assert loss.item() == pytest.approx(float(value), rel=1e-4)
        variables = [
            variable.value
            for network in players_networks
            for variable in network.trainable_variables
        ]
        gradients = tape.gradient(
            value, variables, unconnected_gradients="zero"
        )
        movers = game.opponents
        if player == "generator":
            movers = [game.generator]
        weights = [w for mover in movers for w in mover.parameters()]
        found = torch.autograd.grad(loss, weights, materialize_grads=True)
        for one, other in zip(found, gradients, strict=True):
            np.testing.assert_allclose(
                one, as_in_pytorch(other), rtol=1e-3, atol=1e-5
            )


@GAMES
@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_pytorch_moves_both_players(name, precision, torch, build, batches):
    game = build(name, precision)
    networks = [game.generator, *game.opponents]
    weights = [weight for net in networks for weight in net.parameters()]
    first = [weight.detach().clone() for weight in weights]
    for batch in batches(name, 2):
        game.step(*batch)
    assert all(torch.isfinite(loss) and loss for loss in game.losses.values())
    resting = []
    for weight, was in zip(weights, first):
        assert weight.requires_grad and weight.dtype == torch.float32
        assert torch.isfinite(weight).all()
        if torch.equal(weight, was):
            resting.append(weight.numel())
    # The bias of a score, which the difference of means doesn't depend on.
    assert resting == ([1] if name == "WGANGP" else [])


@GAMES
def test_pytorch_s_discriminator_learns(name, build, batches):
    game = build(name)
    losses = []
    for images, labels in batches(name, 20):
        size = games.BATCH_SIZE
        game.move("discriminator", images[:size], labels[:size])
        losses.append(float(game.losses["discriminator"]) - sum(losses))
    assert sum(losses[-5:]) < sum(losses[:5])


def test_pytorch_s_critics_see_other_images_at_each_move(torch, build, batches):
    game = build("WGAN")
    seen = []
    game.discriminator.register_forward_pre_hook(
        lambda _, inputs: seen.append(inputs[0].detach().clone())
    )
    ((images, labels),) = batches("WGAN", 1)
    game.step(images, labels)
    assert len(seen) == 11  # Five fake and five real batches, and the last.
    assert torch.equal(torch.cat(seen[1:10:2]), images)
    fakes = torch.cat([*seen[:10:2], seen[10]])
    assert len(fakes.flatten(1).unique(dim=0)) == 6 * games.BATCH_SIZE


def test_pytorch_s_wgan_clips_its_critic_alone(build, batches):
    game = build("WGAN")
    for batch in batches("WGAN", 1):
        game.step(*batch)
    assert largest(game.discriminator) == pytest.approx(games.CLIP_LIMIT)
    assert largest(game.generator) > 0.1


def test_pytorch_s_penalty_is_of_each_image_s_gradient(torch, build):
    build("WGANGP")
    steps = importlib.import_module("benchmarks.training.torch_steps")
    kernel = torch.full((28 * 28, 1), 0.1, requires_grad=True)

    def critic(images):
        return images.flatten(1) @ kernel

    images = torch.rand(2, 3, 1, 28, 28)
    penalty = steps.gradient_penalty(critic, *images)
    # The norm is 0.1 * 28 everywhere.
    assert float(penalty.detach()) == pytest.approx(1.8**2, rel=1e-5)
    penalty.backward()
    expected = 2 * 1.8 * kernel.detach() / 2.8
    torch.testing.assert_close(kernel.grad, expected, rtol=1e-4, atol=0.0)


@pytest.mark.parametrize("name", ["WGANGP", "DRAGAN"])
def test_pytorch_s_penalty_moves_the_critic(name, torch, build):
    game = build(name)
    steps = importlib.import_module("benchmarks.training.torch_steps")
    images = torch.rand(2, 4, 1, 28, 28)
    steps.gradient_penalty(game.discriminator, *images).backward()
    gradients = {
        name: weight.grad
        for name, weight in game.discriminator.named_parameters()
    }
    for name, gradient in gradients.items():
        reached = gradient is not None and bool(gradient.any())
        assert reached == name.endswith("weight"), name


@pytest.mark.filterwarnings("ignore")  # They are torchgan's to mend.
@pytest.mark.parametrize("name", ["DCGAN", "WGANGP"])
def test_torchgan_moves_both_players(name, torch, batches, tmp_path):
    if importlib.util.find_spec("torchgan") is None:
        pytest.skip("torchgan isn't there")
    worker = importlib.import_module("benchmarks.training.torchgan_worker")
    networks = importlib.import_module("benchmarks.training.torch_networks")
    built = networks.networks(name, 4)
    trainer = worker.build(name, built, tmp_path)
    first = {
        player: [weight.detach().clone() for weight in network.parameters()]
        for player, network in built.items()
    }
    for images, _ in batches(name, 3):
        worker.step(trainer, images)
    counts = trainer.loss_information
    assert counts["generator_iters"] == 3
    # Those of the penalty count as well.
    updates = {"DCGAN": 1, "WGANGP": 2 * 5}[name]
    assert counts["discriminator_iters"] == 3 * updates
    for player, network in built.items():
        moved = [
            not torch.equal(weight, was)
            for weight, was in zip(network.parameters(), first[player])
        ]
        assert sum(moved) >= len(moved) - 1  # But for the score's bias.
        assert counts[f"{player}_losses"] != 0.0
