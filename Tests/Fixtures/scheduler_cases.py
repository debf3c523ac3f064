"""The golden trajectories of diffusers' schedulers: which settings, and how they are run.

make_fixtures.py imports this module. The model is a toy that Swift repeats in a line: `0.3 x + 0.5 cos(t / 100)`, for any kind of prediction.
"""

import contextlib
import inspect
import json
import math
from unittest import mock

import diffusers
import torch

SHAPE = (2, 1, 3, 4)
SEED = 11
DRAWS = (5, 6)  # seeds of the generators where a scheduler draws its own noise

LATENT = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
COSINE = {"beta_schedule": "squaredcos_cap_v2"}
V, X0 = {"prediction_type": "v_prediction"}, {"prediction_type": "sample"}
CLIP = {"clip_sample": True, "clip_sample_range": 0.8}
THRESHOLD = {"thresholding": True, "dynamic_thresholding_ratio": 0.9, "sample_max_value": 1.7}
KARRAS, EXPONENTIAL = {"use_karras_sigmas": True}, {"use_exponential_sigmas": True}
SMALLEST = {"final_sigmas_type": "sigma_min"}
ZERO_SNR = {"rescale_betas_zero_snr": True, **V, "timestep_spacing": "trailing"}
TRAINED = {"num_train_timesteps": 40, "trained_betas": [0.002 + 0.004 * (i % 3) + 0.001 * i for i in range(40)]}


def spacing(name, offset=0):
    return {"timestep_spacing": name, "steps_offset": offset}


SPACED = [spacing("leading"), spacing("leading", 1), spacing("trailing"), spacing("linspace")]

