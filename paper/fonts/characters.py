"""Writes characters.txt, the characters the embedded fonts carry. See README.md.

    python3 characters.py Unihan_OtherMappings.txt > characters.txt
"""

import sys

SYMBOLS = [
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x017F),  # Latin-1, Latin Extended-A: names of people and firms from abroad
    (0x01CD, 0x01DC),  # tone marks of pinyin
    (0x0391, 0x03C9),  # Greek: units and quantities
    (0x2010, 0x2027),  # dashes, quotation marks, dots
    (0x2030, 0x203B),  # per mille, primes, reference mark
    (0x2070, 0x209C),  # superscripts and subscripts
    (0x20AC, 0x20AC),  # euro
    (0x2100, 0x214F),  # degree Celsius, numero, ohm
    (0x2150, 0x218B),  # fractions, Roman numerals
    (0x2190, 0x2199),  # arrows
    (0x2200, 0x22FF),  # mathematical operators
    (0x2460, 0x24FF),  # circled numbers
    (0x2500, 0x257F),  # box drawing
    (0x25A0, 0x25FF),  # squares, circles, triangles
    (0x2605, 0x2606),  # stars
    (0x2610, 0x2612),  # ballot boxes
    (0x2713, 0x2717),  # ticks and crosses
    (0x3000, 0x303F),  # Chinese punctuation and brackets
    (0x3041, 0x3096),  # Hiragana
    (0x30A1, 0x30FE),  # Katakana
    (0x31C0, 0x31E3),  # strokes
    (0x3220, 0x3247),  # parenthesised ideographs
    (0x3251, 0x325F),  # circled numbers over twenty
    (0x3280, 0x32BF),  # circled ideographs
    (0x3380, 0x33DF),  # square units
    (0xFE30, 0xFE4F),  # vertical forms
    (0xFF01, 0xFF5E),  # full-width ASCII
    (0xFFE0, 0xFFE6),  # full-width signs
]


def gb2312():
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                yield bytes([row, cell]).decode("gb2312")
            except UnicodeDecodeError:
                continue


def general_standard(path):
    """The 8 105 characters of the general standard list (2013): Unihan's kTGH."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            field = line.split("\t")
            if len(field) == 3 and field[1] == "kTGH":
                yield chr(int(field[0][2:], 16))


def main():
    wanted = {chr(c) for first, last in SYMBOLS for c in range(first, last + 1)}
    wanted.update(gb2312())
    wanted.update(general_standard(sys.argv[1]))
    text = "".join(sorted(wanted))
    for start in range(0, len(text), 64):
        sys.stdout.write(text[start : start + 64] + "\n")


main()
