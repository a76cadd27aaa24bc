#!/usr/bin/env python3
"""Vectors of decimal arithmetic for `vectors.txt`, by Python's decimal module, which follows General Decimal Arithmetic.

A line is `operation a b = result`, or `round a scale mode = result`; `!` stands for a result of more than 38 digits.
"""
import decimal
import random
from decimal import Decimal

random.seed(20260101)
exact = decimal.Context(prec=200, Emax=999, Emin=-999, rounding=decimal.ROUND_HALF_EVEN)
modes = {
    "half_even": decimal.ROUND_HALF_EVEN, "half_up": decimal.ROUND_HALF_UP, "half_down": decimal.ROUND_HALF_DOWN,
    "up": decimal.ROUND_UP, "down": decimal.ROUND_DOWN, "ceiling": decimal.ROUND_CEILING, "floor": decimal.ROUND_FLOOR,
}


def shown(value):
    """The value without zeros behind its last digit, or `!` past 38 digits before and after the point together."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    digits = text.lstrip("-").replace(".", "").lstrip("0")
    scale = len(text.split(".")[1]) if "." in text else 0
    if len(digits) > 38 or scale > 38:
        return "!"
    return "0" if not digits else text


def any_decimal(most=38):
    digits = random.choice([1, 2, 3, 5, 9, 15, 18, 19, 20, 30, 37, 38])
    digits = min(digits, most)
    scale = random.choice([0, 0, 1, 2, 2, 3, 6, 9, 18, 19, 37, 38])
    kind = random.randrange(6)
    coefficient = random.randrange(10 ** digits)
    if kind == 0:
        coefficient = 10 ** digits - 1
    if kind == 1:
        coefficient = 10 ** (digits - 1)
    if kind == 2:
        coefficient = coefficient // 10 ** (digits // 2) * 10 ** (digits // 2)
    if kind == 3:
        coefficient = coefficient // 10 * 10 + 5
    return Decimal((random.randrange(2), tuple(map(int, str(coefficient))), -scale))


def text(value):
    return format(value, "f")


lines = []
for _ in range(400):
    a, b = any_decimal(), any_decimal()
    if random.randrange(4) == 0:
        b = -a if random.randrange(2) else a
    lines.append(f"add {text(a)} {text(b)} = {shown(exact.add(a, b))}")
    lines.append(f"subtract {text(a)} {text(b)} = {shown(exact.subtract(a, b))}")
    lines.append(f"compare {text(a)} {text(b)} = {int(exact.compare(a, b))}")
    a, b = any_decimal(), any_decimal(20)
    lines.append(f"multiply {text(a)} {text(b)} = {shown(exact.multiply(a, b))}")
for _ in range(700):
    a, scale = any_decimal(), random.choice([0, 0, 1, 2, 2, 4, 8, 18, 30, 38])
    for name in random.sample(sorted(modes), 3):
        result = a.quantize(Decimal(1).scaleb(-scale), rounding=modes[name], context=exact)
        digits = len(str(abs(int(result.scaleb(scale, context=exact)))))
        lines.append(f"round {text(a)} {scale} {name} = {'!' if digits > 38 else shown(result)}")
for name in sorted(modes):  # ties and their neighbours, on both sides of zero
    for sign in ("", "-"):
        for digits in ("0.5", "1.5", "2.5", "0.4999999999", "0.5000000001", "9.5", "99999999999999999999.5", "0.05", "0"):
            a = Decimal(sign + digits)
            lines.append(f"round {text(a)} 0 {name} = {shown(a.quantize(Decimal(1), rounding=modes[name], context=exact))}")
print("\n".join(line.replace("-0 ", "0 ") if line.endswith("-0") else line for line in lines))
