"""Further runs of the reference, in the form of the others: python further_cases.py TARGET"""
import copy, json, os, sys
import torch
from safetensors.torch import save_file
import transformers as tf
from peft import LoraConfig, get_peft_model

ROOT = sys.argv[1]
TRAINING = dict(optimizer="AdamW", lr=1e-3, betas=[0.9, 0.999], eps=1e-8, weight_decay=0.01, schedule="none",
                dropout=0, mode="eval", batch="same batch every step", grad_clip="none")

def stirred(model, seed=7, size=0.1):
    torch.manual_seed(seed)
    with torch.no_grad():
        for p in model.parameters():
            p.add_(torch.randn_like(p) * size)
    return model.eval()

def plain(name):
    return name.replace(".default", "").replace("modules_to_save.", "")

def save(folder, tensors, file):
    os.makedirs(f"{ROOT}/{folder}", exist_ok=True)
    save_file({k: v.detach().contiguous().clone() for k, v in tensors.items()}, f"{ROOT}/{folder}/{file}")

torch.manual_seed(1)

def run(folder, model, inputs, outputs, case, extra=None, steps=(5,)):
    names = {plain(n): p for n, p in model.named_parameters() if p.requires_grad}
    expected = dict(extra or {})
    with torch.no_grad():
        out = model(**inputs, output_hidden_states=True) if outputs.get("hidden", True) else model(**inputs)
    for key in outputs.get("keys", ("logits", "loss")):
        expected["out/" + key] = out[key]
    for prefix in outputs.get("states", ("hidden_states",)):
        if outputs.get("hidden", True) and out.get(prefix) is not None:
            for i, h in enumerate(out[prefix]):
                expected[f"out/{prefix}.{i}"] = h
    optimizer = torch.optim.AdamW(list(names.values()), lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
    losses = []
    for step in range(1, 6):
        optimizer.zero_grad()
        loss = model(**inputs).loss
        losses.append(loss.item())
        loss.backward()
        if step == 1:
            for n, p in names.items():
                if p.grad is not None:
                    expected["grad/" + n] = p.grad.clone()
            case["grad_l2_norm"] = torch.sqrt(sum((p.grad ** 2).sum() for p in names.values() if p.grad is not None)).item()
        optimizer.step()
        if step in steps:
            for n, p in ((n, p) for n, p in names.items() if p.grad is not None):
                expected[f"step{step}/{n}"] = p.detach().clone()
    with torch.no_grad():
        out = model(**inputs)
    losses.append(out.loss.item())
    if "logits" in outputs.get("keys", ("logits", "loss")):
        expected["after5/logits"] = out.logits
    case["losses_before_each_of_5_steps_and_after"] = losses
    case["float32_vs_float64"] = {}
    case.setdefault("training", dict(TRAINING))
    save(folder, expected, "expected.safetensors")
    json.dump(case, open(f"{ROOT}/{folder}/case.json", "w"))

def base(folder, model, inputs):
    model.save_pretrained(f"{ROOT}/{folder}")
    for f in ("generation_config.json",):
        if os.path.exists(f"{ROOT}/{folder}/{f}"):
            os.remove(f"{ROOT}/{folder}/{f}")
    save(folder, inputs, "inputs.safetensors")

def case_of(folder, model, inputs, outputs=None, extra=None):
    base(folder, model, inputs)
    run(folder, model, inputs, outputs or {}, dict(family=folder), extra)

def text(vocab, rows=3, length=10, pad=0, seed=3, low=5):
    torch.manual_seed(seed)
    ids = torch.randint(low, vocab, (rows, length))
    mask = torch.ones_like(ids)
    mask[1, length - 3:] = 0
    mask[2, length // 2:] = 0
    ids[mask == 0] = pad
    return ids, mask

def decoder(folder, model, vocab, pad, length=12):
    ids, mask = text(vocab, length=length, pad=pad)
    labels = ids.masked_fill(mask == 0, -100)
    extra = {}
    with torch.no_grad():
        prompt = ids[:1, :6]
        for _ in range(8):
            prompt = torch.cat([prompt, model(input_ids=prompt).logits[:, -1:].argmax(-1)], 1)
        extra["out/greedy_ids_row0"] = prompt[0]
        left, lmask = torch.full_like(ids, pad), torch.zeros_like(mask)
        for r in range(ids.shape[0]):
            n = int(mask[r].sum())
            left[r, length - n:] = ids[r, :n]
            lmask[r, length - n:] = 1
        places = (lmask.cumsum(1) - 1).masked_fill(lmask == 0, 1)
        extra["out/leftpad_input_ids"], extra["out/leftpad_attention_mask"], extra["out/leftpad_position_ids"] = left, lmask, places
        extra["out/leftpad_last_logits"] = model(input_ids=left, attention_mask=lmask, position_ids=places).logits[:, -1]
    case_of(folder, model, dict(input_ids=ids, attention_mask=mask, labels=labels), {}, extra)

def lora(folder, of, model, inputs, config, outputs=None):
    original = copy.deepcopy(model)
    with torch.no_grad():
        before = model(**{k: v for k, v in inputs.items() if k != "labels"} if "decoder_input_ids" in inputs else inputs).logits
    adapted = get_peft_model(model, config).eval()
    torch.manual_seed(11)
    with torch.no_grad():
        for p in adapted.parameters():
            if p.requires_grad:
                p.add_(torch.randn_like(p) * 0.05)
    adapted.save_pretrained(f"{ROOT}/{folder}")
    if os.path.exists(f"{ROOT}/{folder}/README.md"):
        os.remove(f"{ROOT}/{folder}/README.md")
    merged = copy.deepcopy(adapted).merge_and_unload()
    extra = {"base/logits": before}
    with torch.no_grad():
        extra["merged_out/logits"] = merged(**inputs).logits
    start = dict(original.named_parameters())
    for n, p in merged.named_parameters():
        if n in start and not torch.equal(p, start[n]):
            extra["merged/" + n] = p
    case = dict(family=folder, base=f"../{of}/model.safetensors", inputs_file=f"../{of}/inputs.safetensors",
                training=dict(TRAINING, trainable="exactly the tensors in adapter_model.safetensors"))
    run(folder, adapted, inputs, dict(outputs or {}, hidden=False), case, extra)

small = dict(hidden_size=24, intermediate_size=40, num_hidden_layers=3, num_attention_heads=4, vocab_size=60,
             max_position_embeddings=64, attn_implementation="eager")
decoder("mistral_window", stirred(tf.MistralForCausalLM(tf.MistralConfig(**small, num_key_value_heads=2, head_dim=12, sliding_window=4, pad_token_id=0))), 60, 0)
decoder("llama3_tied", stirred(tf.LlamaForCausalLM(tf.LlamaConfig(**small, num_key_value_heads=1, tie_word_embeddings=True, attention_bias=True, mlp_bias=True, pad_token_id=0, rope_theta=500000.0,
    rope_scaling=dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16)))), 60, 0)
decoder("llama_linear", stirred(tf.LlamaForCausalLM(tf.LlamaConfig(**small, num_key_value_heads=4, hidden_act="gelu", pad_token_id=0, rope_scaling=dict(rope_type="linear", factor=3.0)))), 60, 0)
decoder("llama_yarn", stirred(tf.LlamaForCausalLM(tf.LlamaConfig(**small, num_key_value_heads=2, pad_token_id=0, rope_scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16)))), 60, 0)
decoder("qwen2_window", stirred(tf.Qwen2ForCausalLM(tf.Qwen2Config(**small, num_key_value_heads=2, use_sliding_window=True, sliding_window=3, max_window_layers=1, pad_token_id=0))), 60, 0)
decoder("gpt2_scaled", stirred(tf.GPT2LMHeadModel(tf.GPT2Config(n_embd=24, n_layer=3, n_head=4, n_inner=40, n_positions=24, vocab_size=60, activation_function="relu", scale_attn_by_inverse_layer_idx=True,
    resid_pdrop=0, embd_pdrop=0, attn_pdrop=0, bos_token_id=1, eos_token_id=1, attn_implementation="eager"))), 60, 1)

