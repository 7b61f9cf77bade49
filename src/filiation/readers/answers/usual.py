"""What columns of tables, and fields of logs, are usually called, in several languages.

Names are compared without case and accents, and blanks and dashes count as underscores (`plain`):
`Musterlösung` stands here as `musterlosung`. Where another alphabet spells a name out (`Loesung`),
both stand here.
"""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

__all__ = ["EITHER", "ENDED", "USUAL", "is_aside", "plain"]

EITHER: Final = ("answer", "antwort", "reponse", "respuesta", "risposta", "resposta", "答案")
_KEYS: Final = (
    *("key", "gold", "correct", "label", "target", "reference", "correct_answer"),
    *("gold_answer", "gold_label", "ground_truth", "groundtruth", "expected", "expected_answer"),
    *("reference_answer", "answer_key", "correct_option", "solution", "true_answer", "truth"),
    *("musterlosung", "musterloesung", "losung", "loesung", "schlussel", "schluessel"),
    *("losungsschlussel", "loesungsschluessel", "musterantwort", "richtige_antwort"),
    *("korrekte_antwort", "referenz", "referenzantwort", "referenzlosung", "referenzloesung"),
    *("bonne_reponse", "reponse_correcte", "reponse_attendue", "reponse_juste", "corrige", "cle"),
    *("solucion", "respuesta_correcta", "respuesta_esperada", "clave", "referencia"),
    *("soluzione", "risposta_corretta", "solucao", "resposta_correta", "gabarito"),
    *("正确答案", "标准答案", "参考答案", "正確答案", "標準答案", "參考答案", "正解"),
)
_PROMPTS: Final = (
    *("prompt", "question", "question_text", "instruction", "input", "input_text", "query"),
    *("problem", "problem_statement", "user_prompt", "user_message"),
    *("frage", "fragestellung", "fragetext", "aufgabe", "aufgabenstellung", "aufgabentext"),
    *("enonce", "consigne", "pregunta", "enunciado", "consigna", "domanda", "pergunta"),
    *("问题", "题目", "提示", "提示词", "問題", "題目", "提示詞", "质问", "質問"),
)
USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    "item": (
        *("question_id", "item", "item_id", "id", "qid", "prompt_id", "sample_id", "example_id"),
        *("doc_id", "instance_id", "uid", "custom_id", "task_id", "problem_id"),
        *("frage_id", "fragen_id", "frage_nr", "fragennummer", "aufgaben_id", "aufgabe_nr", "nr"),
        *("nr.", "lfd._nr.", "lfd_nr", "nummer", "kennung", "identifiant", "numero", "n°", "no."),
        *("identificador", "编号", "序号", "题号", "編號", "序號", "題號", "番号"),
        *("idx", "index", "unnamed:_0", ""),
    ),
    "prompt": _PROMPTS,
    "key": (*_KEYS, *EITHER),
    "category": ("category", "subject", "topic", "task", "dataset", "domain", "subset"),
    "options": ("options", "choices", "n_options", "num_options", "n_choices", "num_choices"),
    "model": (
        *("model", "model_name", "model_id", "generator", "llm", "engine"),
        *("modell", "modele", "modelo", "modello", "模型", "模型名称", "モデル"),
    ),
    "answer": (
        *("output", "response", "completion", "prediction", "model_answer", "model_output"),
        *("model_response", "generated_text", "generation", "reply", "output_text", "generated"),
        *("ausgabe", "modellantwort", "sortie", "salida", "回答", "模型回答", "输出", "輸出"),
        *EITHER,
    ),
}
ASIDE: Final = frozenset(
    (
        *("score", "scores", "is_correct", "correctness", "accuracy", "grade", "rating", "judge"),
        *("judgment", "judgement", "verdict", "timestamp", "created", "created_at", "time", "date"),
        *("tstamp", "latency", "duration", "tokens", "n_tokens", "input_tokens", "output_tokens"),
        *("prompt_tokens", "completion_tokens", "total_tokens", "token_len", "cost", "temperature"),
        *("top_p", "seed", "note", "notes", "comment", "comments", "remark", "remarks", "length"),
        *("difficulty", "level", "source", "split", "language", "lang", "locale", "url", "hash"),
        *("explanation", "rationale", "reasoning", "cot", "cot_content", "answer_index", "src"),
        *("answer_idx", "finish_reason", "stop_reason", "status", "epoch", "run", "version"),
        *("answer_id", "ans_id", "session_id", "conversation_id", "user_id", "annotator", "author"),
        *("context", "passage", "system", "system_prompt", "metadata", "tags", "error", "number"),
        *("consensus", "majority", "mean", "average", "agreement", "random", "human"),
        *(
            "human_annotator",
            "annotation",
            "majority_vote",
            "vote",
            "votes",
            "random_seed",
            "request_id",
        ),
        *("mehrheit", "bemerkung", "kommentar", "anmerkung", "punkte", "remarque"),
    )
)


ENDED: Final = ("finish_reason", "stop_reason", "done_reason", "finishreason", "stopreason")
# What the last part of a name says that a column counts, times or numbers: `latency_ms`, `run_id`.
_COUNTS: Final = frozenset(
    (
        *("latency", "ms", "sec", "secs", "seconds", "duration", "elapsed", "time", "timestamp"),
        *("date", "at", "tokens", "cost", "usd", "price", "score", "scores", "rating", "grade"),
        *("verdict", "judgment", "judgement", "correct", "correctness", "accuracy", "logprob"),
        *("logprobs", "probability", "confidence", "length", "chars", "words", "count", "error"),
        *("errors", "status", "url", "hash", "sha256", "uuid", "id", "idx", "index", "rank"),
    )
)


def is_aside(name: str) -> bool:
    """Does a column of this name usually hold something beside questions, keys and answers?"""
    called = plain(name)
    if called in ASIDE or called in ENDED or called.startswith(("is_", "num_")):
        return True
    last = called.rpartition("_")[2]
    return last in _COUNTS or called.endswith(ENDED)


@lru_cache(maxsize=1 << 12)
def plain(name: str) -> str:
    """A name as it is compared: without case and accents, blanks and dashes as underscores."""
    parts = unicodedata.normalize("NFD", name.strip().casefold())
    bare = "".join(c for c in parts if not "\u0300" <= c <= "\u036f")
    whole = unicodedata.normalize("NFC", bare)
    return "_".join(whole.replace("-", " ").replace("_", " ").split())
