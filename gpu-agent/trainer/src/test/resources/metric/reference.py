"""Numbers of scikit-learn for MetricsAgainstScikitLearnTest: python reference.py > expected.json"""
import json
import numpy as np
import sklearn
from sklearn import metrics as m

rng = np.random.default_rng(7)

def eighths(z):
    """Exact in 32 bits, and with ties."""
    return np.round(8 * z) / 8

def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)

def classes(n, c):
    wanted = rng.integers(0, c, n)
    logits = eighths(rng.normal(size=(n, c)) + 1.2 * np.eye(c)[wanted])
    told, p = logits.argmax(1), softmax(logits.astype(np.float64))
    auc = m.roc_auc_score(wanted, p[:, 1]) if c == 2 else m.roc_auc_score(wanted, p, multi_class="ovr", average="macro")
    return dict(logits=logits.tolist(), wanted=wanted.tolist(), accuracy=m.accuracy_score(wanted, told),
                macro_f1=m.f1_score(wanted, told, average="macro"), auc=auc,
                confusion=m.confusion_matrix(wanted, told).tolist())

def sets(n, c):
    wanted = (rng.random((n, c)) < [0.5, 0.3, 0.1, 0.2][:c]).astype(int)
    logits = eighths(rng.normal(size=(n, c)) - 0.5 + 1.5 * wanted)
    told = (logits > 0).astype(int)
    return dict(logits=logits.tolist(), wanted=wanted.tolist(), accuracy=m.accuracy_score(wanted, told),
                macro_f1=m.f1_score(wanted, told, average="macro", zero_division=0),
                micro_f1=m.f1_score(wanted, told, average="micro"),
                auc=m.roc_auc_score(wanted, logits, average="macro"),
                confusion=m.multilabel_confusion_matrix(wanted, told).tolist())

def numbers(n):
    wanted = np.round(rng.normal(3, 2, n), 2)
    told = np.round(wanted + rng.normal(0.2, 1, n), 2)
    return dict(told=told.tolist(), wanted=wanted.tolist(), rmse=m.root_mean_squared_error(wanted, told),
                mae=m.mean_absolute_error(wanted, told), pearson=float(np.corrcoef(told, wanted)[0, 1]))

def few():
    """A class that never occurs and is never told has no say in macro-F1."""
    wanted, told = [0, 0, 1, 1, 1], [0, 1, 1, 1, 0]
    return dict(wanted=wanted, told=told, macro_f1=m.f1_score(wanted, told, average="macro"))

print(json.dumps(dict(scikit_learn=sklearn.__version__, two=classes(60, 2), four=classes(80, 4), sets=sets(70, 4),
                      numbers=numbers(50), few=few())))
