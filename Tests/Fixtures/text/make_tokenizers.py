#!/usr/bin/env python3
"""Trains the small tokenizers of this folder and writes what SentencePiece and transformers make of texts, or checks both.

    python make_tokenizers.py                    # write the files beside this script
    python make_tokenizers.py --check            # make them elsewhere and compare; exit 1 on a difference
    python make_tokenizers.py --sample MODEL OUT # compare both tokenizers on a large sample, for a real spiece.model

Made with Python 3.11 and sentencepiece==0.2.3 transformers==5.23.0 tokenizers==0.23.3, on one thread.

The reference is SentencePiece, which T5 was trained with and which transformers' T5Tokenizer called up to version 4, with the special tokens cut out
of the text first. Version 5 rebuilds both with the library `tokenizers`. Where the two differ, the golden tokens are SentencePiece's; --sample counts
and explains such texts.
"""

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
import unicodedata
from collections import Counter
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as pb
from transformers import T5Tokenizer

HERE = Path(__file__).resolve().parent
SENTINELS = 100
SPACE = "\u2581"

CORPUS = """\
a photo of an astronaut riding a horse on the moon, in the style of a studio photograph
an oil painting of a small red house by the sea at sunset, warm light, highly detailed
a watercolour of two cats sleeping on an old wooden chair beside a window full of flowers
The quick brown fox jumps over the lazy dog while the slow turtle watches from the river.
close-up portrait of an elderly fisherman, wrinkled skin, soft natural light, 85mm lens, f/1.8
a cup of coffee and a croissant on a marble table in a Paris café, morning, shallow depth of field
isometric illustration of a tiny library, many books, cosy lamps, 3d render, pastel colours
mountain landscape with a lake, reflections, fog, pine trees, national park, long exposure
ein Foto von einem Hund, der über die Wiese läuft, während die Sonne untergeht
une photographie d’un château médiéval près d’une rivière, brume légère, été
una casa pequeña con un jardín lleno de árboles y un niño que juega con su perro
картина с видом на старый город, зимний вечер, снег и тёплый свет в окнах
фотография кошки, которая спит на подоконнике рядом с цветами
東京の夜景、雨に濡れた道路、ネオンの光
春天的花园里有一只白色的猫和一棵大树
서울의 밤 거리, 비 오는 날의 풍경
صورة لقط صغير ينام على كرسي قديم
एक छोटा सा घर और एक बड़ा पेड़
a b c d e f g h i j k l m n o p q r s t u v w x y z
0 1 2 3 4 5 6 7 8 9 10 100 1000 2024 1024x1024 512 768
""".splitlines()


def rules():
    """Rules as those of `nmt_nfkc`, few enough to be checked in: sequences of characters and what becomes of them."""
    ranges = [(0xA0, 0x17F), (0x2010, 0x2070), (0x20A0, 0x2190), (0x3000, 0x3001), (0xFB00, 0xFB07), (0xFDFA, 0xFDFB), (0xFF01, 0xFFA0)]
    table = {chr(c): unicodedata.normalize("NFKC", chr(c)) for low, high in ranges for c in range(low, high)}
    for letter in "aeiouyncAEIOUYNC":
        for mark in "\u0300\u0301\u0302\u0303\u0308\u0327":
            table[letter + mark] = unicodedata.normalize("NFKC", letter + mark)
    # Syllables of Hangul: a beginning of each is itself in the map.
    for lead in "\u1100\u1102\u1109":
        for vowel in "\u1161\u1165":
            for tail in ["", "\u11a8", "\u11bc"]:
                table[lead + vowel + tail] = unicodedata.normalize("NFKC", lead + vowel + tail)
    # Half-width Katakana, with and without the mark of a voiced one.
    for kana in "\uff76\uff77\uff8a":
        for mark in ["\uff9e", "\uff9f"]:
            table[kana + mark] = unicodedata.normalize("NFKC", kana + mark)
    for space in "\t\n\r\u00a0\u1680\u2000\u2003\u2009\u200b\u200e\u2028\u2029\u202f\u205f\u3000\ufeff":
        table[space] = " "
    for control in [*range(1, 9), 0xB, *range(0xE, 0x20), 0x7F, 0x8F, 0x9F]:
        table[chr(control)] = ""
    return {source: target for source, target in table.items() if source != target}


