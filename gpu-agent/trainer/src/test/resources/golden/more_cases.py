import torch,json,os,copy
from safetensors.torch import save_file
from transformers import ViTConfig,ViTForImageClassification
from peft import LoraConfig,get_peft_model
torch.manual_seed(5)
root="cases"; os.makedirs(root,exist_ok=True)
def base(name,**kw):
    c=ViTConfig(hidden_size=48,num_hidden_layers=3,num_attention_heads=3,intermediate_size=80,image_size=24,patch_size=6,num_channels=1,num_labels=7,hidden_dropout_prob=0.0,attention_probs_dropout_prob=0.0,attn_implementation="eager",**kw)
    m=ViTForImageClassification(c).eval()
    with torch.no_grad():
        for n,p in m.named_parameters(): p.add_(torch.randn_like(p)*0.1)
    m.save_pretrained(f"{root}/{name}")
    px=torch.randn(4,1,24,24); lab=torch.randint(0,7,(4,))
    save_file({"pixel_values":px,"labels":lab},f"{root}/{name}/inputs.safetensors")
    return m,px,lab
def run(m,px,lab,groups,clip,out,case,folder,adapter=False,extra={}):
    names={n.replace(".default",""):p for n,p in m.named_parameters() if p.requires_grad}
    names={n.replace("modules_to_save.",""):p for n,p in names.items()}
    exp=dict(extra); o=m(pixel_values=px,labels=lab,output_hidden_states=True); exp["out/logits"]=o.logits; exp["out/loss"]=o.loss
    if not adapter:
        for i,h in enumerate(o.hidden_states): exp[f"out/hidden_states.{i}"]=h
    opt=torch.optim.AdamW(groups(names),betas=(0.8,0.95),eps=1e-7)
    losses=[]
    for s in range(1,6):
        opt.zero_grad(); l=m(pixel_values=px,labels=lab).loss; losses.append(l.item()); l.backward()
        if s==1:
            for n,p in names.items(): exp["grad/"+n]=p.grad.clone()
            case["grad_l2_norm"]=torch.sqrt(sum((p.grad**2).sum() for p in names.values())).item()
        if clip: torch.nn.utils.clip_grad_norm_(list(names.values()),clip)
        opt.step()
        if s in(1,5):
            for n,p in names.items(): exp[f"step{s}/"+n]=p.detach().clone()
    o=m(pixel_values=px,labels=lab); losses.append(o.loss.item()); exp["after5/logits"]=o.logits
    case["losses_before_each_of_5_steps_and_after"]=losses; case["float32_vs_float64"]={}
    os.makedirs(f"{root}/{folder}",exist_ok=True)
    save_file({k:v.detach().contiguous().clone() for k,v in exp.items()},f"{root}/{folder}/expected.safetensors"); json.dump(case,open(f"{root}/{folder}/case.json","w"))
T=dict(optimizer="AdamW",betas=[0.8,0.95],eps=1e-7,weight_decay=0.1,schedule="none",dropout=0,mode="eval",batch="same batch every step")
# 1 layerwise + nodecay + clip, gelu_new, no qkv bias
m,px,lab=base("vit_layerwise_clip",hidden_act="gelu_new",qkv_bias=False)
def depth(n):
    if "embeddings" in n: return 4
    if "encoder.layer." in n: return 3-int(n.split("layer.")[1].split(".")[0])
    return 0
lr={n:2e-3*0.7**depth(n) for n,_ in m.named_parameters()}; nd=[n for n,p in m.named_parameters() if p.ndim==1]
g=lambda names:[dict(params=[p],lr=lr[n],weight_decay=0.0 if n in nd else 0.1) for n,p in names.items()]
run(m,px,lab,g,0.5,None,dict(family="vit_layerwise_clip",training=dict(T,lr="by parameter",grad_clip="clip_grad_norm_, global L2 norm 0.5, before every step"),lr_by_parameter=lr,no_decay=nd),"vit_layerwise_clip")
# 2 LoRA all linear + classifier, rslora
m,px,lab=base("vit_gray",hidden_act="relu"); m0=copy.deepcopy(m)
bl=m(pixel_values=px).logits
pm=get_peft_model(m,LoraConfig(r=3,lora_alpha=5,target_modules="all-linear",modules_to_save=["classifier"],use_rslora=True,init_lora_weights=False))
pm.eval(); torch.manual_seed(3)
with torch.no_grad():
    for n,p in pm.named_parameters():
        if p.requires_grad: p.add_(torch.randn_like(p)*0.05)
pm.save_pretrained(f"{root}/vit_gray_lora")
mm=copy.deepcopy(pm).merge_and_unload(); ex={"base/logits":bl,"merged_out/logits":mm(pixel_values=px).logits}
b=dict(m0.named_parameters())
for n,p in mm.named_parameters():
    if not torch.equal(p,b[n]): ex["merged/"+n]=p
run(pm,px,lab,lambda names:[dict(params=list(names.values()),lr=3e-3,weight_decay=0.1)],None,None,dict(family="vit_gray_lora",base="../vit_gray/model.safetensors",inputs_file="../vit_gray/inputs.safetensors",training=dict(T,lr=3e-3,grad_clip="none",trainable="exactly the tensors in adapter_model.safetensors")),"vit_gray_lora",True,ex)
