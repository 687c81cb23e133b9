/**
 * Private: how keys are named at an engine.
 *
 * @module
 */

/** A character that no text uses: Unicode keeps it free for such purposes. */
const ESCAPE = "\u{10FFFF}";

/**
 * Writes any string so that it survives UTF-8. Lone surrogates would all become
 * the same replacement character, and two keys would be one. Other strings stay
 * as they are.
 */
export function wellFormed(text: string): string {
  return text.replace(
    /[\u{D800}-\u{DFFF}\u{10FFFF}]/gu,
    (character) => ESCAPE + character.codePointAt(0)!.toString(16) + ESCAPE,
  );
}