def images(side, rows=4, classes=5, seed=3):
    torch.manual_seed(seed)
    return dict(pixel_values=torch.randn(rows, 3, side, side), labels=torch.randint(0, classes, (rows,)))
for name, extra in (("resnet_basic", dict(layer_type="basic", depths=[1, 2], hidden_sizes=[12, 20])),
                    ("resnet_first", dict(layer_type="bottleneck", depths=[2, 1], hidden_sizes=[16, 24], downsample_in_first_stage=True, downsample_in_bottleneck=True))):
    m = stirred(tf.ResNetForImageClassification(tf.ResNetConfig(embedding_size=12, num_labels=5, **extra)))
    with torch.no_grad():
        for n, b in m.named_buffers():
            if "running" in n:
                b.add_(torch.rand_like(b) * 0.3)
    case_of(name, m, images(40))
m = stirred(tf.CLIPForImageClassification(tf.CLIPConfig(text_config=dict(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=20, vocab_size=50, max_position_embeddings=10),
    vision_config=dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, image_size=24, patch_size=8), projection_dim=12, num_labels=5, attn_implementation="eager")))
case_of("clip_classification", m, images(24), dict(hidden=False))

def t5(name, **kw):
    torch.manual_seed(1)
    m = stirred(tf.T5ForConditionalGeneration(tf.T5Config(vocab_size=60, d_model=24, d_kv=10, d_ff=40, num_heads=3, dropout_rate=0.0, initializer_factor=0.3, decoder_start_token_id=0, relative_attention_num_buckets=8, relative_attention_max_distance=12, **kw)), size=0.05)
    ids, mask = text(60)
    torch.manual_seed(9)
    labels = torch.randint(2, 60, (3, 7))
    labels[1, 5:] = -100
    inputs = dict(input_ids=ids, attention_mask=mask, labels=labels)
    with torch.no_grad():
        row = ids[:1, : int(mask[0].sum())]
        d = torch.zeros((1, 1), dtype=torch.long)
        for _ in range(8):
            d = torch.cat([d, m(input_ids=row, decoder_input_ids=d).logits[:, -1:].argmax(-1)], 1)
    return m, inputs, {"out/greedy_decoder_ids_row0": d[0]}
