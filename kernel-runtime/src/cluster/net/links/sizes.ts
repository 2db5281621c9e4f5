/** The sizes that both ends of a link keep to. */

/** A payload up to this size travels with its head, at once. */
export const EAGER_BYTES = 64 << 10;
/** Small messages of one edge that nobody has consumed yet: bytes, heads included. Beyond, they wait for a grant as large ones do. */
export const EAGER_BUDGET = 1 << 20;
/** Announcements of one edge that nobody has answered yet. */
export const ANNOUNCED_BUDGET = 1 << 16;
/** The largest piece of a payload that travels as one websocket message. */
export const CHUNK_BYTES = 1 << 20;
/** The longest words of a message: enough for records of thousands of arrays. */
export const MAX_WORDS_BYTES = 1 << 20;
/** The longest signal. */
export const MAX_SIGNAL_BYTES = 1 << 20;
