"""What code says of itself, and what refers to what."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.contents import References, branches, code_lines, references_in


def test_blank_lines_do_not_count() -> None:
    assert code_lines(b"a\n\n  \n\tb\r\n\r\nc") == 3


def test_branches_are_words_and_signs_that_fork() -> None:
    flow = b"if a and b:\n  for x in y: pass\nelif c || d && e:\n  gift = iffy\n"
    assert branches("a.py", flow) == 5


@pytest.mark.parametrize(
    ("path", "content", "count"),
    [
        ("a.py", b'"""If it waits for one, while that is the case."""\nif x: y\n', 1),
        ("a.vue", b"<label for='a'><p v-for='x in y' v-if='x'></p>", 2),
        ("a.ts", b"/**\n * Use this if you wait for it.\n */\nif (x && y) {}\n", 2),
        ("a.ts", b"const every = 'src/*';\nif (x) {}\n", 1),
        ("a.sql", b"SELECT CASE WHEN a > 1 THEN 1 ELSE 2 END /* if any */ FROM t", 2),
        ("a.html", b"<p>If you wait for it</p><label for='x'><script>if (a) b()</script>", 1),
        ("a.html", b"{% for x in y %}<p>while</p>{% endfor %}", 1),
        ("Dockerfile", b"RUN a && b && c\nRUN for x in y; do z; done\n", 1),
        ("run.sh", b"rm -rf build/*\nif a; then b && c; fi\n", 2),
    ],
)
def test_what_forks_in_passing_is_no_branch(path: str, content: bytes, count: int) -> None:
    assert branches(path, content) == count


WRITTEN = st.lists(
    st.sampled_from(
        "if iffy _if elif for match case && || &&& | \r\n \n \r \t \f \v ( x.y é".split(" ")
    )
).map(lambda words: " ".join(words).encode())


@given(WRITTEN | st.binary(max_size=60))
def test_counts_are_those_of_the_words_and_lines_themselves(content: bytes) -> None:
    forks = rb"\b(?:if|elif|for|match|case)\b|&&|\|\|"
    assert branches("run.sh", content) == len(re.findall(forks, content))
    assert code_lines(content) == sum(bool(line.strip()) for line in content.splitlines())


@pytest.mark.parametrize(
    ("source", "text", "target"),
    [
        ("app/main.py", "from shop.prices import total", "shop/prices.py"),
        ("app/main.py", "import shop.prices as p", "src/shop/prices.py"),
        ("shop/cart.py", "from .prices import total", "shop/prices.py"),
        ("shop/cart/x.py", "from ..prices import total", "shop/prices.py"),
        ("shop/cart.py", "from . import prices", "shop/prices.py"),
        ("shop/cart.py", "    from shop import prices, other", "shop/prices.py"),
        ("main.py", "import shop", "shop/__init__.py"),
        ("web/cart.ts", "import {total} from './prices'", "web/prices.ts"),
        ("web/a/cart.tsx", "export * from '../prices.js'", "web/prices.ts"),
        ("web/cart.ts", "import {total} from './prices/index.js'", "web/prices/index.ts"),
        ("web/cart.ts", "import {total} from './prices/index'", "web/prices/index.ts"),
        ("web/cart.js", "const p = require('./prices')", "web/prices/index.js"),
        ("web/app/cart.vue", "import x from '@/shop/prices'", "web/shop/prices.ts"),
        ("src/app/cart.vue", "import x from '@/store'", "src/store/index.ts"),
        ("app/cart.py", "import prices", "app/prices.py"),
        (
            "cmd/main.go",
            'import (\n\t"github.com/acme/x/internal/prices"\n)',
            "internal/prices/p.go",
        ),
        ("src/A.java", "import com.acme.shop.Prices;", "src/com/acme/shop/Prices.java"),
        ("src/main.rs", "use crate::shop::prices;", "src/shop/prices.rs"),
        ("shop/cart.c", '#include "prices.h"', "shop/prices.h"),
        ("lib/cart.rb", "require_relative 'shop/prices'", "lib/shop/prices.rb"),
        ("app/Http/Cart.php", "use App\\Shop\\Prices;", "app/Shop/Prices.php"),
        ("bin/run.sh", '. "$(dirname "$0")/lib/prices.sh"', "bin/lib/prices.sh"),
        ("bin/run.sh", "source ./prices.sh", "bin/prices.sh"),
        (
            "live/main.tf",
            'module "x" {\n  source = "../modules/prices"\n}',
            "modules/prices/main.tf",
        ),
    ],
)
def test_an_import_leads_to_its_file(source: str, text: str, target: str) -> None:
    references = References([source, target, "zzz/unrelated.py"])
    references.note(source, references_in(source, text.encode()))
    assert references.dependants([target]) == {source}


@pytest.mark.parametrize(
    ("source", "text", "target"),
    [
        ("app/main.py", "import json", "vendor_tools/deep/json.py"),
        ("app/main.py", "import queue", "app/queue.py"),
        ("app/main.py", "from logging import handlers", "app/logging/handlers.py"),
        ("shop/cart.py", "from django.core import mail", "core/mail.py"),
        ("shop/cart.py", "from shop.prices import total", "web/shop/prices.ts"),
        ("src/cart.ts", "import { EventEmitter } from 'events'", "src/events.ts"),
        ("src/cart.ts", "import './Button'", "src/Button.css"),
        ("cmd/main.go", 'import "fmt"', "cmd/fmt/print.go"),
        ("app/Cart.php", "use Acme\\Support\\Str;", "app/Other/Str.php"),
        ("app/Cart.php", "class Cart { use Prices; }", "app/Prices.php"),
        ("bin/run.sh", "source /etc/profile", "bin/etc/prices.sh"),
        ("app/main.py", "import os.path", "path.py"),
        ("web/cart.ts", "import React from 'react'", "web/deep/react.ts"),
        ("app/main.py", "# from shop.prices import total", "shop/prices.py"),
        ("notes.txt", "import shop.prices", "shop/prices.py"),
    ],
)
def test_other_peoples_modules_are_not_ours(source: str, text: str, target: str) -> None:
    references = References([source, target])
    references.note(source, references_in(source, text.encode()))
    assert references.dependants([target]) == set()


def test_an_ambiguous_name_counts_for_none_of_its_files() -> None:
    references = References(["a/shop/prices.py", "b/shop/prices.py", "main.py"])
    references.note("main.py", references_in("main.py", b"from shop.prices import total"))
    assert references.dependants(["a/shop/prices.py", "b/shop/prices.py"]) == set()


def test_files_of_one_artifact_are_not_its_dependants() -> None:
    references = References(["shop/a.py", "shop/b.py", "main.py"])
    references.note("shop/a.py", references_in("shop/a.py", b"from shop import b"))
    references.note("main.py", references_in("main.py", b"from shop import b"))
    assert references.dependants(["shop/a.py", "shop/b.py"]) == {"main.py"}
