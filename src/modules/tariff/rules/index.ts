// The engine's door: no Node, no database, no clock; screens, the command line, charge runs and (later) the car park use the same.
export { INPUT_NAMES, attributesOfTariff, readCase } from './cases.ts'
export { LateFeeSpec, lateFee, nextWorkday, type LateFee, type LateFeeInput } from './late_fee.ts'
export type { Line } from './parts.ts'
export { cycleStartOf, quoteCases, quoteValues, type CaseResult, type ComponentResult, type Quote } from './quote.ts'
export { QuoteFault, type Values } from './shared.ts'
export { SHAPE_WORDS, parseTariff, type Component, type FieldFault, type ShapeName, type Tariff, type Version } from './spec.ts'
export { fastTiers, type FastTiers } from './fast.ts'
export { describeTariff, type Described } from './describe.ts'
