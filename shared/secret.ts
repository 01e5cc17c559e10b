import { z } from 'zod';

const hidden = '[secret]';

/** A value that does not print: not by string, JSON, template or inspection. `reveal` is the only way out. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return hidden;
  }
}

/** A typed secret: a string on its way in, a `Secret` in the handler. Marked, so that the command line can refuse it as an argument. */
export const secretInput = z
  .string()
  .min(1)
  .max(65_536)
  .meta({ secret: true })
  .transform((value) => new Secret(value));
