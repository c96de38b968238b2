/** The databases whose SQL is written. */
export type Dialect = 'sqlite' | 'postgres'