def train(folder, name, corpus, **settings):
    text = folder / "corpus.txt"
    text.write_text("\n".join(corpus) + "\n")
    sentencepiece.SentencePieceTrainer.Train(
        input=str(text), model_prefix=str(folder / "trained"), model_type="unigram", num_threads=1, minloglevel=2,
        max_sentencepiece_length=12, hard_vocab_limit=False, character_coverage=1.0, bos_id=-1, pad_id=0, eos_id=1, unk_id=2, **settings,
    )  # fmt: skip
    model = pb.ModelProto.FromString((folder / "trained.model").read_bytes())
    model.trainer_spec.ClearField("input")  # paths
    model.trainer_spec.model_prefix = name
    for suffix in ["model", "vocab"]:
        (folder / f"trained.{suffix}").unlink()
    text.unlink()
    return model


def make_models(folder):
    """`t5/spiece.model` and `t5/tokenizer.json`, of one model; `bytes.model`, which falls back to bytes."""
    (folder / "t5").mkdir()
    tsv = folder / "rules.tsv"
    tsv.write_text(
        "".join(
            " ".join(f"{ord(c):X}" for c in source) + "\t" + " ".join(f"{ord(c):X}" for c in target) + "\n" for source, target in rules().items()
        )
    )
    model = train(folder, "t5", CORPUS, vocab_size=420, normalization_rule_tsv=str(tsv))
    tsv.unlink()
    model.normalizer_spec.normalization_rule_tsv = ""
    (folder / "t5" / "spiece.model").write_bytes(model.SerializeToString(deterministic=True))
    T5Tokenizer.from_pretrained(folder / "t5").save_pretrained(folder / "saved")
    content = json.loads((folder / "saved" / "tokenizer.json").read_text())
    (folder / "t5" / "tokenizer.json").write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")
    shutil.rmtree(folder / "saved")
    model = train(
        folder, "bytes", CORPUS[:8], vocab_size=330, byte_fallback=True, normalization_rule_name="identity", add_dummy_prefix=False,
        remove_extra_whitespaces=False, user_defined_symbols=["<mask>", "ab", "abab"],
    )  # fmt: skip
    # A piece that is not used, which would win otherwise.
    longest = max((piece for piece in model.pieces if piece.type == 1), key=lambda piece: len(piece.piece))
    longest.type = 5
    (folder / "bytes.model").write_bytes(model.SerializeToString(deterministic=True))


class Reference:
    """T5's tokenizer on top of SentencePiece."""

    def __init__(self, path, sentinels=SENTINELS):
        self.pieces = sentencepiece.SentencePieceProcessor(model_file=str(path))
        size = self.pieces.vocab_size()
        self.special = {"<pad>": 0, "</s>": 1, "<unk>": 2} | {f"<extra_id_{i}>": size + sentinels - 1 - i for i in range(sentinels)}
        self.pattern = re.compile("(" + "|".join(re.escape(s) for s in sorted(self.special, key=len, reverse=True)) + ")")

    def __call__(self, text):
        ids = []
        for part in self.pattern.split(text):
            ids += [self.special[part]] if part in self.special else self.pieces.encode(part)
        return ids + [1]


