import type { Narrator } from './narrator.ts'
import type { Stage } from './stage.ts'

/** A part of the story; what it says it also checks. */
export type Act = { readonly title: string; play(stage: Stage, narrator: Narrator): Promise<void> }
