import assert from "node:assert/strict";
import { test } from "node:test";
import { COLUMNS, ROWS } from "./digit.ts";
import { type FourCoefficients, goertzel, goertzelCoefficient, goertzelOfFour } from "./goertzel.ts";

/** Two sines with these amplitudes, 20 ms. */
function sines(...parts: readonly (readonly [hz: number, amplitude: number])[]): Int16Array {
  return new Int16Array(160).map((_, at) =>
    parts.reduce((sum, [hz, amplitude]) => sum + amplitude * Math.sin((2 * Math.PI * hz * at) / 8000), 0),
  );
}

test("four frequencies side by side have the powers that each has by itself", () => {
  for (const group of [ROWS, COLUMNS]) {
    const coefficients = group.map((hz) => goertzelCoefficient(hz, 8000));
    for (const samples of [sines([770, 9000], [1336, 5000]), sines([400, 20_000]), sines([941, 300])]) {
      const powers = new Float64Array(4);
      goertzelOfFour(samples, coefficients as unknown as FourCoefficients, powers);
      const each = coefficients.map((coefficient) => goertzel(samples, 0, samples.length, coefficient));
      for (const [n, power] of powers.entries()) assert.ok(Math.abs(power - (each[n] as number)) < 1e-6);
    }
  }
});

test("the power of a sine that fills the samples is a quarter of its amplitude's square", () => {
  const power = goertzel(sines([800, 10_000]), 0, 160, goertzelCoefficient(800, 8000));
  assert.ok(Math.abs(power / (10_000 ** 2 / 4) - 1) < 0.001, String(power));
});
