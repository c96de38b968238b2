/** Whether a text has more bytes of UTF-8; few texts have to be measured for that. */
export function isLonger(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes
}
