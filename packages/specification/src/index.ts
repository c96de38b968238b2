/**
 * Business rules as values, with one meaning in memory and in SQL.
 *
 * @packageDocumentation
 */
export { compareScalars, foldText } from './compare-scalars.ts'
export type {
  Criteria,
  CriteriaInput,
  CriteriaOptions,
  Exactly,
  InvalidCriteria,
  KeysetPageInput,
  KindOf,
  NumberedPageInput,
  Order,
  OrderInput,
  PageInput,
  PageRequest,
  Sign,
} from './criteria.ts'
export { CursorTooLongError, InvalidSignatureError } from './cursor.ts'
export { type Explanation, unmetRules } from './explanation.ts'
export { Field, OrderedField, TextField, type TextOptions } from './field.ts'
export type { AnyFieldSet, FieldDefinition } from './field-definition.ts'
export type { Draft, FieldMaker, FieldOf, MakeField, PlainOf } from './field-maker.ts'
export { defineFields, FieldSet, type FieldSetOptions, InvalidFieldSetError } from './field-set.ts'
export { InvalidFieldValueError, InvalidOperandError } from './field-value.ts'
export type {
  Comparison,
  FieldKind,
  Junction,
  Membership,
  Negation,
  NullTest,
  Scalar,
  SpecificationNode,
  TextMode,
  TextSearch,
} from './node.ts'
export type { InputProblem } from './outside-value.ts'
export type { KeysetPage, NumberedPage, PagedResult, PageKind, PageOf } from './page.ts'
export { pageInMemory } from './page-in-memory.ts'
export type { FromJsonOptions, InvalidSpecification } from './parse-specification.ts'
export { MixedSpecificationsError, Specification, SpecificationTooDeepError } from './specification.ts'
export type { ScalarJson, SpecificationJson } from './specification-json.ts'
