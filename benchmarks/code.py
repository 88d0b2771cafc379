"""Lines of made-up code in several languages: enough words, indents and imports to be like it."""

from collections.abc import Callable
from random import Random

WORDS = (
    "account amount balance batch budget buffer cart charge client config country currency "
    "customer date delivery discount entry error event factor field filter flag header index "
    "invoice item key limit line order owner page parcel payment price product query rate record "
    "refund region report request response result rule session shipment status stock store "
    "stream table tax task team token total user value version window worker zone"
).split()

POOL = 40_000
_SHAPES = {
    "py": (
        "{i}{a} = {b}.{c}({d}, {e}={n})",
        "{i}if {a}.{b} > {n} and {c} is not None:",
        "{i}for {a} in {b}_{c}:",
        "{i}return {a}[{b}] + {c}",
        "{i}# {a} {b} come before {c}, since the {d} needs its {e}",
        "def {a}_{b}({c}, {d}=None):",
        "class {A}{B}:",
        "{i}raise {A}Error(f'{{{b}}} has no {c}')",
        "",
    ),
    "ts": (
        "{i}const {a} = await {b}.{c}({d}, {{ {e}: {n} }});",
        "{i}if ({a}.{b} === {n} || !{c}) {{",
        "{i}}}",
        "{i}return {a}.{b}.map(({c}) => {c}.{d} ?? {n});",
        "{i}// {a} {b} come before {c}",
        "export function {a}{B}({c}: {D}, {e}?: number): {A} {{",
        "export interface {A}{B} {{ {c}: string; {d}: {E}[] }}",
        "",
    ),
    "go": (
        "\t{a}, err := {b}.{C}(ctx, {d})",
        "\tif err != nil {{",
        '\t\treturn nil, fmt.Errorf("{a} {b}: %w", err)',
        "\t}}",
        "func ({a} *{B}) {C}{D}(ctx context.Context, {e} int) ({A}, error) {{",
        "\tfor _, {a} := range {b}.{C} {{",
        "// {A}{B} keeps the {c} of a {d}.",
        "}}",
        "",
    ),
    "java": (
        "        final {A} {b} = this.{c}.get{D}({n});",
        "        if ({a} != null && {b}.is{C}()) {{",
        "        }}",
        "    public {A} {b}{C}({D} {e}) throws {B}Exception {{",
        "    /** The {a} of a {b}, before {c}. */",
        "        return {a}Repository.findBy{B}({c});",
        "    }}",
        "",
    ),
    "rs": (
        "    let {a} = self.{b}.{c}({d})?;",
        "    match {a}.{b} {{",
        "        Some({a}) if {a} > {n} => {b}.{c}(),",
        "    }}",
        "pub fn {a}_{b}(&self, {c}: &{D}) -> Result<{E}, Error> {{",
        "    /// The {a} that {b} gives to a {c}.",
        "}}",
        "",
    ),
    "sql": (
        "  {a}_{b} numeric({n}, 2) not null default 0,",
        "create index {a}_{b} on {c} ({d}, {e});",
        "select {a}, sum({b}) from {c} where {d} > {n} group by {a};",
        "-- the {a} of a {b}",
        "",
    ),
    "sh": (
        '{a}="$(find "${b}" -name "*.{c}" | head -n {n})"',
        'if [ -z "${a}" ]; then',
        "  exit {n}",
        "fi",
        "# {a} before {b}",
        "",
    ),
    "tf": (
        'resource "aws_{a}" "{b}_{c}" {{',
        "  {a}_{b} = var.{c}",
        "  count = {n}",
        "}}",
        "",
    ),
    "yml": ("{a}_{b}:", "  {a}: {n}", '  - "{b} {c}"', ""),
    "md": ("## The {a} of a {b}", "A {a} has its {b}, and each {c} a {d}.", ""),
}
_IMPORTS: dict[str, Callable[[str], str]] = {
    "py": lambda path: f"from {path.replace('/', '.')} import {path.rpartition('/')[2]}",
    "ts": lambda path: f"import {{ {path.rpartition('/')[2]} }} from '@/{path}';",
    "go": lambda path: f'import "{path.rpartition("/")[0] or path}"',
    "java": lambda path: f"import {path.replace('/', '.')};",
    "rs": lambda path: f"use crate::{path.replace('/', '::')};",
}
_COMMENT = {"py": "#", "sh": "#", "yml": "#", "tf": "#", "sql": "--", "md": ""}
LICENSE = (
    "Copyright (c) the authors of the shop. All rights reserved.",
    "Use of this source code is governed by a license that can be",
    "found in the LICENSE file: the shop's own.",
)


class Code:
    """Draws lines from a pool for each language, so that files share them as real ones do."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._pools = {suffix: self._pool(shapes) for suffix, shapes in _SHAPES.items()}

    def lines(self, suffix: str, count: int) -> list[bytes]:
        return self._random.choices(self._pools[suffix], k=count)

    def head(self, suffix: str, others: list[str]) -> list[bytes]:
        """A comment on one file in three, then what the file imports."""
        sign = _COMMENT.get(suffix, "//")
        comment = LICENSE if sign and self._random.random() < 1 / 3 else ()
        imports = [_IMPORTS[suffix](path) for path in others if suffix in _IMPORTS]
        return [line.encode() for line in (*(f"{sign} {text}" for text in comment), *imports)]

    def word(self) -> str:
        return self._random.choice(WORDS)

    def _pool(self, shapes: tuple[str, ...]) -> list[bytes]:
        return [self._line(self._random.choice(shapes)) for _ in range(POOL)]

    def _line(self, shape: str) -> bytes:
        words = dict(zip("abcde", self._random.choices(WORDS, k=5), strict=True))
        names = words | {letter.upper(): word.title() for letter, word in words.items()}
        indent = " " * self._random.choice((4, 4, 8, 8, 12))
        return shape.format(i=indent, n=self._random.randrange(2, 90), **names).encode()