# Class: the steps and the settings of each case. "_eta" and "_steps" are not settings but arguments.
CASES = {
    "DDPMScheduler": [
        {}, {"clip_sample": False}, CLIP, THRESHOLD, V, X0, COSINE, ZERO_SNR, TRAINED, {"variance_type": "fixed_small_log"},
        {"variance_type": "fixed_large", **spacing("trailing")}, *({"clip_sample": False, **s} for s in SPACED),
    ],
    "DDIMScheduler": [
        {}, {"clip_sample": False, "_eta": 0.7}, CLIP, THRESHOLD, V, {**X0, "_eta": 1.0}, COSINE, ZERO_SNR, TRAINED, LATENT,
        {"clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1}, *({"clip_sample": False, **s} for s in SPACED),
    ],
    "DPMSolverMultistepScheduler": [
        {}, {"_steps": 20}, {"_steps": 20, "euler_at_final": True, **SMALLEST}, {"_steps": 20, **SMALLEST}, {"solver_order": 1}, {"solver_order": 3},
        {"solver_order": 3, "_steps": 16, **SMALLEST}, {"solver_type": "heun"}, {"lower_order_final": False}, {"lower_order_final": False, **SMALLEST},
        KARRAS, {**KARRAS, "_steps": 20, **LATENT}, EXPONENTIAL, V, X0, THRESHOLD, COSINE, ZERO_SNR, TRAINED, *SPACED,
        {"algorithm_type": "sde-dpmsolver++"}, {"algorithm_type": "sde-dpmsolver++", "solver_type": "heun", **SMALLEST},
        {"algorithm_type": "sde-dpmsolver++", "solver_order": 1, **KARRAS}, {"algorithm_type": "sde-dpmsolver++", "_steps": 20, **V},
        {"algorithm_type": "deis", "solver_type": "logrho", **SMALLEST},
    ],
    "UniPCMultistepScheduler": [
        {}, {"_steps": 20}, {"solver_order": 1}, {"solver_order": 3}, {"solver_order": 3, "solver_type": "bh1", **SMALLEST}, {"solver_type": "bh1", **SMALLEST},
        {"lower_order_final": False, **SMALLEST}, {"disable_corrector": [0, 2]}, KARRAS, EXPONENTIAL, V, X0, THRESHOLD, COSINE, ZERO_SNR, TRAINED, *SPACED,
        {"solver_type": "midpoint"},
    ],
    "EulerDiscreteScheduler": [{}, KARRAS, {**KARRAS, **LATENT, "_steps": 20}, EXPONENTIAL, SMALLEST, V, X0, COSINE, ZERO_SNR, TRAINED, *SPACED],
    "EulerAncestralDiscreteScheduler": [{}, V, COSINE, ZERO_SNR, LATENT, TRAINED, *SPACED],
    "HeunDiscreteScheduler": [{}, {"_steps": 1}, KARRAS, EXPONENTIAL, V, X0, CLIP, COSINE, LATENT, TRAINED, *SPACED],
    "PNDMScheduler": [
        {}, {"skip_prk_steps": True}, {"skip_prk_steps": True, "_steps": 1}, {"skip_prk_steps": True, "_steps": 2}, V, {"skip_prk_steps": True, **V},
        {"set_alpha_to_one": True}, COSINE, {**LATENT, "skip_prk_steps": True, "steps_offset": 1}, *({"skip_prk_steps": True, **s} for s in SPACED), *SPACED,
    ],
    "LCMScheduler": [{}, {"_steps": 4}, {"_steps": 1}, {"original_inference_steps": 20, "timestep_scaling": 0.001}, CLIP, THRESHOLD, V, X0, ZERO_SNR],
    "FlowMatchEulerDiscreteScheduler": [{}, {"shift": 3.0}, {"shift": 3.0, **KARRAS}, EXPONENTIAL, {"_steps": 1}, {"num_train_timesteps": 40}],
}
# A file without some fields, made another class's scheduler.
CONVERTED = [
    ("DDIMScheduler", {**LATENT, "clip_sample": False, "steps_offset": 1, "set_alpha_to_one": False}, "EulerDiscreteScheduler"),
    ("PNDMScheduler", {**LATENT, "skip_prk_steps": True, "steps_offset": 1}, "DPMSolverMultistepScheduler"),
    ("PNDMScheduler", {**LATENT, "skip_prk_steps": True, "steps_offset": 1}, "DDIMScheduler"),
    ("DPMSolverMultistepScheduler", {"solver_type": "heun", **V}, "UniPCMultistepScheduler"),
    ("UniPCMultistepScheduler", {"solver_order": 3}, "DPMSolverMultistepScheduler"),
    ("EulerDiscreteScheduler", {}, "HeunDiscreteScheduler"),
    ("EulerAncestralDiscreteScheduler", {"timestep_spacing": "trailing"}, "LCMScheduler"),
    ("DDPMScheduler", {"variance_type": "fixed_small"}, "EulerAncestralDiscreteScheduler"),
]
DRAWN = ["DDPMScheduler", "DDIMScheduler", "DPMSolverMultistepScheduler", "EulerAncestralDiscreteScheduler", "LCMScheduler"]


# The table of every class with every schedule of β, spreading of noise levels, spreading of steps, and some numbers of steps.
TABLE_BETAS = ["linear", "scaled_linear", "squaredcos_cap_v2"]
TABLE_SIGMAS = {"discrete": {}, "karras": KARRAS, "exponential": EXPONENTIAL}
TABLE_SPACINGS = ["leading", "trailing", "linspace"]
TABLE_STEPS = [1, 2, 3, 4, 5, 10, 15, 21]
TABLE = {
    "ddpm": ("DDPMScheduler", {"clip_sample": False}), "ddim": ("DDIMScheduler", {"clip_sample": False}),
    "dpm++2m": ("DPMSolverMultistepScheduler", {}), "dpm++2m-sde": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    "dpm++3m": ("DPMSolverMultistepScheduler", {"solver_order": 3, **SMALLEST}), "unipc": ("UniPCMultistepScheduler", {}),
    "unipc3": ("UniPCMultistepScheduler", {"solver_order": 3, **SMALLEST}), "euler": ("EulerDiscreteScheduler", {}),
    "euler-a": ("EulerAncestralDiscreteScheduler", {}), "heun": ("HeunDiscreteScheduler", {}), "pndm": ("PNDMScheduler", {"skip_prk_steps": True}),
    "pndm-prk": ("PNDMScheduler", {}), "lcm": ("LCMScheduler", {}), "flow-euler": ("FlowMatchEulerDiscreteScheduler", {"shift": 3.0}),
}


def toy(x, t):
    return 0.3 * x + 0.5 * math.cos(float(t) / 100)


def trajectory(scheduler, steps, x, eta, draw):
    """The timesteps, and x after each step."""
    scheduler.set_timesteps(steps)
    # A first timestep that stands twice means the first of them.
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(0)
    x = x * scheduler.init_noise_sigma if hasattr(scheduler, "init_noise_sigma") else x
    arguments = {"eta": eta} if isinstance(scheduler, diffusers.DDIMScheduler) else {}
    if draw:
        generators = [torch.Generator("cpu").manual_seed(seed) for seed in DRAWS]
        if "generator" in scheduler.step.__code__.co_varnames:
            arguments["generator"] = generators
    after = []
    for t in scheduler.timesteps:
        model_input = scheduler.scale_model_input(x, t) if hasattr(scheduler, "scale_model_input") else x
        x = scheduler.step(toy(model_input, t), t, x, **arguments).prev_sample
        after.append(x)
    return scheduler.timesteps.double(), torch.stack(after)


def make_schedulers():
    g = torch.Generator("cpu").manual_seed(SEED)
    start, noise = torch.randn(SHAPE, generator=g), torch.randn((24, *SHAPE), generator=g)
    tensors, described = {"x": start, "noise": noise}, []

    def add(name, source, settings, draw=False):
        arguments = {key: settings[key] for key in ("_eta", "_steps") if key in settings}
        config = {"_class_name": source, **{k: v for k, v in settings.items() if k not in arguments}}
        made = getattr(diffusers, source).from_config({k: v for k, v in config.items() if k != "_class_name"})
        scheduler = made if name == source else getattr(diffusers, name).from_config(made.config)
        steps, eta = arguments.get("_steps", 8), arguments.get("_eta", 0.0)
        queue = iter(noise)
        module = f"{type(scheduler).__module__}.randn_tensor"
        if draw or not hasattr(__import__(type(scheduler).__module__, fromlist=["x"]), "randn_tensor"):
            timesteps, after = trajectory(scheduler, steps, start, eta, draw)
        else:
            with mock.patch(module, lambda *a, **k: next(queue)):
                timesteps, after = trajectory(scheduler, steps, start, eta, draw)
        key = str(len(described))
        assert after.isfinite().all(), (name, settings)
        tensors[f"{key}.timesteps"], tensors[f"{key}.after"] = timesteps, after
        if hasattr(scheduler, "sigmas") and type(scheduler).__name__ != "LCMScheduler":
            tensors[f"{key}.sigmas"] = scheduler.sigmas.double()
        described.append({"class": name, "config": json.dumps(config), "steps": steps, "eta": eta, "draws": draw})

    for name, cases in CASES.items():
        for settings in cases:
            add(name, name, settings)
    for source, settings, name in CONVERTED:
        add(name, source, settings)
    for name in DRAWN:
        stochastic = {"algorithm_type": "sde-dpmsolver++"} if name.startswith("DPM") else {}
        add(name, name, {**stochastic, "_eta": 1.0}, draw=True)
    return tensors, {"cases": json.dumps(described)}


def table_entry(name, beta, sigmas, spacing, steps, start, noise):
    """The last sample of a run; NaN where diffusers does not make the run, or makes no numbers of it."""
    source, settings = TABLE[name]
    made = getattr(diffusers, source)
    known = inspect.signature(made.__init__).parameters
    settings = {**settings, "beta_schedule": beta, "timestep_spacing": spacing, **TABLE_SIGMAS[sigmas]}
    settings = {key: value for key, value in settings.items() if key in known}
    queue = iter(noise)
    try:
        scheduler = made(**settings)
        module = f"{type(scheduler).__module__}.randn_tensor"
        draws = hasattr(__import__(type(scheduler).__module__, fromlist=["x"]), "randn_tensor")
        with mock.patch(module, lambda *a, **k: next(queue)) if draws else contextlib.nullcontext():
            last = trajectory(scheduler, steps, start, 0.0, False)[1][-1]
    except (ValueError, IndexError, RuntimeError, AssertionError, ZeroDivisionError):
        return torch.full_like(start, math.nan)
    return last if last.isfinite().all() else torch.full_like(start, math.nan)


def make_sampler_table():
    g = torch.Generator("cpu").manual_seed(SEED + 1)
    start, noise = torch.randn((1, 1, 1, 2), generator=g), torch.randn((64, 1, 1, 1, 2), generator=g)
    tensors = {"x": start, "noise": noise}
    for name in TABLE:
        tensors[name] = torch.stack([
            torch.stack([
                torch.stack([torch.stack([table_entry(name, b, s, t, n, start, noise).flatten() for n in TABLE_STEPS]) for t in TABLE_SPACINGS])
                for s in TABLE_SIGMAS
            ])
            for b in TABLE_BETAS
        ]).float()  # fmt: skip
    axes = {"betas": TABLE_BETAS, "sigmas": list(TABLE_SIGMAS), "spacings": TABLE_SPACINGS, "steps": TABLE_STEPS, "samplers": {k: v[1] | {"_class_name": v[0]} for k, v in TABLE.items()}}
    return tensors, {"axes": json.dumps(axes)}