TEXTS = [
    "", " ", "   \t\n ", "a photo of an astronaut riding a horse", "  spaces   between\t\twords \n and  at the ends  ",
    "The Quick BROWN fox, 85mm f/1.8 -- \"quoted\" (and more)", "unbelievably photographically detailed", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "über die Wiese läuft", "café", "cafe\u0301", "une e\u0301te\u0301 d\u2019or", "ﬁne ﬂoor ﬀ ﬆ", "ＦＵＬＬ ｗｉｄｔｈ １２３！", "½ ¼ ² ™ ℃ № …",
    "東京の夜景", "春天的花园里有一只白色的猫", "서울의 밤", "\u1100\u1161\u11a8\u1102\u1165\u1109\u1161\u11bc", "ｶﾞｷﾞﾊﾟ ｶﾅ",
    "صورة لقط", "एक छोटा सा घर", "картина с видом", "Ελληνικά λέξεις", "עברית", "ไทย", "😀", "😀😀😀 x 😀", "👩‍👩‍👧‍👦 family", "a😀b", "🇩🇪🇯🇵",
    "▁", "▁▁a▁b▁", "a▁ ▁b", "▁ hello", "hello▁", "</s>", "a</s>b", "<pad>", " <unk> x", "<extra_id_0> and <extra_id_99>", "<extra_id_100>",
    "<extra_id_1", "<<pad>>", "</s></s>", "a <pad> b </s> c", "< /s>", "<PAD>", "<s>", "<0x41>", "\u0001\u0002a\u0007b", "a\u200bb", "a\u00a0b\u3000c",
    "\ufeffa", "a\ufffdb", "\u0000", "a\u0000b", "\u0085x\u2028y", "\u200e", "e\u0301\u0301\u0301", "\u0301a", "\ufdfa", "\U0001d400\U0001d401",
    "\U0010ffff", "\ue000\uf8ff", "ab" * 20, "word " * 60, "1024x1024 512×768", "https://example.com/?q=a+b&c=%20", "line\r\nbreak\rand\x0bmore\x0c",
    "a\u0327\u0301", "q\u0307\u0323", "İstanbul ẞ ΣΑΣ", "ǅ ǆ Ĳ ĳ", "x" * 300, "日" * 40 + "a",
    "a watercolour of two cats sleeping on an old wooden chair beside a window full of flowers, " * 4,
    "st" * 23 + "t" * 9, "sts" * 31, "ee" * 40 + "e", "tete" * 17 + "t", "iti" * 25, "a\u2034b \u2034 \u2034\u2034",
]  # fmt: skip

BYTE_TEXTS = [
    "", " ", "  a  b  ", "a photo of an astronaut", "abababab", "aba", "ababa", "xab<mask>ab", "<mask>", "< mask>", "é", "日本", "😀 a😀", "\u0000\u0001",
    "\t\n", "▁a▁", "</s>", "photo photographs", "\u2028", "a\u0301",
]  # fmt: skip


CASES = [
    "ΣΑΣ", "Σ", "ΑΣ", "ΑΣ.", "ΑΣ'", "Α'Σ", "ΑΣ\u0301", "ΑΣ Β", "ΑΣΒ", ".Σ", "1Σ", "AΣ", "ΣΣ", "İI", "ẞ", "\u1e9e", "ǅ", "Ⓐ", "Ა", "𐐀", "\x1c a \x1f", "\u0085a\u2029",
    "\u200ba\u200b", "\u180ea", "\ufeff a", "K\u212a\u2126", "\u3000 A PHOTO \u00a0",
]  # fmt: skip


def make_golden(folder):
    reference, fast = Reference(folder / "t5" / "spiece.model"), T5Tokenizer.from_pretrained(folder / "t5")
    golden = [{"text": t, "ids": reference(t), "agrees": reference(t) == fast(t).input_ids} for t in TEXTS]
    plain = Reference(folder / "bytes.model", sentinels=0)
    prepared = [{"text": t, "prepared": t.lower().strip()} for t in TEXTS + CASES]
    write(folder / "tokens.json", {"t5": golden, "bytes": [{"text": t, "ids": plain(t)} for t in BYTE_TEXTS], "prepared": prepared})


def write(path, content):
    """One entry a line, in ASCII, so that nobody's editor changes a text."""
    lists = [f"{json.dumps(k)}: [\n" + ",\n".join(json.dumps(e) for e in v) + "\n]" for k, v in content.items()]
    path.write_text("{" + ",\n".join(lists) + "}\n")


