#!/bin/sh
# Made the files beside it: one second of 1,000 Hz at half of full scale, in each form that has a decoder.
# Debian: sox lame vorbis-tools opus-tools flac ffmpeg.
set -eu
cd "$(dirname "$0")"
tone="synth 1 sine 1000 vol 0.5"
sox -D -n -r 44100 -b 16 -c 2 tone.wav $tone
lame --quiet --noreplaygain -b 48 -m j tone.wav tone.mp3
oggenc --quiet --serial 1 -q 0 -o tone.ogg tone.wav
opusenc --quiet --serial 1 --bitrate 24 tone.wav tone.opus
sox -D -n -r 16000 -b 16 -c 1 narrow.wav $tone
flac --silent --force --no-padding --no-seektable -8 -o tone.flac narrow.wav
ffmpeg -v error -y -i tone.wav -c:a aac -b:a 48k -bitexact tone.m4a
rm tone.wav narrow.wav
