"""Which file refers to which, as far as import lines tell."""

import pytest

from intake.languages.imports import references_in
from intake.languages.references import References


def dependants(asked: list[str], files: dict[str, str]) -> set[str]:
    named = {path: references_in(path, text.encode()) for path, text in files.items()}
    return References(files, named, asked).dependants(asked)


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
            "app/main.py",
            "from shop import (\n    cart,  # its total\n    prices,\n)",
            "shop/prices.py",
        ),
        ("src/main.rs", "use crate::shop::prices::Total;", "src/shop/prices.rs"),
        ("src/shop/cart.rs", "use super::prices::{total, Tax};", "src/shop/prices.rs"),
        (
            "src/main.rs",
            "use crate::shop::{\n    cart::Cart,\n    prices,\n};",
            "src/shop/prices.rs",
        ),
        ("src/A.java", "import static com.acme.Prices.total;", "src/com/acme/Prices.java"),
        ("src/A.kt", "import com.acme.Prices.Tax", "src/com/acme/Prices.kt"),
        ("lib/cart.dart", "import 'shop/prices.dart';", "lib/shop/prices.dart"),
        ("bin/main.dart", "import 'package:acme/prices.dart' as p;", "lib/prices.dart"),
        ("main.lua", 'local p = require("shop.prices")', "shop/prices.lua"),
        ("lib/cart.ex", "  alias Acme.ShopPrices", "lib/acme/shop_prices.ex"),
        ("lib/cart.ex", "  alias Acme.Shop.{Cart, Prices}", "lib/acme/shop/prices.ex"),
        (
            "live/main.tf",
            'module "x" {\n  source = "../modules/prices"\n}',
            "modules/prices/main.tf",
        ),
    ],
)
def test_an_import_leads_to_its_file(source: str, text: str, target: str) -> None:
    assert dependants([target], {source: text, target: "", "zzz/unrelated.py": ""}) == {source}


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
        ("bin/main.dart", "import 'dart:io/prices.dart';", "lib/prices.dart"),
        ("lib/cart.ex", "use GenServer", "lib/acme/server.ex"),
        ("src/main.rs", "use std::collections::HashMap;", "src/collections.rs"),
        ("web/cart.ts", "import React from 'react'", "web/deep/react.ts"),
        ("app/main.py", "# from shop.prices import total", "shop/prices.py"),
        ("notes.txt", "import shop.prices", "shop/prices.py"),
    ],
)
def test_other_peoples_modules_are_not_ours(source: str, text: str, target: str) -> None:
    assert dependants([target], {source: text, target: ""}) == set()


def test_an_ambiguous_name_counts_for_none_of_its_files() -> None:
    both = ["a/shop/prices.py", "b/shop/prices.py"]
    files = {"main.py": "from shop.prices import total", **dict.fromkeys(both, "")}
    assert dependants(both, files) == set()
    assert dependants(both[:1], files) == set()


def test_files_of_one_artifact_are_not_its_dependants() -> None:
    says = "from shop import b"
    files = {"shop/a.py": says, "shop/b.py": "", "main.py": says}
    assert dependants(["shop/a.py", "shop/b.py"], files) == {"main.py"}
