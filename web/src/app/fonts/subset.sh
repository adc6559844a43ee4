#!/bin/sh
# Cut Inter down to what the pages use: letters of the languages written in Latin, weights from 400 to 700, figures of one width.
# Needs fonttools and brotli (`pip install fonttools brotli`); run it here after another version of @fontsource-variable/inter.
set -eu
cd "$(dirname "$0")"
whole=../../../node_modules/@fontsource-variable/inter/files
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cut() { # NAME OF-WHICH CHARACTERS FEATURES
	fonttools varLib.instancer --quiet "$whole/inter-$2-wght-normal.woff2" wght=400:700 --output "$work/$1.ttf"
	pyftsubset "$work/$1.ttf" --unicodes="$3" --layout-features="$4" --flavor=woff2 --output-file="inter-$1.woff2"
}

cut latin latin \
	U+20-7E,U+A0-FF,U+131,U+152-153,U+2C6,U+2DA,U+2DC,U+2000-200B,U+2010-2026,U+202F,U+2030-2033,U+2039-203A,U+20AC,U+2122,U+2191,U+2193,U+2212 \
	kern,mark,mkmk,ccmp,locl,tnum,calt
cut european latin-ext U+100-17F,U+218-21B,U+1E9E kern,mark,mkmk,ccmp,locl
