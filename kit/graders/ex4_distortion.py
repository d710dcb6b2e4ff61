"""Exercise 4: elastic distortion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor

from kit.feedback.checks import Refused, ask, check_tensor
from kit.feedback.diagnosis import Near
from kit.graders.drawing import given
from kit.submission import Call, Generator, Raised, Reply, Submission, show
from kit.truth import distortion
from kit.truth.strategies import Arguments

# Statistics are taken over FIELDS draws of a map cut by MARGIN at its border. A Gaussian field of sigma pixels has one
# independent number in 4πσ² pixels: with sigma 2 some 10,500 in all, so that the deviation is known to 0.7 %, the two
# correlations to 0.004 and 0.008, and the mean to 0.01 deviations. Each tolerance below holds six standard errors or
# more and what a kernel cut at 3 sigma changes (0.5 %), and is half of what the nearest misconception changes.
HEIGHT, WIDTH, SIGMA, FIELDS, MARGIN = 240, 320, 2, 4, 10
DEVIATION, CORRELATIONS, MEAN, BETWEEN = 0.06, (0.04, 0.06), 0.12, 0.12
# The homework's own sigma is wider, and a kernel of a fixed width is then cut short. 8 fields with sigma 5 hold 2,850
# independent numbers: the same six standard errors are 8 %, 0.05 and 0.1, and a kernel cut at 2 sigma changes 13 %.
WIDE, WIDE_FIELDS, WIDE_MARGIN = 5, 8, 20
WIDE_DEVIATION, WIDE_CORRELATIONS = 0.08, (0.05, 0.1)


def test_displacement_field(submission: Submission) -> None:
    """Blurred noise of the right size, from the generator alone."""
    question = submission.displacement_field
    small = {"height": 9, "width": 14, "alpha": 3.0, "sigma": 1.5, "generator": Generator(1)}
    shape = (2, 9, 14)
    expected = f"a float tensor of shape {shape}"
    first = ask(question, small, expected, times=2, seed=1)
    for value in first.values:
        require_float(first.call, value, shape)
    same = ask(question, small, expected, times=2, seed=2)
    if not all(torch.equal(one, other) for one, other in zip(first.values, same.values, strict=True)):
        raise Refused(
            first.call, "returned another field the second time", "the same field for the same generator: draws come from it alone"
        )
    if torch.equal(first.values[0], first.values[1]):
        raise Refused(
            first.call, "returned the same field again from a generator that had moved on", "another field: draws come from the generator"
        )
    other = ask(question, {**small, "generator": Generator(2)}, expected, seed=1)
    if torch.equal(first.values[0], other.value):
        raise Refused(other.call, "returned the field of torch.Generator().manual_seed(1)", "another one: draws come from the generator")
    without = ask(question, {**small, "generator": None}, expected)
    require_float(without.call, without.value, shape)

    alpha = 5.0
    # sigma 0.2 leaves the noise as it is: the Gaussian's neighbours weigh e^−12.5.
    noise = ask(question, {"height": 90, "width": 120, "alpha": alpha, "sigma": 0.2, "generator": Generator(3)}, "uniform noise")
    require_float(noise.call, noise.value, (2, 90, 120))
    inside = noise.value[:, 2:-2, 2:-2]
    low, high = float(inside.min()), float(inside.max())
    # Of 20,000 uniform draws the outermost lie within 0.2 % of the bounds but for one time in 10⁸.
    if not (-1.001 * alpha <= low <= -0.99 * alpha and 0.99 * alpha <= high <= 1.001 * alpha):
        expected = f"noise that reaches from −{alpha:g} to {alpha:g}   = alpha · uniform(−1, 1), hardly blurred by sigma = 0.2"
        raise Refused(noise.call, f"returned a field whose numbers reach from {low:.3g} to {high:.3g}", expected)
    flat = float(inside.double().std()) / alpha
    if abs(flat - 3**-0.5) > 0.02:  # 20,000 draws know it to 0.002
        raise Refused(noise.call, f"returned a field of standard deviation {flat * alpha:.3f}", f"{alpha * 3**-0.5:.3f}   = alpha·√(1/3)")

    call, fields = drawn_fields(submission, alpha)
    refuse_statistics(call, distortion.measure(fields, SIGMA), alpha)
    call, fields = drawn_fields(submission, alpha, WIDE, WIDE_FIELDS, WIDE_MARGIN)
    refuse_statistics(call, distortion.measure(fields, WIDE), alpha, WIDE, WIDE_DEVIATION, WIDE_CORRELATIONS)


def drawn_fields(
    submission: Submission, alpha: float, sigma: float = SIGMA, count: int = FIELDS, margin: int = MARGIN
) -> tuple[Call, Tensor]:
    """Large fields of one generator, cut at the border: (count, 2, h, w)."""
    case = {"height": HEIGHT, "width": WIDTH, "alpha": alpha, "sigma": float(sigma), "generator": Generator(4 + submission.seed)}
    reply = ask(submission.displacement_field, case, f"a float tensor of shape {(2, HEIGHT, WIDTH)}", times=count)
    for value in reply.values:
        require_float(reply.call, value, (2, HEIGHT, WIDTH))
    return reply.call, torch.stack(reply.values)[:, :, margin:-margin, margin:-margin]


def refuse_statistics(
    call: Call | str,
    found: distortion.Measured,
    alpha: float,
    sigma: int = SIGMA,
    deviation: float = DEVIATION,
    correlations: tuple[float, float] = CORRELATIONS,
) -> None:
    """Refuse fields whose deviation, mean or correlations are not those of blurred uniform noise."""
    want = distortion.standard_deviation(alpha, sigma)
    if not abs(found.deviation / want - 1) <= deviation:
        formula = f"{want:.3f}   = alpha·√(1/3) / (2·sigma·√π), away from the border"
        raise Refused(call, f"gave displacements of standard deviation {found.deviation:.3f}", formula)
    if abs(found.mean) > MEAN * want:
        raise Refused(call, f"gave displacements of mean {found.mean:.3f}", "0   since the noise is uniform in (−1, 1)")
    for axis, measured in (("rows", found.down), ("columns", found.along)):
        for lag, value, tolerance in zip((sigma, 2 * sigma), measured, correlations, strict=True):
            right = distortion.correlation(lag, sigma)
            if abs(value - right) > tolerance:
                raise Refused(
                    call,
                    f"gave displacements whose correlation {lag} {axis} apart is {value:.3f}",
                    f"{right:.3f}   = e^(−{lag}²/(4·sigma²)), as a Gaussian of sigma = {sigma} along both axes leaves it",
                )
    if abs(found.between) > BETWEEN:
        raise Refused(call, f"gave row and column displacements of correlation {found.between:.3f}", "0   since each has noise of its own")


def require_float(call: Call, value: Any, shape: tuple[int, ...]) -> None:
    """Refuse anything but a finite float tensor of this shape."""
    expected = f"a float tensor of shape {shape}"
    if type(value) is not torch.Tensor or not value.is_floating_point():
        raise Refused(call, f"returned {show(value)}", expected)
    if tuple(value.shape) != shape:
        raise Refused(call, f"returned a tensor of shape {tuple(value.shape)}", expected)
    if not value.isfinite().all():
        raise Refused(call, "returned a tensor with infinite numbers or nan in it", expected)


# --- warp -------------------------------------------------------------------------------------------------------


@st.composite
def warps(draw: st.DrawFn) -> Arguments:
    """image (H, W) or (C, H, W) with H ≠ W, and a field (2, H, W).

    Every place that is asked for lies within the image or a whole pixel outside it: between the last pixel and the
    next, "zero outside" can be read in two ways.
    """
    height, width = draw(st.sampled_from([(3, 5), (5, 3), (4, 7), (7, 4), (2, 6), (6, 2)]))
    channels = draw(st.sampled_from([0, 1, 3]))
    kind = draw(st.sampled_from(["fractions", "whole", "none"]))
    numbers = torch.Generator().manual_seed(draw(st.integers(0, 10_000)))
    image = torch.rand((channels, height, width) if channels else (height, width), generator=numbers) + 0.5
    if kind == "none":
        return {"image": image, "field": torch.zeros(2, height, width)}
    grid = torch.stack(torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")).float()
    sides = torch.tensor([height, width]).reshape(2, 1, 1)
    if kind == "whole":
        target = torch.floor(torch.rand(2, height, width, generator=numbers) * (sides + 4)) - 2
    else:
        target = 0.02 + torch.rand(2, height, width, generator=numbers) * (sides - 1.04)
        outside = torch.rand(2, height, width, generator=numbers) < 0.15
        beyond = 1.05 + 2 * torch.rand(2, height, width, generator=numbers)
        before = torch.rand(2, height, width, generator=numbers) < 0.5
        target = torch.where(outside, torch.where(before, -beyond, sides - 1 + beyond), target)
    return {"image": image, "field": target - grid}


@given(warps(), examples=80)
def test_warp(submission: Submission, case: Arguments) -> None:
    """Each pixel comes from where its displacement points."""
    want = distortion.warp(**case)
    reply = ask(submission.warp, case, f"a tensor like image: float32 of shape {tuple(want.shape)}")
    # grid_sample goes by way of −1 … 1 in float32, which moves a place by some 1e-6 pixels; the image's slope is below 1.
    why = "output[…, y, x] = image at (y + field[0, y, x], x + field[1, y, x]), bilinear, zero outside"
    check_tensor(reply.call, reply.value, want, 1e-4, why=why)


# --- elastic distortion -----------------------------------------------------------------------------------------


def ramps(images: int, height: int, width: int) -> Tensor:
    """Images (N, 2, H, W) whose pixels hold their own row and column: distorted, they show the field that moved them."""
    grid = torch.stack(torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")).float()
    return grid.expand(images, 2, height, width).clone()


def test_elastic_distortion(submission: Submission) -> None:
    """Every image is moved by a field of its own, of the right size, from the generator alone."""
    question = submission.elastic_distortion
    numbers = torch.Generator().manual_seed(9)
    images = torch.rand(3, 2, 11, 17, generator=numbers) + 0.5
    still = ask(question, {"images": images, "alpha": 0.0, "sigma": 2.0, "generator": Generator(1)}, "a tensor like images")
    check_tensor(still.call, still.value, images, 1e-4, why="alpha = 0 moves nothing.")

    small = {"images": images, "alpha": 8.0, "sigma": 2.0, "generator": Generator(1)}
    expected = f"a float32 tensor of shape {tuple(images.shape)}"
    first = ask(question, small, expected, times=2, seed=1)
    for value in first.values:
        require_float(first.call, value, tuple(images.shape))
    again = ask(question, small, expected, times=2, seed=2)
    if not all(torch.equal(one, other) for one, other in zip(first.values, again.values, strict=True)):
        raise Refused(first.call, "returned other images the second time", "the same for the same generator: draws come from it alone")
    if torch.equal(first.values[0], first.values[1]):
        raise Refused(
            first.call, "distorted in the same way again, though its generator had moved on", "new fields: draws come from the generator"
        )
    without = ask(question, {**small, "generator": None}, expected)
    require_float(without.call, without.value, tuple(images.shape))

    grey = ask(question, {**small, "images": images[:, :1].expand(3, 2, 11, 17).clone()}, expected)
    require_float(grey.call, grey.value, tuple(images.shape))
    if not torch.allclose(grey.value[:, 0], grey.value[:, 1], atol=1e-5):
        raise Refused(grey.call, "moved two equal channels of an image apart", "one field for all channels of an image")

    # Displacements of 3 pixels: along the border many places that are asked for lie outside the image.
    white = ask(question, {**small, "images": torch.ones(2, 1, 30, 40), "alpha": 40.0}, "a tensor like images")
    require_float(white.call, white.value, (2, 1, 30, 40))
    if not float(white.value.min()) < 0.5:
        raise Refused(
            white.call,
            f"left no pixel of white images below {float(white.value.min()):.2g}",
            "0 where a place outside the image is asked for",
        )

    alpha = 10.0  # a deviation of 0.8 pixels: six of them stay within MARGIN
    reply, fields = revealed(submission, alpha)
    for one in range(FIELDS):
        for other in range(one):
            # Fields of two images agree by chance to a correlation of 0.03.
            if float(torch.corrcoef(torch.stack([fields[one].flatten(), fields[other].flatten()]))[0, 1]) > 0.5:
                raise Refused(reply.call, f"moved images {other} and {one} by the same field", "a field of its own for every image")
    refuse_statistics(reply.call, distortion.measure(fields, SIGMA), alpha)


def revealed(submission: Submission, alpha: float, sigma: float = SIGMA) -> tuple[Reply, Tensor]:
    """The fields by which ramps were moved, cut at the border: (FIELDS, 2, h, w)."""
    images = ramps(FIELDS, HEIGHT, WIDTH)
    case = {"images": images, "alpha": alpha, "sigma": float(sigma), "generator": Generator(5 + submission.seed)}
    reply = ask(submission.elastic_distortion, case, f"a float32 tensor of shape {tuple(images.shape)}")
    require_float(reply.call, reply.value, tuple(images.shape))
    return reply, (reply.value - images)[:, :, MARGIN:-MARGIN, MARGIN:-MARGIN]


# --- interviews -------------------------------------------------------------------------------------------------

OTHER_SIGMA = 3  # at 2, sigma² is 2·sigma, and √sigma is sigma / √2


def interview_displacement_field(submission: Submission) -> Iterator[Any]:
    """How the field depends on its generator, and what it measures; not its numbers, for there are many ways to draw."""
    question = submission.displacement_field
    small = {"height": 9, "width": 14, "alpha": 3.0, "sigma": 1.5, "generator": Generator(1)}
    try:
        first, same = question.ask(small, times=2, seed=1), question.ask(small, times=2, seed=2)
        other = question.ask({**small, "generator": Generator(2)}, seed=1)
        value = first.value
        if type(value) is not torch.Tensor or value.dim() != 3:
            yield [type(part).__name__ for part in value] if type(value) is tuple else show(value)
            return
        yield tuple(value.shape), str(value.dtype)
        yield torch.equal(value, same.value), torch.equal(first.values[0], value), torch.equal(first.values[0], other.value)
        yield torch.equal(value, value.round())
        if tuple(value.shape) != (2, 9, 14):
            return
        yield from as_facets(lambda alpha, sigma: drawn_fields(submission, alpha, sigma)[1])
    except (Refused, Raised) as fault:
        yield type(fault).__name__


def interview_elastic_distortion(submission: Submission) -> Iterator[Any]:
    """The same of the fields that ramps reveal, and whether images and channels share one."""
    question = submission.elastic_distortion
    images = torch.rand(3, 2, 11, 17, generator=torch.Generator().manual_seed(9)) + 0.5
    small = {"images": images, "alpha": 8.0, "sigma": 2.0, "generator": Generator(1)}
    try:
        first, same = question.ask(small, times=2, seed=1), question.ask(small, times=2, seed=2)
        other = question.ask({**small, "generator": Generator(2)}, seed=1)
        still = question.ask({**small, "alpha": 0.0})
        if type(first.value) is not torch.Tensor or type(still.value) is not torch.Tensor:
            yield show(type(first.value))
            return
        yield tuple(first.value.shape), str(first.value.dtype), bool(first.touched)
        yield torch.equal(first.value, same.value), torch.equal(first.values[0], first.value), torch.equal(first.values[0], other.value)
        yield torch.allclose(still.value, images, atol=1e-3) if still.value.shape == images.shape else "another shape"
        if first.value.shape != images.shape:
            return
        yield [torch.equal(after, before) for after, before in zip(first.values[0], images, strict=True)]
        flat = question.ask({**small, "images": torch.ones(2, 2, 30, 40), "alpha": 2.0}).value[..., 12:-12, 12:-12]
        yield torch.allclose(flat, torch.ones(()), atol=1e-3)
        grey = question.ask({**small, "images": images[:, :1].expand(3, 2, 11, 17).clone()}).value
        yield torch.allclose(grey[:, 0], grey[:, 1], atol=1e-4)
        _, fields = revealed(submission, 10.0)
        yield float(torch.corrcoef(torch.stack([fields[0].flatten(), fields[1].flatten()]))[0, 1]) > 0.5
        yield from as_facets(lambda alpha, sigma: revealed(submission, alpha, sigma)[1])
    except (Refused, Raised) as fault:
        yield type(fault).__name__


def as_facets(fields: Callable[[float, float], Tensor]) -> Iterator[Near]:
    """What the noise and two blurs of it measure, to compare with a rival's: alike within what different draws make of them."""
    noise = fields(1.0, 0.2).double()
    yield Near(float(noise.std()), 0.02)
    yield Near(float(noise.mean()), 0.02)
    yield Near(float(noise.abs().max()), 0.15 * float(noise.abs().max()))
    for sigma, alpha in ((SIGMA, 5.0), (OTHER_SIGMA, 10.0)):
        found = distortion.measure(fields(alpha, sigma), sigma)
        yield Near(found.deviation, 0.035 * abs(found.deviation))
        yield Near(found.mean, 0.12 * max(found.deviation, 0.1))
        for near, far in (found.down, found.along):
            yield Near(near, 0.03)
            yield Near(far, 0.05)
        yield Near(found.between, 0.2)