m, inputs, extra = t5("t5_gated", feed_forward_proj="gated-gelu", tie_word_embeddings=False, num_layers=2, num_decoder_layers=3)
case_of("t5_gated", m, inputs, dict(states=("encoder_hidden_states", "decoder_hidden_states")), extra)
m, inputs, _ = t5("t5_gated", feed_forward_proj="gated-gelu", tie_word_embeddings=False, num_layers=2, num_decoder_layers=3)
lora("t5_lora", "t5_gated", m, inputs, LoraConfig(task_type="SEQ_2_SEQ_LM", r=3, lora_alpha=6, target_modules=["q", "v", "wi_0", "wo"]))

enc = dict(vocab_size=60, hidden_size=24, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, max_position_embeddings=20, attn_implementation="eager")
distil = dict(vocab_size=60, dim=24, n_layers=2, n_heads=4, hidden_dim=48, dropout=0.0, attention_dropout=0.0, seq_classif_dropout=0.0, max_position_embeddings=20, attn_implementation="eager")
ids, mask = text(60)
torch.manual_seed(5)
tokens = torch.randint(0, 4, (3, 10)).masked_fill(mask == 0, -100)
tokens[0, 0] = -100
kinds = torch.randint(0, 2, (3, 10))
case_of("bert_tokens", stirred(tf.BertForTokenClassification(tf.BertConfig(**enc, num_labels=4))), dict(input_ids=ids, attention_mask=mask, token_type_ids=kinds, labels=tokens))
rids, rmask = text(60, pad=1)
case_of("roberta_tokens", stirred(tf.RobertaForTokenClassification(tf.RobertaConfig(**enc, pad_token_id=1, type_vocab_size=1, num_labels=4))), dict(input_ids=rids, attention_mask=rmask, labels=tokens))
case_of("distilbert_tokens", stirred(tf.DistilBertForTokenClassification(tf.DistilBertConfig(**distil, num_labels=4))), dict(input_ids=ids, attention_mask=mask, labels=tokens))
many = torch.randint(0, 2, (3, 4)).float()
case_of("bert_multi_label", stirred(tf.BertForSequenceClassification(tf.BertConfig(**enc, hidden_act="gelu_new", num_labels=4, problem_type="multi_label_classification"))), dict(input_ids=ids, attention_mask=mask, token_type_ids=kinds, labels=many))
case_of("roberta_regression", stirred(tf.RobertaForSequenceClassification(tf.RobertaConfig(**enc, pad_token_id=1, type_vocab_size=1, num_labels=1, problem_type="regression"))), dict(input_ids=rids, attention_mask=rmask, labels=torch.randn(3, 1)))
label = torch.tensor([2, 0, 1])
m = stirred(tf.DistilBertForSequenceClassification(tf.DistilBertConfig(**distil, num_labels=3)))
inputs = dict(input_ids=ids, attention_mask=mask, labels=label)
base("distilbert_base", m, inputs)
lora("distilbert_lora", "distilbert_base", m, inputs, LoraConfig(task_type="SEQ_CLS", r=4, lora_alpha=4, target_modules=["q_lin", "v_lin", "lin1"], use_rslora=True))
m = stirred(tf.RobertaForSequenceClassification(tf.RobertaConfig(**enc, pad_token_id=1, type_vocab_size=1, num_labels=3)))
inputs = dict(input_ids=rids, attention_mask=rmask, labels=label)
base("roberta_base", m, inputs)
lora("roberta_lora", "roberta_base", m, inputs, LoraConfig(task_type="SEQ_CLS", r=4, lora_alpha=8, target_modules=["query", "dense"], exclude_modules=["classifier.dense"]))
m = stirred(tf.GPT2LMHeadModel(tf.GPT2Config(n_embd=24, n_layer=2, n_head=4, n_positions=24, vocab_size=60, resid_pdrop=0, embd_pdrop=0, attn_pdrop=0, attn_implementation="eager", bos_token_id=1, eos_token_id=1)))
gids, gmask = text(60, pad=1)
inputs = dict(input_ids=gids, attention_mask=gmask, labels=gids.masked_fill(gmask == 0, -100))
base("gpt2_base", m, inputs)
lora("gpt2_lora", "gpt2_base", m, inputs, LoraConfig(task_type="CAUSAL_LM", r=4, lora_alpha=8, target_modules=["c_attn", "c_proj"], fan_in_fan_out=True))
m = stirred(tf.Qwen2ForCausalLM(tf.Qwen2Config(**small, num_key_value_heads=2, pad_token_id=0)))
inputs = dict(input_ids=ids, attention_mask=mask, labels=ids.masked_fill(mask == 0, -100))
base("qwen2_base", m, inputs)
lora("qwen2_lora_pattern", "qwen2_base", m, inputs, LoraConfig(task_type="CAUSAL_LM", r=4, lora_alpha=8, target_modules="all-linear", rank_pattern={"down_proj": 2, r"model.layers.1.self_attn.q_proj": 6}, alpha_pattern={"o_proj": 3}))