def sample(seed=1):
    """A large sample: every character of Unicode in several places, words of all scripts, and texts that try to confuse."""
    source = random.Random(seed)
    everything = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    assigned = [c for c in everything if unicodedata.category(c) not in ("Cn", "Co")]
    for c in assigned:
        yield f"a{c}b {c} {c}{c}"
    for start in range(0, len(everything), 97):
        yield "".join(everything[start : start + 97])
        yield " x".join(everything[start : start + 24])
    words = [w for line in CORPUS for w in line.split()] + TEXTS
    blocks = [assigned[start : start + 256] for start in range(0, len(assigned), 256)]
    marks = [c for c in assigned if unicodedata.combining(c)]
    spaces = [" ", "  ", "\t", "\n", "\u00a0", "\u3000", "\u200b", "\u2028", "\u0085", "\x1c", SPACE, ""]
    special = ["</s>", "<pad>", "<unk>", "<extra_id_0>", "<extra_id_42>", "<extra_id_4", "<", ">", "\u0000", "\u0007", "\ufffd", "\ufeff"]
    jamo = [chr(c) for c in [*range(0x1100, 0x1113), *range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]]
    kinds = [
        lambda: source.choice(words), lambda: "".join(source.choices(source.choice(blocks), k=source.randint(1, 9))),
        lambda: source.choice("aeiouAEIOUnc") + "".join(source.choices(marks, k=source.randint(1, 3))), lambda: "".join(source.choices(jamo, k=3)),
        lambda: source.choice(special), lambda: str(source.randint(0, 10**9)), lambda: source.choice(assigned) * source.randint(1, 30),
        lambda: "".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=source.randint(1, 20))),
        lambda: source.choice(words).title() + source.choice(".,;:!?-'\"()[]{}"),
    ]  # fmt: skip
    for _ in range(60_000):
        yield "".join(source.choice(kinds)() + source.choice(spaces if source.random() < 0.4 else [" "]) for _ in range(source.randint(1, 12)))
    for _ in range(1_000):
        yield " ".join(source.choice(words) for _ in range(source.randint(100, 600)))


def compare(model, out):
    """Writes the sample and SentencePiece's tokens, and counts the texts for which `tokenizers` gives others."""
    reference, fast = Reference(model), T5Tokenizer.from_pretrained(Path(model).parent)
    count, differences, examples = 0, Counter(), {}
    with open(out, "w") as file:
        for text in sample():
            ids = reference(text)
            file.write(json.dumps({"text": text, "ids": ids}) + "\n")
            count += 1
            if ids != fast(text).input_ids:
                kind = reason(reference, text)
                differences[kind] += 1
                examples.setdefault(kind, text)
    print(f"{count} texts, {count - differences.total()} with the same tokens in both")
    for kind, number in differences.most_common():
        print(f"{number:7} {kind}: {examples[kind][:60]!r}")


def reason(reference, text):
    """Why both may differ."""
    if any(c.isspace() and not reference.pieces.normalize(f"a{c}b").startswith(f"{SPACE}a{SPACE}b") for c in text):
        return "white space that the map does not make a space"
    if SPACE in text:
        return "the sign for a space"
    if any(unicodedata.combining(c) or 0x1100 <= ord(c) < 0x1200 or unicodedata.category(c) in ("Mn", "Mc", "Me", "Cf") for c in text):
        return "clusters of characters, of which tokenizers replaces by the shortest rule"
    return "ties, and the rounding of sums: 32 bits in SentencePiece, 64 in tokenizers"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--sample", nargs=2, metavar=("MODEL", "OUT"))
    options = parser.parse_args()
    if options.sample:
        return compare(*options.sample)
    names = ["t5/spiece.model", "t5/tokenizer.json", "bytes.model", "tokens.json"]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        make_models(folder)
        make_golden(folder)
        if options.check:
            different = [name for name in names if (folder / name).read_bytes() != (HERE / name).read_bytes()]
            print("different: " + ", ".join(different) if different else "the same")
            sys.exit(bool(different))
        (HERE / "t5").mkdir(exist_ok=True)
        for name in names:
            shutil.copy(folder / name, HERE / name)
            print(f"{name}: {(HERE / name).stat().st_size} bytes")


if __name__ == "__main__":
    main()
