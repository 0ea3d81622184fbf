"""Makes the small models with random weights that the tests of analyzers run,
and what PyTorch computes with them.

    venv/bin/pip install torch transformers
    venv/bin/python golden_models.py ../../analyzers/golden

Run once; the files are committed, the tests need no Python.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import (
    BertConfig, BertModel, CLIPVisionConfig, CLIPVisionModelWithProjection,
    Dinov2Config, Dinov2Model, ResNetConfig, ResNetModel,
)
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

WORDS = """cat dog bird man woman child run walk jump sleep eat happy sad red blue the a an is on in and of with
hello world un able friend ly""".split()
PIECES = ["##s", "##ing", "##ed", "##ly", "##able", "##friend", "##run", "##x", "##y"]
SIGNS = list(".,!?'-\"") + [chr(code) for code in range(ord("a"), ord("z") + 1)] + ["猫", "狗"]

TEXTS = [
    "a cat sleeps",
    "The DOG runs and jumps!",
    "happy birds, sad man.",
    "unfriendly",
    "hello",
    "a cat and a 猫",
    "привет мир",
    "",
    "naïve woman",
    "cat " * 50,
    "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    "one 龙 is unknown here on the red cat in the blue dog",
]


def randomise(model, seed):
    """Weights that make every part matter."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if not tensor.is_floating_point():
                continue
            if name.endswith("running_var"):
                tensor.copy_(0.5 + torch.rand_like(tensor))
            elif "lambda" in name or ("norm" in name.lower() and name.endswith("weight")):
                tensor.copy_(1 + 0.2 * torch.randn_like(tensor))
            elif tensor.ndim > 1:
                fan = tensor[0].numel()
                tensor.copy_(torch.randn_like(tensor) * (1.5 / fan**0.5))
            else:
                tensor.copy_(0.2 * torch.randn_like(tensor))
    return model.eval()


def save(folder, model, config, tensors=None):
    """The folder as the Hugging Face hub has it."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = tensors or model.state_dict()
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def rounded(vector):
    return [round(float(value), 7) for value in vector]


def unit(vector):
    return torch.nn.functional.normalize(vector.flatten(), dim=0)


@torch.inference_mode()
def bert(folder):
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    for token in WORDS + PIECES + SIGNS:
        if token not in tokens:
            tokens.append(token)
    sizes = dict(
        vocab_size=len(tokens), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=40, type_vocab_size=2, layer_norm_eps=1e-12, hidden_act="gelu",
    )
    model = randomise(BertModel(BertConfig(**sizes), add_pooling_layer=False), 1)
    save(folder, model, {"model_type": "bert", **sizes})
    (folder / "vocab.txt").write_text("\n".join(tokens) + "\n")
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": true, "strip_accents": null}\n')
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 24, "do_lower_case": false}\n')
    tokenizer = Tokenizer(models.WordPiece({token: number for number, token in enumerate(tokens)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    expected = []
    for text in TEXTS:
        ids = tokenizer.encode(text, add_special_tokens=False).ids[:22]
        unknown = sum(number == 1 for number in ids)
        vector = None
        if unknown < len(ids) and unknown <= 0.3 * len(ids):
            states = model(input_ids=torch.tensor([[2, *ids, 3]])).last_hidden_state
            vector = rounded(unit(states[0].mean(0)))
        expected.append({"text": text, "tokens": ids, "vector": vector})
    write_lines(folder, expected)


def write_lines(folder, entries):
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in entries)
    (folder / "expected.json").write_text(f"[\n{lines}\n]\n")


def pattern(number, size):
    """A picture as the test draws it, normalised as the settings ask."""
    y, x = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    channels = [(x * (3 + number) + y * 5) % 256, (x * 7 + y * (2 + number)) % 256, (x * y + 40 * number) % 256]
    pixels = torch.stack(channels).float() / 255
    return (pixels - 0.5).div(0.25).unsqueeze(0)


def preprocessor(folder, size):
    settings = {
        "do_resize": True, "size": {"shortest_edge": size}, "resample": 3, "do_center_crop": True,
        "crop_size": {"height": size, "width": size}, "do_rescale": True, "rescale_factor": 1 / 255,
        "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.25] * 3,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(settings, indent=2) + "\n")


def pictures(folder, size, encode):
    write_lines(folder, [
        {"number": number, "size": size, "vector": rounded(unit(encode(pattern(number, size))))} for number in range(3)
    ])


def torchvision_names(state):
    """The same tensors under the names that torchvision and timm give them."""
    result = {}
    for name, tensor in state.items():
        name = name.replace("embedder.embedder.convolution.", "conv1.").replace("embedder.embedder.normalization.", "bn1.")
        parts = name.split(".")
        if parts[0] == "encoder":
            stage, block = int(parts[2]) + 1, parts[4]
            if parts[5] == "shortcut":
                rest = ["downsample", "0" if parts[6] == "convolution" else "1", parts[7]]
            else:
                kind = "conv" if parts[7] == "convolution" else "bn"
                rest = [f"{kind}{int(parts[6]) + 1}", parts[8]]
            name = ".".join([f"layer{stage}", block, *rest])
        result[name] = tensor
    return result


def published_names(state):
    """DINOv2's tensors under the names of the published files, whatever this version calls them."""
    names = {"q_proj": "attention.query", "k_proj": "attention.key", "v_proj": "attention.value", "o_proj": "output.dense"}
    result = {}
    for name, tensor in state.items():
        for ours, theirs in names.items():
            name = name.replace(f".attention.{ours}.", f".attention.{theirs}.")
        result[name] = tensor
    return result


@torch.inference_mode()
def resnet(folder, names):
    sizes = dict(
        num_channels=3, embedding_size=8, hidden_sizes=[16, 24, 32, 40], depths=[2, 1, 2, 1],
        layer_type="bottleneck", hidden_act="relu", downsample_in_first_stage=False,
    )
    model = randomise(ResNetModel(ResNetConfig(**sizes)), 2)
    state = model.state_dict()
    save(folder, model, {"model_type": "resnet", **sizes}, names(state))
    preprocessor(folder, 64)
    pictures(folder, 64, lambda pixels: model(pixels).pooler_output)


@torch.inference_mode()
def clip(folder):
    sizes = dict(
        hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, image_size=32, patch_size=8,
        projection_dim=24, hidden_act="quick_gelu", layer_norm_eps=1e-5,
    )
    model = randomise(CLIPVisionModelWithProjection(CLIPVisionConfig(**sizes)), 3)
    vision = {**sizes, "model_type": "clip_vision_model"}
    save(folder, model, {"model_type": "clip", "projection_dim": 24, "vision_config": vision})
    preprocessor(folder, 32)
    pictures(folder, 32, lambda pixels: model(pixel_values=pixels).image_embeds)


@torch.inference_mode()
def dinov2(folder):
    sizes = dict(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=4, mlp_ratio=2, image_size=70, patch_size=14,
        hidden_act="gelu", layer_norm_eps=1e-6, use_swiglu_ffn=False,
    )
    model = randomise(Dinov2Model(Dinov2Config(**sizes)), 4)
    save(folder, model, {"model_type": "dinov2", **sizes}, published_names(model.state_dict()))
    # Not the size that the positions are for, so they are interpolated.
    preprocessor(folder, 56)
    pictures(folder, 56, lambda pixels: model(pixels).pooler_output)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    bert(folder / "bert")
    resnet(folder / "resnet", dict)
    resnet(folder / "resnet-torchvision", torchvision_names)
    clip(folder / "clip")
    dinov2(folder / "dinov2")


if __name__ == "__main__":
    main()
