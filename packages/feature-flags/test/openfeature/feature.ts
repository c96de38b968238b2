import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import { IdGenerator } from '@cucumber/messages'

/** A sentence of a scenario, and the table below it. */
export type ScenarioStep = { readonly text: string; readonly table: readonly (readonly string[])[] }

/** A scenario, or one example of an outline, with the steps of its background. */
export type Scenario = {
  readonly name: string
  readonly tags: readonly string[]
  readonly steps: readonly ScenarioStep[]
}

/** What a sentence means; the groups of its pattern, then the table. */
export type StepMeaning<World> = (
  world: World,
  words: readonly string[],
  table: readonly (readonly string[])[],
) => void | Promise<void>

/** The meanings of sentences, by pattern. */
export type StepDefinitions<World> = readonly (readonly [RegExp, StepMeaning<World>])[]

/** Reads the scenarios of a feature file; the line stands behind the name, as outlines repeat theirs. */
export function readScenarios(file: string): readonly Scenario[] {
  return parseScenarios(readFileSync(file, 'utf8'), basename(file))
}

/** Parses the scenarios of a feature. */
export function parseScenarios(text: string, name: string): readonly Scenario[] {
  const newId = IdGenerator.incrementing()
  const document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(text)
  return compile(document, name, newId).map((pickle, index) => ({
    name: `${index + 1}. ${pickle.name}: ${pickle.steps.at(-1)?.text}`,
    tags: pickle.tags.map((tag) => tag.name),
    steps: pickle.steps.map(({ text: sentence, argument }) => ({
      text: sentence,
      table: argument?.dataTable?.rows.map(({ cells }) => cells.map(({ value }) => value)) ?? [],
    })),
  }))
}

/** Does what the sentences of a scenario say, one after the other. */
export async function play<World>(
  { steps }: Scenario,
  world: World,
  definitions: StepDefinitions<World>,
): Promise<void> {
  for (const { text, table } of steps) {
    const [meaning, words] = meaningOf(text, definitions)
    await meaning(world, words, table)
  }
}

function meaningOf<World>(
  text: string,
  definitions: StepDefinitions<World>,
): readonly [StepMeaning<World>, readonly string[]] {
  const found = definitions.flatMap(([pattern, meaning]) => {
    const match = pattern.exec(text)
    return match === null ? [] : [[meaning, match.slice(1)] as const]
  })
  const [only] = found
  if (only === undefined || found.length > 1)
    throw new Error(`expected one meaning of "${text}", found ${found.length}`)
  return only
}
