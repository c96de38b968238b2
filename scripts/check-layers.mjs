// Gate: circles, layers and arrows between packages and within the shop (rules in .dependency-cruiser.mjs).
import { existsSync } from 'node:fs'
import { cruise } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import rules from '../.dependency-cruiser.mjs'
import { report, root } from './findings.mjs'

process.chdir(root)
const folders = ['packages', 'examples', 'test'].filter((folder) => existsSync(folder))
const { output } = await cruise(
  folders,
  { ...rules.options, ruleSet: { forbidden: rules.forbidden }, validate: true },
  undefined,
  { tsConfig: extractTSConfig(rules.options.tsConfig.fileName) },
)
report(
  'layers',
  output.summary.violations.map(({ from, to, rule }) => `${from} → ${to}: ${rule.name}`),
  `${output.summary.totalCruised} modules`,
)
