#!/usr/bin/env python3
"""Refuses EXHIBIT_TRY inside a braced initialiser: g++ 12 leaks what was built before it (see result.hpp)."""
import re
import sys

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|\w+|[^\s\w]', re.S)
BEFORE_BLOCK = {")", "{", "}", ";", ":", "else", "do", "try", "const", "noexcept", "override", "final", "mutable", ""}


def findings(text):
    text = re.sub(r"#define EXHIBIT_TRY.*?(?<!\\)\n", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    stack, previous, head, before_bracket = [], "", [], ""
    for match in TOKEN.finditer(text):
        token = match.group()
        if token.startswith(("//", "/*")):
            continue
        if token in "([{":
            scope = any(word in head for word in ("namespace", "class", "struct", "enum", "extern"))
            lambda_body = previous == "]" and not re.match(r"\w", before_bracket)  # `[&] {`, but not `a[3] {`
            block = previous in BEFORE_BLOCK or scope or lambda_body or "->" in "".join(head[-16:])
            before_bracket = previous if token == "[" else before_bracket
            stack.append("block" if token == "{" and block else token)
        elif token in ")]}" and stack:
            stack.pop()
        elif token == "EXHIBIT_TRY" and "{" in stack[len(stack) - 1 - stack[::-1].index("block") if "block" in stack else 0 :]:
            yield text.count("\n", 0, match.start()) + 1
        head = [] if token in ";{}" else head + [token]
        previous = token


def main():
    bad = 0
    for path in sys.argv[1:]:
        for line in findings(open(path, encoding="utf-8").read()):
            print(f"{path}:{line}: EXHIBIT_TRY inside a braced initialiser; read into a variable first")
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main())
