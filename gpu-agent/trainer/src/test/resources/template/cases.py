"""Writes cases.json: what Jinja itself makes of templates, set up as Hugging Face's library does.

python cases.py > cases.json
"""

import json

from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

CHAT = [
    {"role": "system", "content": " Be brief. "},
    {"role": "user", "content": "Say \"hi\" & <b>bye</b>\nplease"},
    {"role": "assistant", "content": "<think>hm</think>hi"},
    {"role": "user", "content": "And now?"},
]
SHORT = [{"role": "user", "content": "Hello"}]

TEMPLATES = {
    "turns between marks": """{%- for message in messages %}
    {{- '<|' + message['role'] + '|>\\n' + message.content | trim + '<|end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|assistant|>\\n' }}
{%- endif %}
""",
    "a statement alone on its line": """{% for message in messages %}
  {% if message.role == 'user' %}
[{{ message.content }}]
  {% elif loop.first %}
({{ message.content }})
  {% else %}
{{ message.content }}{{ eos_token }}
  {% endif %}
{% endfor %}
tail
""",
    "the system's turn is set aside": """{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'].strip() %}{% set rest = messages[1:] %}{% else %}{% set system = false %}{% set rest = messages %}{% endif %}{{ bos_token }}{% for m in rest %}{% if loop.index0 == 0 and system %}<<{{ system }}>> {% endif %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('turns must alternate') }}{% endif %}{{ m.role|upper ~ ': ' ~ m.content }}{{ eos_token if m.role == 'assistant' else '' }}{% endfor %}""",
    "a namespace remembers": """{%- set ns = namespace(last=-1, seen=[]) -%}
{%- for m in messages -%}
  {%- if m.role == 'user' -%}{%- set ns.last = loop.index0 -%}{%- endif -%}
  {%- set ns.seen = ns.seen + [m.role] -%}
{%- endfor -%}
{{ ns.last }} {{ ns.seen | join('+') }} {{ ns.seen|length }} {{ ns.seen }}""",
    "what was thought is cut off": """{%- for m in messages -%}
{%- set content = m.content -%}
{%- if '</think>' in content -%}{%- set content = content.split('</think>')[-1].lstrip('\\n') -%}{%- endif -%}
{{ content }}{% if not loop.last %} | {% endif %}
{%- endfor -%}""",
    "a macro with a standard": """{%- macro turn(role, text='none', mark=":") -%}
{{ role | capitalize }}{{ mark }} {{ text }};
{%- endmacro -%}
{{ turn('user', 'a') }}{{ turn('tool') }}{{ turn(role='x', mark='!') }}""",
    "tests and defaults": """{{ tools is defined and tools is not none }} {{ missing is defined }} {{ missing | default('d') }} {{ messages[0].content is string }} {{ messages is iterable }} {{ messages[0] is mapping }} {{ 3 is odd }} {{ 4 is divisibleby 2 }} {{ 'a' is in ['a'] }} {{ none is none }}""",
    "numbers": """{{ 7 // 2 }} {{ 7 % 3 }} {{ 7 / 2 }} {{ -7 // 2 }} {{ 2 * 3 + 1 }} {{ (1, 2)[1] }} {{ 1.5 + 1 }} {{ 10 - 3 - 2 }} {{ 'ab' * 2 }} {{ 3 > 2 and not 2 >= 3 }}""",
    "slices": """{{ [1,2,3,4][1:3] }} {{ [1,2,3][::-1] }} {{ 'hello'[1:-1] }} {{ [1,2,3][-1] }} {{ [1,2,3][:-1] }} {{ messages[::-1][0].role }} {{ messages[-1:][0]['content'] }}""",
    "as JSON": """{{ messages[1] | tojson }} {{ {'a': [1, true, none], 'b': {}} | tojson }} {{ 'é"\\n' | tojson }}""",
    "indented JSON": """{{ {'a': [1, {'b': 2}], 'c': 'd'} | tojson(indent=4) }}""",
    "loops with a condition": """{% for m in messages if m.role == 'user' %}{{ loop.index }}/{{ loop.length }} {{ m.content[:3] }}{% if loop.nextitem is defined %} > {{ loop.nextitem.content[:3] }}{% endif %};{% else %}nobody{% endfor %} {% for m in messages if m.role == 'tool' %}x{% else %}nobody{% endfor %}""",
    "break and continue": """{% for m in messages %}{% if loop.index0 == 1 %}{% continue %}{% endif %}{% if loop.index0 == 3 %}{% break %}{% endif %}{{ m.role }} {% endfor %}""",
    "mappings": """{% for k, v in {'x': 1, 'y': 'z'}.items() %}{{ k }}={{ v }} {% endfor %}{{ {'a': 1}.get('b', 'none') }} {{ {'a': 1}.get('a') }} {% for k, v in messages[0] | items %}{{ k }},{% endfor %}""",
    "chosen by attribute": """{{ messages | selectattr('role', 'equalto', 'user') | list | length }} {{ messages | map(attribute='role') | unique | list | length if false else messages | map(attribute='role') | join(',') }} {{ messages | rejectattr('role', 'in', ['user']) | map(attribute='content') | first }}""",
    "a block that is set": """{% set head %}<{{ messages[0].role }}>{% endset %}{{ head }}{{ head | length }}""",
    "scope of a loop": """{% set x = 1 %}{% for m in messages %}{% set x = x + 1 %}{{ x }}{% endfor %} {{ x }}""",
    "comments and raw strings": """{# nothing
of this #}a{#- b -#} c {{ "it's" }} {{ 'say "so"' }} {{ 'tab\\there' }} {{ "a" "b" }}""",
    "blanks": """a
   {%- if true %} b {% endif -%}
   c
 {{- ' d ' -}}
 e
  {%+ if true %}f{% endif %}
g""",
    "text methods": """{{ 'a,b,,c'.split(',') }} {{ ' x y '.split() }} {{ 'abc'.startswith('ab') }} {{ 'abc'.endswith('x') }} {{ 'xxaxx'.strip('x') }} {{ 'hello world'.title() }} {{ 'Ab'.lower() }} {{ 'a-b'.replace('-', '+') }} {{ ', '.join(['a','b']) }} {{ 'abc'.find('c') }}""",
    "short circuits": """{{ missing and missing.deep }}{{ none or 'else' }} {{ 'x' if messages | length > 1 else 'y' }} {{ 'only' if false }}|""",
    "marks of what is learned": """{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}""",
}


def raise_exception(message):
    raise ValueError(message)


from jinja2 import nodes
from jinja2.ext import Extension


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.Scope(body).set_lineno(line)


def to_json(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def main():
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, Generation]
    )
    environment.filters["tojson"] = to_json
    environment.globals["raise_exception"] = raise_exception
    cases = []
    for name, source in TEMPLATES.items():
        for messages, asks in ((CHAT, True), (SHORT, False)):
            case = {"name": name, "template": source, "messages": messages, "asks": asks}
            try:
                case["text"] = environment.from_string(source).render(
                    messages=messages,
                    add_generation_prompt=asks,
                    bos_token="<s>",
                    eos_token="</s>",
                    tools=None,
                    documents=None,
                )
            except Exception as error:
                case["refused"] = str(error)
            cases.append(case)
    print(json.dumps(cases, indent=1, ensure_ascii=False))


main()
