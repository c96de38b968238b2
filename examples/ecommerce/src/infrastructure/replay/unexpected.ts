/** What should have stood in a file, and what stood there. */
export type Unexpected = { readonly expected: string; readonly found: string }
