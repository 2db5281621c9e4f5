/** Finds the end of a server's answer to a handshake, behind which frames begin. */

const END = Buffer.from('\r\n\r\n');

export class HandshakeEnd {
  /** How many bytes of the end have been seen in a row. */
  #seen = 0;

  get isFound(): boolean {
    return this.#seen === END.length;
  }

  /** @returns how many of these bytes belong to the answer */
  look(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length && !this.isFound) {
      if (bytes[at] === END[this.#seen]) this.#seen++;
      else this.#seen = bytes[at] === END[0] ? 1 : 0;
      at++;
    }
    return at;
  }
}
